// The report for programs.

import type { Judgement } from "../judge.js";
import { isSufficient } from "../sufficiency.js";
import { tally } from "./text-report.js";

/** One JSON document, indented. @param took milliseconds of the whole run */
export function jsonReport(server: string, judgements: readonly Judgement[], took: number): string {
  const { pass, fail, skip } = tally(judgements);
  const checks = judgements.map(({ check, verdict, took: milliseconds }) => ({
    id: check.id,
    document: check.document,
    section: check.section,
    says: check.says,
    outcome: verdict.kind,
    ...(verdict.kind === "pass" ? { note: verdict.note } : {}),
    ...(verdict.kind === "fail" ? { expected: verdict.expected, seen: verdict.seen } : {}),
    ...(verdict.kind === "skip" ? { reason: verdict.reason } : {}),
    milliseconds: Math.round(milliseconds),
  }));
  const report = {
    server,
    passed: pass,
    failed: fail,
    skipped: skip,
    sufficient: isSufficient(judgements),
    milliseconds: Math.round(took),
    checks,
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}
