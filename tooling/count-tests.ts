// The closing line of .ci/run: `node tooling/dist/count-tests.js REPORT [FAILED CHECK...]` says what was skipped and what
// failed, then `N passed, N failed`, and ends with 1 where anything failed.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type TestRun, readTestRun } from "./test-report.js";

/**
 * What is to be said at the end.
 * @param run undefined where the tests did not come to an end
 * @param failedChecks what failed besides the tests
 */
export function closingLines(
  run: TestRun | undefined,
  failedChecks: readonly string[],
): { readonly lines: readonly string[]; readonly failed: number } {
  const named = (outcome: string) =>
    run?.tests
      .filter((test) => test.outcome === outcome)
      .map(({ file, name }) => `${file}: ${name}`);
  const passed = named("passed") ?? [];
  const failedTests = [
    ...(named("failed") ?? ["the tests did not come to an end"]),
    ...(run?.brokenFiles.map((file) => `${file} could not be run`) ?? []),
  ];
  // Vitest also fails a run for an error that no test caught.
  if (run?.success === false && failedTests.length === 0) {
    failedTests.push("an error outside of all tests");
  }
  const failed = [
    ...failedTests,
    // That is counted test by test where it can be.
    ...failedChecks.filter((check) => check !== "npm test" || failedTests.length === 0),
  ];
  return {
    lines: [
      ...(named("skipped") ?? []).map((what) => `skipped: ${what}`),
      ...failed.map((what) => `failed: ${what}`),
      `${passed.length} passed, ${failed.length} failed`,
    ],
    failed: failed.length,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [report = "", ...failedChecks] = process.argv.slice(2);
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const run = existsSync(report) ? readTestRun(report, root) : undefined;
  const { lines, failed } = closingLines(run, failedChecks);
  process.stdout.write(`${lines.join("\n")}\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}
