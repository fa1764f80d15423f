// Which redirect URIs a client may have: absolute, nothing that a browser would run or show by itself, and never in the clear
// over a network.
// @see https://www.rfc-editor.org/rfc/rfc9700#section-2.6

/** Longest redirect URI. Characters. */
export const maxRedirectUriLength = 2_048;

/** Names of this machine, which only its own apps listen on. */
const loopbacks: ReadonlySet<string> = new Set(["127.0.0.1", "[::1]", "localhost"]);

/** Schemes that lead to no app, but into the browser itself or to whatever a page wants started. */
const forbidden: ReadonlySet<string> = new Set([
  "about:",
  "blob:",
  "data:",
  "file:",
  "filesystem:",
  "ftp:",
  "intent:",
  "javascript:",
  "vbscript:",
  "view-source:",
  "ws:",
  "wss:",
]);

/** Whether a URI leads to an app on the machine that the browser runs on. */
export function isLoopback({ hostname }: URL): boolean {
  return loopbacks.has(hostname);
}

/** Whether a client may have this redirect URI. */
export function isRedirectUri(uri: string): boolean {
  if (uri.length > maxRedirectUriLength || !/^[\x21-\x7e]+$/.test(uri) || uri.includes("#")) {
    return false;
  }
  if (!URL.canParse(uri)) return false;
  const url = new URL(uri);
  if (url.username !== "" || url.password !== "" || forbidden.has(url.protocol)) return false;
  // Codes do not travel in the clear, but within one machine.
  return url.protocol !== "http:" || isLoopback(url);
}
