// Parameters of a request to the authorization server, as a query or a form has them.

/** Parameters by name; `undefined` leaves one out. Pairs where a name comes twice. */
export type Parameters =
  | Readonly<Record<string, string | undefined>>
  | readonly (readonly [string, string])[];

/** As `application/x-www-form-urlencoded`. */
export function encode(parameters: Parameters): string {
  const pairs = isPairs(parameters) ? parameters : Object.entries(parameters);
  const form = new URLSearchParams();
  for (const [name, value] of pairs) if (value !== undefined) form.append(name, value);
  return form.toString();
}

function isPairs(parameters: Parameters): parameters is readonly (readonly [string, string])[] {
  return Array.isArray(parameters);
}
