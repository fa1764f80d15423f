// Figures of several tries.

/** The middle of some figures, the mean of the two middle ones where their number is even. */
export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? 0;
  return (low + (sorted[Math.floor(middle)] ?? low)) / 2;
}

/** Milliseconds, readable. */
export function milliseconds(figure: number): string {
  return figure < 10 ? `${figure.toFixed(1)} ms` : `${Math.round(figure)} ms`;
}

/**
 * How far the clock of a server is ahead of ours, in whole seconds; negative: behind. `Date` headers count in seconds, so
 * what is within one of them is none.
 * @param header the `Date` header
 * @param asked when the request went out, and `answered` when its answer was here; milliseconds since the epoch
 */
export function clockSkew(header: string, asked: number, answered: number): number | undefined {
  const theirs = Date.parse(header);
  if (Number.isNaN(theirs)) return undefined;
  // The header was written somewhere in between, and leaves out up to a second.
  if (theirs + 1_000 < asked) return -Math.round((asked - theirs - 1_000) / 1_000);
  if (theirs > answered) return Math.round((theirs - answered) / 1_000);
  return 0;
}
