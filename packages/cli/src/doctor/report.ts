// The report of an examination: a line for each step, with advice below what is not as it should be.

import pico from "picocolors";
import type { Step } from "./finding.js";
import { milliseconds } from "./latency.js";

/** A step as a person reads it. */
export function stepLines({ name, finding, took }: Step, colour: boolean): string {
  const { cyan, dim, green, red, yellow } = pico.createColors(colour);
  const mark = {
    good: green("ok  "),
    doubtful: yellow("hmm "),
    bad: red("BAD "),
    skipped: dim("-   "),
  }[finding.kind];
  const time = finding.kind === "skipped" ? "" : ` ${dim(milliseconds(took))}`;
  const says = finding.kind === "skipped" ? dim(finding.says) : finding.says;
  const line = `  ${mark}${name.padEnd(13)}${says}${time}\n`;
  const advice = "advice" in finding ? `      ${" ".repeat(13)}${cyan(finding.advice)}\n` : "";
  return `${line}${advice}`;
}

/** How many of each kind. */
export function tally(steps: readonly Step[]): Record<Step["finding"]["kind"], number> {
  const count = { good: 0, doubtful: 0, bad: 0, skipped: 0 };
  for (const { finding } of steps) count[finding.kind]++;
  return count;
}

/** The last line. */
export function conclusion(steps: readonly Step[]): string {
  const { bad, doubtful, skipped } = tally(steps);
  if (bad > 0)
    return `A device would not get through: ${bad} ${bad === 1 ? "step is" : "steps are"} bad.`;
  if (doubtful > 0)
    return `A device gets through; ${doubtful} ${doubtful === 1 ? "step is" : "steps are"} worth a look.`;
  return skipped > 0 ? "So far so good; some steps were not looked at." : "A device gets through.";
}

/** The report for programs. */
export function jsonReport(steps: readonly Step[]): string {
  const { bad, doubtful, skipped } = tally(steps);
  const report = {
    // What was not looked at is not known to be well.
    healthy: bad === 0 && skipped === 0,
    bad,
    doubtful,
    skipped,
    steps: steps.map(({ name, server, finding, took, figures }) => ({
      step: name,
      server,
      outcome: finding.kind,
      says: finding.says,
      ...("advice" in finding ? { advice: finding.advice } : {}),
      milliseconds: Math.round(took * 10) / 10,
      ...(Object.keys(figures).length > 0 ? { figures } : {}),
    })),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}
