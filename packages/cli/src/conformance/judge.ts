// Makes the checks, one after another, each within bounds, and keeps what came of them.

import type { Clock } from "@trefoil/protocol/clock";
import { Bench } from "./bench.js";
import type { Check } from "./checks/index.js";
import type { Subject } from "../known-server/index.js";
import type { Means } from "./means.js";
import { Inapplicable, type Verdict, Violation } from "./verdict.js";

/** What came of one check. */
export interface Judgement {
  readonly check: Check;
  readonly verdict: Verdict;
  /** Milliseconds. */
  readonly took: number;
}

/** How long things may take. Milliseconds. */
export interface JudgeLimits {
  /** One answer. Default 5,000. */
  readonly patience: number;
  /** One check. Default 30,000. */
  readonly check: number;
  /** All of it: checks that are left are skipped. Default 300,000. */
  readonly whole: number;
}

export const judgeLimits: JudgeLimits = { patience: 5_000, check: 30_000, whole: 300_000 };

/** What is judged, and with what. */
export interface Case {
  readonly subject: Subject;
  readonly means: Means;
  readonly clock: Clock;
  readonly limits: JudgeLimits;
}

/**
 * Judges a server.
 * @param told called after each check
 */
export async function judge(
  { subject, means, clock, limits }: Case,
  checks: readonly Check[],
  told: (judgement: Judgement) => void = () => undefined,
): Promise<readonly Judgement[]> {
  const bench = new Bench(subject, means, clock, limits.patience);
  const end = clock.now() + limits.whole;
  const judgements: Judgement[] = [];
  try {
    for (const check of checks) {
      const begun = performance.now();
      const left = end - clock.now();
      const verdict: Verdict =
        left <= 0
          ? { kind: "skip", reason: `no time was left of ${limits.whole / 1_000} s` }
          : await within(check.run(bench), Math.min(limits.check, left), clock);
      await bench.tidy();
      const judgement = { check, verdict, took: performance.now() - begun };
      judgements.push(judgement);
      told(judgement);
    }
  } finally {
    await bench.close();
  }
  return judgements;
}

async function within(
  run: Promise<string | undefined>,
  limit: number,
  clock: Clock,
): Promise<Verdict> {
  let tooLate: (verdict: Verdict) => void;
  const late = new Promise<Verdict>((resolve) => (tooLate = resolve));
  const timer = clock.after(limit, () =>
    tooLate({ kind: "fail", expected: `an outcome within ${limit / 1_000} s`, seen: "none" }),
  );
  const verdict = await Promise.race([run.then(passed, failed), late]);
  timer.cancel();
  return verdict;
}

function passed(note: string | undefined): Verdict {
  return { kind: "pass", ...(note === undefined ? {} : { note }) };
}

/** What is neither a violation nor inapplicable is the judge's own failure, and is told as one. */
function failed(error: unknown): Verdict {
  if (error instanceof Violation) {
    return { kind: "fail", expected: error.expected, seen: error.seen };
  }
  if (error instanceof Inapplicable) return { kind: "skip", reason: error.message };
  const seen = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { kind: "fail", expected: "a check that can be made", seen };
}
