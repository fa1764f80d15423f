// What keeps secrets out of logs: fields are blanked by name, texts by what stands in them, and everything is bounded.

import { wireForms } from "@trefoil/protocol/errors";

/** What stands in the place of a secret. */
export const blank = "[redacted]";

/** Deepest nesting, most members of one object and longest text (UTF-16 units) that one field may bring into a line. */
const bounds = { depth: 8, members: 100, text: 4_096, stack: 16_384 } as const;

/** Member names, without case and punctuation, whose values are always secret. */
const secretNames = new Set([
  "authorization",
  "proxyauthorization",
  "cookie",
  "setcookie",
  "credentials",
  "credential",
  "apikey",
  "privatekey",
  "assertion",
  "pin",
  "otp",
  "jwt",
  "usercode",
  "devicecode",
  "authorizationcode",
  "authcode",
  "codeverifier",
]);

const alwaysSecret = /secret|passw|passphrase|keypem/;
const speaksOfToken = /token|bearer/;
/** Names that speak of a token and hold something else: `tokenFile`, `token_type`, `accessTokenLifetime`. */
const aboutToken = /(file|type|lifetime|seconds|count|expiresin|expiresat)$/;
const errorCode = /^(E[A-Z0-9]{2,31}|ERR_[A-Z0-9_]{1,60})$/;

/**
 * Whether a member is to be blanked. `code` is the hard case: an authorization code is secret, an error's code is what
 * the reader looks for; only codes that are known to be errors' pass.
 */
function isSecretMember(name: string, value: unknown): boolean {
  if (value === null || value === undefined) return false;
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  if (secretNames.has(plain) || alwaysSecret.test(plain)) return !aboutToken.test(plain);
  if (plain === "code") {
    return typeof value === "string" && !Object.hasOwn(wireForms, value) && !errorCode.test(value);
  }
  if (!speaksOfToken.test(plain) || aboutToken.test(plain)) return false;
  // How many tokens, or whether there is one, gives nothing away.
  return typeof value !== "number" && typeof value !== "boolean";
}

const secretParameters =
  "code|state_token|access_?token|refresh_?token|id_?token|account_?access_?token|token|admin_?token|client_?secret|secret|password|passwd|assertion|code_?verifier|device_?code|user_?code|api_?key";

const scrubs: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [
    /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
    "[redacted private key]",
  ],
  // RFC 6750 and RFC 7617 credentials, wherever they stand.
  [/\b(bearer|basic|dpop)(\s+|%20|\+)[^\s"',;&]{6,}/gi, `$1$2${blank}`],
  // Query strings and form bodies.
  [new RegExp(`\\b(${secretParameters})=[^&\\s"'#;]+`, "gi"), `$1=${blank}`],
  // JSON that was put into a text, also escaped JSON inside JSON.
  [
    new RegExp(`(\\\\?"(?:${secretParameters})\\\\?"\\s*:\\s*\\\\?")(?:[^"\\\\]|\\\\[^"])*`, "gi"),
    `$1${blank}`,
  ],
  // RFC 3986 user information.
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, `$1${blank}@`],
];

/**
 * A text without the secrets that can be told by their shape: `Bearer ...`, `access_token=...`, `"client_secret":"..."`,
 * `https://user:password@...`, private keys in PEM.
 * @param text any text
 * @param limit UTF-16 units after which it is cut
 */
export function redactText(text: string, limit: number = bounds.text): string {
  // Cut first: scrubbing must not take time for what nobody reads. A secret that the cut halves is still told by its beginning.
  let result = text.length > limit ? text.slice(0, limit) : text;
  for (const [pattern, replacement] of scrubs) result = result.replace(pattern, replacement);
  return text.length > limit ? `${result}... [${text.length - limit} more]` : result;
}

/**
 * A copy of the fields of a line that may be written: JSON values only, without secrets, bounded in depth, width and
 * length. Errors keep type, message, code, stack and causes.
 */
export function redact(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return copyMembers(Object.entries(fields), 0, new Set([fields]));
}

function copyMembers(
  entries: readonly (readonly [string, unknown])[],
  depth: number,
  above: ReadonlySet<unknown>,
): Record<string, unknown> {
  const copy: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of entries.slice(0, bounds.members)) {
    const key = name.length > 128 ? name.slice(0, 128) : name;
    copy[key] = isSecretMember(name, value) ? blank : copyValue(value, depth + 1, above);
  }
  if (entries.length > bounds.members) copy["..."] = `${entries.length - bounds.members} more`;
  return copy;
}

function copyValue(value: unknown, depth: number, above: ReadonlySet<unknown>): unknown {
  if (typeof value === "string") return redactText(value);
  if (typeof value === "bigint" || typeof value === "symbol") return String(value);
  if (typeof value === "function") return "[function]";
  if (typeof value !== "object" || value === null) return value;
  if (above.has(value)) return "[circular]";
  if (depth > bounds.depth) return "[too deep]";
  return copyObject(value, depth, new Set([...above, value]));
}

function copyObject(value: object, depth: number, above: ReadonlySet<unknown>): unknown {
  if (value instanceof Error) return copyError(value, depth, above);
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? "invalid date" : value.toISOString();
  }
  if (value instanceof URL) return redactText(value.href);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    return `[${value.byteLength} bytes]`;
  }
  if (Array.isArray(value) || value instanceof Set) {
    const items = [...(value as Iterable<unknown>)];
    const copy = items.slice(0, bounds.members).map((item) => copyValue(item, depth + 1, above));
    if (items.length > bounds.members) copy.push(`... ${items.length - bounds.members} more`);
    return copy;
  }
  if (value instanceof Map || value instanceof Headers || value instanceof URLSearchParams) {
    const entries = [...(value as Iterable<[unknown, unknown]>)];
    return copyMembers(
      entries.map(([key, item]) => [String(key), item] as const),
      depth,
      above,
    );
  }
  return copyMembers(ownEntries(value), depth, above);
}

function copyError(error: Error, depth: number, above: ReadonlySet<unknown>): unknown {
  const { name, message, stack, cause } = error;
  const rest = ownEntries(error).filter(
    ([key]) => !["name", "message", "stack", "cause"].includes(key),
  );
  return {
    type: name,
    message: redactText(message),
    ...copyMembers(rest, depth, above),
    ...(stack === undefined ? {} : { stack: redactText(stack, bounds.stack) }),
    ...(cause === undefined ? {} : { cause: copyValue(cause, depth + 1, above) }),
  };
}

/** Own enumerable members; a getter that throws is said so instead of breaking the line. */
function ownEntries(value: object): [string, unknown][] {
  return Object.keys(value).map((key) => {
    try {
      return [key, (value as Record<string, unknown>)[key]];
    } catch {
      return [key, "[unreadable]"];
    }
  });
}
