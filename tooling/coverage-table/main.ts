// `npm run coverage-table` runs all tests and writes docs/coverage.md. `-- --report FILE` takes the report of a run that
// there was; `-- --check` writes nothing and ends with 1 where the page is not what it would write. A row that claims what
// no test shows is an error in either case.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type TestRun, readTestRun } from "../test-report.js";
import { directivesMadeIn, messageChapter } from "./messages.js";
import { chapters } from "./rows/index.js";
import { writeCoveragePage } from "./table.js";
import { TestIndex } from "./verdict.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const page = join(root, "docs/coverage.md");

/** Where a test file is broken, every row that names it complains. */
const complaintsShown = 20;

/** Runs all tests, with their own output. */
function runTests(): TestRun {
  const directory = mkdtempSync(join(tmpdir(), "trefoil-coverage-"));
  try {
    const report = join(directory, "report.json");
    spawnSync("npx", ["vitest", "run"], {
      cwd: root,
      env: { ...process.env, TEST_REPORT: report },
      stdio: "inherit",
    });
    return readTestRun(report, root);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function main(): number {
  const { values } = parseArgs({
    options: { check: { type: "boolean", default: false }, report: { type: "string" } },
  });
  const run = values.report === undefined ? runTests() : readTestRun(resolve(values.report), root);
  const made = directivesMadeIn(join(root, "packages/server/src"));
  const { markdown, problems } = writeCoveragePage(
    [...chapters, messageChapter(made)],
    new TestIndex(run),
  );
  const complaints = [...problems];
  if (!values.check) {
    writeFileSync(page, markdown);
  } else if (readIfThere(page) !== markdown) {
    complaints.push("docs/coverage.md is not what the tests say: run npm run coverage-table");
  }
  for (const complaint of complaints.slice(0, complaintsShown)) {
    process.stderr.write(`coverage: ${complaint}\n`);
  }
  if (complaints.length > complaintsShown) {
    process.stderr.write(`coverage: and ${complaints.length - complaintsShown} more\n`);
  }
  return complaints.length === 0 ? 0 : 1;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

process.exitCode = main();
