// The authorization server for pages of other origins: the endpoints that a client in a page asks, and no others. The pages
// for people, the sign-in with a password and the admin API stay closed to them.

import type { CrossOriginPolicy } from "./policy.js";

/** Answers a request. */
type Application<Environment> = (
  request: Request,
  environment: Environment,
) => Response | Promise<Response>;

/** What a page may ask, by its path. */
const openPaths: ReadonlyMap<string, readonly string[]> = new Map([
  ["/authorize", ["GET", "POST"]],
  ["/token", ["GET", "POST"]],
  ["/device_authorization", ["POST"]],
  ["/revoke", ["POST"]],
  ["/.well-known/oauth-authorization-server", ["GET"]],
]);

/** An application that also answers pages of the origins that are let in. To everybody else its answers stay as they are. */
export function crossOriginWeb<Environment>(
  app: Application<Environment>,
  policy: CrossOriginPolicy,
): Application<Environment> {
  return async (request, environment) => {
    const methods = openPaths.get(new URL(request.url).pathname);
    const added = policy.headersFor(request.headers.get("origin") ?? undefined);
    if (methods === undefined || added === undefined) return app(request, environment);
    const header = (name: string) => request.headers.get(name) ?? undefined;
    const preflight = policy.preflight({ method: request.method, header }, methods);
    if (preflight !== undefined) return new Response(null, preflight);
    const answer = await app(request, environment);
    // The metadata is open to every page anyway.
    if (answer.headers.has("access-control-allow-origin")) return answer;
    const headers = new Headers(answer.headers);
    for (const [name, value] of Object.entries(added)) headers.append(name, value);
    return new Response(answer.body, { status: answer.status, headers });
  };
}
