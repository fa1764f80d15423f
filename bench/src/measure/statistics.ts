// Medians, percentiles and ratios of what was measured.

/** The middle of a list of numbers (of an even count, between the two middle ones); NaN of none. */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The value below which `rank` percent lie, interpolated between neighbours; NaN of none. */
export function percentile(values: readonly number[], rank: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = ((sorted.length - 1) * rank) / 100;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/**
 * How two things compare that were measured in turns: the median of the ratios round by round, so that a machine that
 * slows down over the run slows both.
 */
export function medianRatio(over: readonly number[], under: readonly number[]): number {
  const rounds = Math.min(over.length, under.length);
  return median(
    Array.from({ length: rounds }, (_, round) => (over[round] ?? 0) / (under[round] ?? 0)),
  );
}
