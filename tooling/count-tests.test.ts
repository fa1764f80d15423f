// The closing lines never call a run good that was not.

import { describe, expect, it } from "vitest";
import { closingLines } from "./count-tests.js";
import type { TestRun } from "./test-report.js";

const good: TestRun = {
  tests: [
    { file: "a.test.ts", name: "one", outcome: "passed" },
    { file: "a.test.ts", name: "two", outcome: "passed" },
  ],
  brokenFiles: [],
  success: true,
};

describe("the closing lines", () => {
  it("count what passed", () => {
    expect(closingLines(good, [])).toEqual({ lines: ["2 passed, 0 failed"], failed: 0 });
  });

  it("count and name what failed", () => {
    const run: TestRun = {
      ...good,
      tests: [...good.tests, { file: "b.test.ts", name: "group > three", outcome: "failed" }],
      success: false,
    };
    expect(closingLines(run, [])).toEqual({
      lines: ["failed: b.test.ts: group > three", "2 passed, 1 failed"],
      failed: 1,
    });
  });

  it("name what was skipped, which is neither", () => {
    const run: TestRun = {
      ...good,
      tests: [...good.tests, { file: "b.test.ts", name: "four", outcome: "skipped" }],
    };
    expect(closingLines(run, []).lines).toEqual(["skipped: b.test.ts: four", "2 passed, 0 failed"]);
  });

  it("count a failed check, and a file that could not be run", () => {
    const run: TestRun = { ...good, brokenFiles: ["c.test.ts"], success: false };
    expect(closingLines(run, ["lint"])).toEqual({
      lines: ["failed: c.test.ts could not be run", "failed: lint", "2 passed, 2 failed"],
      failed: 2,
    });
  });

  it("count an error that no test caught, also beside a failed check", () => {
    const run: TestRun = { ...good, success: false };
    expect(closingLines(run, ["lint"]).failed).toBe(2);
  });

  it("fail where there is no report", () => {
    expect(closingLines(undefined, [])).toEqual({
      lines: ["failed: the tests did not come to an end", "0 passed, 1 failed"],
      failed: 1,
    });
  });

  it("count failed tests one by one, and the command that ran them only where none is known", () => {
    const run: TestRun = {
      ...good,
      tests: [...good.tests, { file: "b.test.ts", name: "three", outcome: "failed" }],
      success: false,
    };
    expect(closingLines(run, ["npm test"]).failed).toBe(1);
    expect(closingLines(undefined, ["npm test"]).failed).toBe(1);
    expect(closingLines(good, ["npm test"]).lines).toEqual([
      "failed: npm test",
      "2 passed, 1 failed",
    ]);
  });
});
