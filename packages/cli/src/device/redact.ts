// Takes secrets out of messages before they are written to a file that is passed on.

/** Members whose value is secret, whatever message they are in. */
const secretName =
  /^(?:authorization|cookie|(?:x-)?api-?key|pin(?:_?code)?|password|passwd|credentials?|secret|.*_?(?:access|refresh|account|auth|bearer|session|id)_?token|.*_?secret)$/i;

/** What stands in its place. */
export const redacted = "[redacted]";

const bearer = /\b(Bearer|Basic)\s+[\w.~+/=-]+/gi;
/** Queries of addresses: streams are signed there. */
const query = /(\bhttps?:\/\/[^\s"'?#]+)\?[^\s"'#]*/gi;

/** A copy without secrets. What is too deep to be a message is left out. */
export function withoutSecrets(value: unknown, depth = 32): unknown {
  if (typeof value === "string") {
    return value.replaceAll(bearer, `$1 ${redacted}`).replaceAll(query, `$1?${redacted}`);
  }
  if (typeof value !== "object" || value === null) return value;
  if (depth === 0) return redacted;
  if (Array.isArray(value)) return value.map((each) => withoutSecrets(each, depth - 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      secretName.test(name) && member !== null && member !== ""
        ? redacted
        : withoutSecrets(member, depth - 1),
    ]),
  );
}
