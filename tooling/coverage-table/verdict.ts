// Whether a row of the coverage table works today: each test that it names must be there and must have passed.

import type { TestResult, TestRun } from "../test-report.js";
import type { Row, TestReference } from "./row.js";

/** What can be said of a row. */
export type Verdict =
  | { readonly kind: "works"; readonly files: readonly string[] }
  | { readonly kind: "not-yet" }
  /** The row claims what the tests do not show. */
  | { readonly kind: "unproven"; readonly problems: readonly string[] };

/** Finds tests by reference in one run. */
export class TestIndex {
  readonly #byFile = new Map<string, TestResult[]>();

  constructor(run: TestRun) {
    for (const test of run.tests) {
      const known = this.#byFile.get(test.file);
      if (known === undefined) this.#byFile.set(test.file, [test]);
      else known.push(test);
    }
  }

  find({ file, name }: TestReference): readonly TestResult[] {
    const pattern = new RegExp(`^${name.split("*").map(escape).join("[^]*")}$`);
    return this.#byFile.get(file)?.filter((test) => pattern.test(test.name)) ?? [];
  }
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** Judges a row. */
export function judge(row: Row, index: TestIndex): Verdict {
  if (row.tests.length === 0) return { kind: "not-yet" };
  const problems = row.tests.flatMap((reference) => {
    const found = index.find(reference);
    const where = `${reference.file}: ${reference.name}`;
    if (found.length === 0) return [`there is no such test: ${where}`];
    const bad = found.filter(({ outcome }) => outcome !== "passed");
    return bad.map(({ name, outcome }) => `${outcome}: ${reference.file}: ${name}`);
  });
  if (problems.length > 0) return { kind: "unproven", problems };
  return { kind: "works", files: [...new Set(row.tests.map(({ file }) => file))] };
}
