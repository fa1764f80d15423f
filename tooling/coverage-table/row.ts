// The vocabulary of the coverage table: what is asked of Trefoil, and which tests show that it does it.

/** Names tests: the file, then the name with those of its groups, where `*` stands for anything. */
export interface TestReference {
  /** From the repository's root. */
  readonly file: string;
  /** `group > group > test`. */
  readonly name: string;
}

/** One thing that is asked. Without tests it is not built yet. */
export interface Row {
  /** As many as the section has columns. */
  readonly cells: readonly string[];
  readonly tests: readonly TestReference[];
}

/** Rows of one kind. */
export interface Section {
  readonly title: string;
  /** Headings of the cells. */
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/** A chapter of the table. */
export interface Chapter {
  readonly title: string;
  /** Where what is asked is written down, in a sentence. */
  readonly about: string;
  readonly sections: readonly Section[];
}

/** Names tests of one file. */
export function testsIn(file: string): (...names: readonly string[]) => readonly TestReference[] {
  return (...names) => names.map((name) => ({ file, name }));
}

/** A row that tests show to work. */
export function works(
  cells: readonly string[],
  ...tests: readonly (readonly TestReference[])[]
): Row {
  return { cells, tests: tests.flat() };
}

/** A row that is not built yet. */
export function notYet(...cells: readonly string[]): Row {
  return { cells, tests: [] };
}
