// Whether enough was judged for the outcome to say something about the server.

import type { Judgement } from "./judge.js";

/** Whether at least a third of the checks came to a verdict; of a gateway without its authorization server it is half. */
export function isSufficient(judgements: readonly Judgement[]): boolean {
  const judged = judgements.filter(({ verdict }) => verdict.kind !== "skip").length;
  return judged > 0 && judged * 3 >= judgements.length;
}

/** Why most of the others did not. @returns undefined where all did */
export function commonReason(judgements: readonly Judgement[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { verdict } of judgements) {
    if (verdict.kind !== "skip") continue;
    counts.set(verdict.reason, (counts.get(verdict.reason) ?? 0) + 1);
  }
  const [first] = [...counts].toSorted(([, a], [, b]) => b - a);
  return first?.[0];
}
