// Which request of a device is which. Everything else under the gateway's paths is told what is wrong.

import { TrefoilError } from "@trefoil/protocol/errors";

/** What a device can ask of the gateway. */
export type GatewayRoute = "downchannel" | "events" | "ping";

const routes: ReadonlyMap<string, { readonly method: string; readonly route: GatewayRoute }> =
  new Map([
    ["/v1/directives", { method: "GET", route: "downchannel" }],
    ["/v1/events", { method: "POST", route: "events" }],
    ["/ping", { method: "GET", route: "ping" }],
  ]);

/** The path without its query. */
function pathOf(target: string): string {
  const query = target.indexOf("?");
  return query === -1 ? target : target.slice(0, query);
}

/** Whether a request belongs to the gateway rather than to the authorization server or the admin API. */
export function isGatewayPath(target: string): boolean {
  return target.startsWith("/v1/") || pathOf(target) === "/ping";
}

/** The method that a path takes, or undefined where there is nothing at it. */
export function methodOf(target: string): string | undefined {
  return routes.get(pathOf(target))?.method;
}

/**
 * Finds the route of a request.
 * @throws {TrefoilError} `not_found`, `method_not_allowed` (with `allow`)
 */
export function routeOf(method: string, target: string): GatewayRoute {
  const path = pathOf(target);
  const found = routes.get(path);
  if (found === undefined) {
    throw new TrefoilError(
      "not_found",
      "There is nothing at this path; the gateway has /v1/directives, /v1/events and /ping.",
    );
  }
  if (found.method !== method) {
    throw new TrefoilError("method_not_allowed", `This path takes ${found.method} only.`, {
      headers: { allow: found.method },
    });
  }
  return found.route;
}
