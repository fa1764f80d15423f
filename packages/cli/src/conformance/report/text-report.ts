// The report for people: a group for each section, a line for each sentence.

import pico from "picocolors";
import { printable } from "../../printable.js";
import type { Judgement } from "../judge.js";
import { isSufficient } from "../sufficiency.js";

/** Writes the report as the judgements come in. */
export class TextReport {
  readonly #out: (text: string) => void;
  readonly #paint: ReturnType<typeof pico.createColors>;
  #group = "";
  #reason = "";

  constructor(out: (text: string) => void, colour: boolean) {
    this.#out = out;
    this.#paint = pico.createColors(colour);
  }

  add({ check, verdict, took }: Judgement): void {
    const { bold, dim, green, red, yellow } = this.#paint;
    const group = `${check.document}, ${check.section}`;
    if (group !== this.#group) this.#out(`${this.#group === "" ? "" : "\n"}${bold(group)}\n`);
    this.#group = group;
    const name = `${check.says} ${dim(`[${check.id}]`)}`;
    switch (verdict.kind) {
      case "pass": {
        const note = verdict.note === undefined ? "" : dim(` (${verdict.note})`);
        this.#out(`  ${green("pass")}  ${name}${note}\n`);
        break;
      }
      case "skip":
        this.#out(`  ${yellow("skip")}  ${name}\n`);
        // The same reason mostly holds for all that follow.
        if (verdict.reason !== this.#reason)
          this.#out(`        not judged: ${printable(verdict.reason)}\n`);
        this.#reason = verdict.reason;
        break;
      case "fail":
        this.#out(`  ${red("FAIL")}  ${name}${dim(` (${(took / 1_000).toFixed(1)} s)`)}\n`);
        this.#out(`        expected  ${printable(verdict.expected)}\n`);
        this.#out(`        saw       ${printable(verdict.seen)}\n`);
        break;
    }
  }

  end(judgements: readonly Judgement[], took: number): void {
    const { green, red, yellow } = this.#paint;
    const { pass, fail, skip } = tally(judgements);
    const words = [
      // Green says that all is well: not where too little was looked at.
      isSufficient(judgements) ? green(`${pass} passed`) : `${pass} passed`,
      ...(fail > 0 ? [red(`${fail} failed`)] : []),
      ...(skip > 0 ? [yellow(`${skip} skipped`)] : []),
    ];
    this.#out(`\n${words.join(", ")} in ${(took / 1_000).toFixed(1)} s\n`);
  }
}

/** How many of each kind. */
export function tally(judgements: readonly Judgement[]): Record<"pass" | "fail" | "skip", number> {
  const count = { pass: 0, fail: 0, skip: 0 };
  for (const { verdict } of judgements) count[verdict.kind]++;
  return count;
}
