// The version of the command, as its package has it.

import { readFileSync } from "node:fs";

/** As in `1.2.3`. */
export function packageVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
