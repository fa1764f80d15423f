// A histogram on the hot path: a few comparisons and two additions for each observation.

/** What a histogram has seen. */
export interface HistogramReading {
  /** Upper bounds of the buckets, ascending, each with how many observations were at most that. Not the last, infinite one. */
  readonly buckets: readonly { readonly bound: number; readonly cumulative: number }[];
  readonly count: number;
  readonly sum: number;
}

export class Histogram {
  readonly #bounds: Float64Array;
  /** One more than there are bounds: the last is what lies above them all. */
  readonly #counts: Float64Array;
  #sum = 0;

  /** @param bounds upper bounds of the buckets, ascending */
  constructor(bounds: readonly number[]) {
    this.#bounds = Float64Array.from(bounds);
    this.#counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    let bucket = 0;
    while (bucket < this.#bounds.length && value > (this.#bounds[bucket] ?? 0)) bucket++;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sum += value;
  }

  read(): HistogramReading {
    let cumulative = 0;
    const buckets = [...this.#bounds].map((bound, index) => ({
      bound,
      cumulative: (cumulative += this.#counts[index] ?? 0),
    }));
    return { buckets, count: cumulative + (this.#counts.at(-1) ?? 0), sum: this.#sum };
  }
}

/** Seconds, from what happens within the process to what a bad mobile network takes. */
export const latencyBounds: readonly number[] = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  30,
];

/**
 * Seconds since a moment.
 * @param start what `performance.now()` answered then
 */
export function secondsSince(start: number): number {
  return (performance.now() - start) / 1_000;
}
