// Cookies: reading those that came, writing those that pages set. All are `__Host-` cookies: for this host alone, sent over
// TLS alone, out of reach of scripts, and not sent along when a foreign page posts a form.
// @see https://www.rfc-editor.org/rfc/rfc6265

/** The cookies that pages use. */
export const cookieNames = {
  /** Who is signed in. */
  session: "__Host-trefoil-session",
  /** What form tokens of visitors are bound to. */
  form: "__Host-trefoil-form",
  /** The language that was picked. */
  language: "__Host-trefoil-language",
  /** What the way to an identity provider elsewhere and back has in common. */
  outside: "__Host-trefoil-outside",
  /** What freshly made recovery codes are derived from, while they are shown. */
  recovery: "__Host-trefoil-recovery",
} as const;
export type CookieName = (typeof cookieNames)[keyof typeof cookieNames];

/** As much of a `Cookie` header as is read. Characters. */
const maxHeader = 16_384;

/** The value of a cookie, or undefined. Of several with the name the first counts. */
export function cookieOf(request: Request, name: CookieName): string | undefined {
  const header = (request.headers.get("cookie") ?? "").slice(0, maxHeader);
  for (const pair of header.split(";")) {
    const equals = pair.indexOf("=");
    if (equals === -1 || pair.slice(0, equals).trim() !== name) continue;
    const value = pair.slice(equals + 1).trim();
    return /^[\w-]{1,512}$/.test(value) ? value : undefined;
  }
  return undefined;
}

/**
 * A `Set-Cookie` value.
 * @param value letters, digits, `-` and `_`
 * @param maxAge seconds; left out, the cookie ends with the browser
 */
export function setCookie(name: CookieName, value: string, maxAge?: number): string {
  const age = maxAge === undefined ? "" : `; Max-Age=${maxAge}`;
  return `${name}=${value}; Path=/${age}; Secure; HttpOnly; SameSite=Lax`;
}

/** A `Set-Cookie` value that takes a cookie away. */
export function clearCookie(name: CookieName): string {
  return setCookie(name, "", 0);
}
