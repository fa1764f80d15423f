// Which attachment an address means.

/** What follows `cid:`; undefined where the address is another one. */
export function contentIdOf(url: unknown): string | undefined {
  return typeof url === "string" && url.startsWith("cid:") ? url.slice("cid:".length) : undefined;
}
