// How the tests run: sources are loaded directly (no build between edit and run); tests that start
// the real command use what `tsc -b` has built.
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const packages = fileURLToPath(new URL("./packages", import.meta.url));

const report = process.env["TEST_REPORT"];

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@trefoil\/([\w-]+)$/, replacement: `${packages}/$1/src/index.ts` },
      { find: /^@trefoil\/([\w-]+)\/([\w-]+)$/, replacement: `${packages}/$1/src/$2/index.ts` },
    ],
  },
  test: {
    include: ["packages/*/src/**/*.test.ts", "test/**/*.test.ts", "tooling/**/*.test.ts"],
    // The report that .ci/run and the coverage table read.
    ...(report === undefined
      ? {}
      : { reporters: ["default", ["json", { outputFile: report }]] as const }),
    pool: "threads",
    isolate: false,
    // Many tests wait for processes and browsers: one worker a core would leave half of the machine idle on two cores.
    maxWorkers: Math.max(3, Math.floor(availableParallelism() / 2)),
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
