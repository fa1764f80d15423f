// Where to go on after signing in: a page of this server and nothing else, whatever the address says.
// @see https://www.rfc-editor.org/rfc/rfc9700#section-4.11

/** The name of the parameter. */
export const continueParameter = "continue";

/** Pages that signing in leads on to. */
const roots = ["/account", "/activate", "/oidc/", "/terms"];

/** Longest path that is taken. Characters. */
const maxPath = 2_048;

/**
 * The path with its query, or `/account` where it names another host, is no page that one signs in for, or is too long.
 * @param path as it came in the address or the form
 */
export function continuePath(path: string | null | undefined): string {
  const fallback = "/account";
  if (path === null || path === undefined || path.length > maxPath) return fallback;
  // Browsers take a backslash for a slash, and drop tabs and line ends: what is not plain is not taken.
  if (!/^\/[\x21-\x5b\x5d-\x7e]*$/.test(path) || path.startsWith("//")) return fallback;
  const { origin, pathname, search } = new URL(path, "https://here.invalid");
  if (origin !== "https://here.invalid" || pathname.startsWith("//")) return fallback;
  const isOurs = roots.some((root) =>
    root.endsWith("/")
      ? pathname.startsWith(root)
      : pathname === root || pathname.startsWith(`${root}/`),
  );
  return isOurs ? `${pathname}${search}` : fallback;
}
