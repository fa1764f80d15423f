// Writes a run to a directory: all of it as JSON, the report as Markdown, a chart for each scenario.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { drawScenario } from "./chart.js";
import { writeMarkdown } from "./markdown.js";
import type { RunResult } from "./result.js";

/** @returns the path of the Markdown report */
export function writeResults(run: RunResult, directory: string): string {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "latest.json"), `${JSON.stringify(run, null, 2)}\n`);
  const report = join(directory, "latest.md");
  writeFileSync(report, writeMarkdown(run));
  for (const result of run.scenarios) {
    writeFileSync(join(directory, `${result.scenario}.svg`), drawScenario(result));
  }
  return report;
}
