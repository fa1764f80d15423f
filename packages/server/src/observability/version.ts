// Which version of the server this is, as its package says.

import { readFileSync } from "node:fs";

/** The version of @trefoil/server. */
export function serverVersion(): string {
  const file = new URL("../../package.json", import.meta.url);
  return String((JSON.parse(readFileSync(file, "utf8")) as { readonly version?: unknown }).version);
}
