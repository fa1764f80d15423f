// A recorded session typed again, and what is different this time.

import type { RecordedEntry } from "./recording.js";

/** Longest pause between two lines that is kept. Milliseconds. */
const longestPause = 3_000;

/** A line that is typed again. */
export interface ReplayLine {
  readonly text: string;
  /** Milliseconds to wait before it. */
  readonly pause: number;
  /** Names of the directives that answered it then, in order. */
  readonly answered: readonly string[];
}

/** The typed lines of a recording, each with what answered it until the next one. */
export function replayLines(entries: readonly RecordedEntry[]): readonly ReplayLine[] {
  const lines: { text: string; pause: number; answered: string[] }[] = [];
  let last = 0;
  for (const entry of entries) {
    if (entry.kind === "typed") {
      lines.push({
        text: entry.text,
        pause: Math.min(Math.max(0, entry.at - last), longestPause),
        answered: [],
      });
      last = entry.at;
    } else if (entry.kind === "directive" && entry.source === "response") {
      lines.at(-1)?.answered.push(nameOf(entry.directive));
    }
  }
  return lines;
}

/** What is different, a line each; none where it is as it was. */
export function differences(
  lines: readonly ReplayLine[],
  answered: readonly (readonly string[])[],
): readonly string[] {
  return lines.flatMap((line, index) => {
    const now = answered[index] ?? [];
    if (now.join() === line.answered.join()) return [];
    return [`${JSON.stringify(line.text)}: then ${list(line.answered)}, now ${list(now)}`];
  });
}

function list(names: readonly string[]): string {
  return names.length === 0 ? "no directive" : names.join(", ");
}

function nameOf(directive: unknown): string {
  const { header } = directive as {
    readonly header?: { readonly namespace?: unknown; readonly name?: unknown };
  };
  return `${String(header?.namespace)}.${String(header?.name)}`;
}
