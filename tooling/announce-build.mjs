// Says before the first `npm start` why nothing happens for a while: the compiler itself says nothing.
import { existsSync } from "node:fs";

if (!existsSync(new URL("../packages/cli/dist/main.js", import.meta.url))) {
  process.stdout.write("Compiling once; this takes half a minute ...\n");
}
