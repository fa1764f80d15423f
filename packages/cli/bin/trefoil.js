#!/usr/bin/env node
// The command as npm links it. It is here, and not built, so that `npm ci` finds it before the first build.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const main = new URL("../dist/main.js", import.meta.url);
if (existsSync(fileURLToPath(main))) {
  await import(main.href);
} else {
  process.stderr.write(
    "trefoil: not built yet: a first npm start may still be compiling (wait for its banner); or else run npm run build in the repository\n",
  );
  process.exitCode = 1;
}
