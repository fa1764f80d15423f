// Counting on the hot path: plain numbers that are read when somebody asks, so that a count costs nanoseconds.

/** Counts by one label, from a small set that is known beforehand: never by what a peer sends. */
export class LabelCounts<Label extends string | number> {
  readonly #counts = new Map<Label, { value: number }>();

  /** @param labels known beforehand: they are there with 0, so that a first count is seen as a rise */
  constructor(labels: readonly Label[] = []) {
    for (const label of labels) this.#counts.set(label, { value: 0 });
  }

  add(label: Label, by = 1): void {
    const count = this.#counts.get(label);
    if (count === undefined) this.#counts.set(label, { value: by });
    else count.value += by;
  }

  get(label: Label): number {
    return this.#counts.get(label)?.value ?? 0;
  }

  /** Every label that was counted. */
  rows(): readonly { readonly label: string; readonly value: number }[] {
    return [...this.#counts].map(([label, { value }]) => ({ label: String(label), value }));
  }
}

/** One number of a {@link CountTable}. */
export interface CountRow {
  readonly labels: readonly [string, string];
  readonly value: number;
}

/** Counts by two labels, both from small sets; see {@link LabelCounts}. */
export class CountTable<First extends string, Second extends string | number> {
  readonly #rows = new Map<First, Map<Second, { value: number }>>();

  add(first: First, second: Second, by = 1): void {
    let row = this.#rows.get(first);
    if (row === undefined) this.#rows.set(first, (row = new Map()));
    const count = row.get(second);
    if (count === undefined) row.set(second, { value: by });
    else count.value += by;
  }

  get(first: First, second: Second): number {
    return this.#rows.get(first)?.get(second)?.value ?? 0;
  }

  /** Every pair that was counted. */
  rows(): readonly CountRow[] {
    return [...this.#rows].flatMap(([first, row]) =>
      [...row].map(([second, { value }]) => ({ labels: [first, String(second)] as const, value })),
    );
  }
}
