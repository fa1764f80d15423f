// How operators' commands answer: a table for a person, JSON for a program, one object a line.

import { printable } from "../printable.js";
import type { Terminal } from "../terminal.js";

/** What a cell of a table holds; null where there is nothing. */
export type Cell = string | number | null;

/** A column: its heading, and what stands in it for an entry. */
export interface Column<T> {
  readonly heading: string;
  readonly cell: (entry: T) => Cell;
}

/**
 * Prints a list.
 * @param empty what a person reads where there is nothing
 */
export function printList<T>(
  terminal: Terminal,
  entries: readonly T[],
  columns: readonly Column<T>[],
  empty: string,
): void {
  if (!terminal.isInteractive) {
    for (const entry of entries) terminal.out(`${JSON.stringify(entry)}\n`);
  } else if (entries.length === 0) {
    terminal.out(`${empty}\n`);
  } else {
    terminal.out(tableOf(entries, columns));
  }
}

/** Prints one thing: its members a line each for a person. */
export function printOne(
  terminal: Terminal,
  entry: object,
  members: readonly (readonly [label: string, value: Cell])[],
): void {
  if (!terminal.isInteractive) {
    terminal.out(`${JSON.stringify(entry)}\n`);
    return;
  }
  const width = Math.max(...members.map(([label]) => label.length));
  for (const [label, value] of members) {
    terminal.out(`${label.padEnd(width)}  ${textOf(value)}\n`);
  }
}

function tableOf<T>(entries: readonly T[], columns: readonly Column<T>[]): string {
  const rows = [
    columns.map(({ heading }) => heading.toUpperCase()),
    ...entries.map((entry) => columns.map(({ cell }) => textOf(cell(entry)))),
  ];
  const widths = columns.map((_, index) =>
    Math.max(...rows.map((row) => widthOf(row[index] ?? ""))),
  );
  const lines = rows.map((row) =>
    row
      .map((text, index) => text + " ".repeat((widths[index] ?? 0) - widthOf(text)))
      .join("  ")
      .trimEnd(),
  );
  return `${lines.join("\n")}\n`;
}

function textOf(cell: Cell): string {
  return cell === null ? "-" : printable(String(cell));
}

/** Characters that take two columns: names are often Japanese or Korean. */
const wide = /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]/;

function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += wide.test(character) ? 2 : 1;
  return width;
}
