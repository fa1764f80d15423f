// What vitest's JSON reporter writes, as far as we read it: which tests there are, and what became of each.

import { readFileSync } from "node:fs";
import { relative } from "node:path";

/** One test. */
export interface TestResult {
  /** From the repository's root, with slashes. */
  readonly file: string;
  /** Its name with those of the groups around it: `group > group > test`. */
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
}

/** What became of a run. */
export interface TestRun {
  readonly tests: readonly TestResult[];
  /** Files that failed beside their tests: they could not be loaded, or what surrounds their tests failed. */
  readonly brokenFiles: readonly string[];
  /** Whether vitest calls it a success. */
  readonly success: boolean;
}

/** The report's members that are read here. */
interface VitestReport {
  readonly success: boolean;
  readonly testResults: readonly {
    /** The file's absolute path. */
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
    }[];
  }[];
}

/**
 * Reads a report.
 * @param file absolute path
 * @param root the repository's absolute path
 * @throws where there is none, or it is no JSON
 */
export function readTestRun(file: string, root: string): TestRun {
  const report = JSON.parse(readFileSync(file, "utf8")) as VitestReport;
  const tests = report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ ancestorTitles, title, status }): TestResult => ({
      file: relative(root, name).replaceAll("\\", "/"),
      name: [...ancestorTitles, title].join(" > "),
      outcome: status === "passed" || status === "failed" ? status : "skipped",
    })),
  );
  const brokenFiles = report.testResults
    .filter(
      ({ status, assertionResults }) =>
        status === "failed" && !assertionResults.some((test) => test.status === "failed"),
    )
    .map(({ name }) => relative(root, name));
  return { tests, brokenFiles, success: report.success };
}
