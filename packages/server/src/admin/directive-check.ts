// What an operator sends held against the catalogue, before a device gets it: the name, then the payload.

import { TrefoilError } from "@trefoil/protocol/errors";
import {
  catalogue,
  checkDirectivePayload,
  findDirective,
  findEvent,
} from "@trefoil/protocol/interfaces";
import { closestName } from "../config/index.js";

/** Names of each namespace's directives, without the namespace. */
const directiveNames = new Map(
  Object.values(catalogue.interfaces).map(({ namespace, messages }) => [
    namespace as string,
    Object.entries<{ readonly kind: string }>(messages)
      .filter(([, { kind }]) => kind === "directive")
      .map(([name]) => name),
  ]),
);

/**
 * Names in namespaces that the catalogue does not have are an extension's, and go through with any payload.
 * @param name `Namespace.Name`
 * @throws {TrefoilError} `invalid_payload` where the catalogue has the namespace and no such directive in it, or where the
 *   payload is not as it says
 */
export function assertDirective(name: string, payload: unknown): void {
  const result = checkDirectivePayload(name, payload);
  if (result.kind === "valid") return;
  const fault = result.kind === "invalid" ? `: ${result.message}.` : faultOfName(name);
  if (fault === undefined) return;
  throw new TrefoilError(
    "invalid_payload",
    `${name}${fault} Send it as it is with ?validate=false.`,
  );
}

/** What is wrong with a name that is no directive's, to its full stop, or undefined for an extension's. */
function faultOfName(name: string): string | undefined {
  if (findDirective(name) !== undefined) return undefined;
  if (findEvent(name) !== undefined) return " is an event: devices send it, and get none.";
  const dot = name.indexOf(".");
  const namespace = name.slice(0, dot);
  const known = directiveNames.get(namespace);
  if (known === undefined) return undefined;
  const meant = closestName(name.slice(dot + 1), known);
  const hint = meant === undefined ? "." : `; did you mean ${namespace}.${meant}?`;
  return ` is no directive of ${namespace}${hint}`;
}
