// What a fleet measured, in a bounded space however long it runs.

/** Figures that are kept of one kind; beyond that a fair sample of all is. */
const sampleSize = 10_000;
/** Different failures and directives that are told apart. */
const maxKinds = 50;

/** Figures of one kind: times in milliseconds. */
export class Sample {
  count = 0;
  #longest = 0;
  readonly #kept: number[] = [];
  readonly #random: () => number;

  /** @param random 0 <= random() < 1 */
  constructor(random: () => number) {
    this.#random = random;
  }

  add(figure: number): void {
    this.count++;
    this.#longest = Math.max(this.#longest, figure);
    if (this.#kept.length < sampleSize) {
      this.#kept.push(figure);
      return;
    }
    // Reservoir sampling: each figure so far is in the sample with the same chance.
    const place = Math.floor(this.#random() * this.count);
    if (place < sampleSize) this.#kept[place] = figure;
  }

  /** The figure that this share (0 to 1) does not exceed; undefined where there is none. */
  percentile(share: number): number | undefined {
    const sorted = this.#kept.toSorted((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))];
  }

  toJSON(): object {
    return {
      count: this.count,
      median: rounded(this.percentile(0.5)),
      p95: rounded(this.percentile(0.95)),
      p99: rounded(this.percentile(0.99)),
      longest: rounded(this.count === 0 ? undefined : this.#longest),
    };
  }
}

/** How often what occurred. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(kind: string): void {
    const known = this.#counts.has(kind) || this.#counts.size < maxKinds ? kind : "others";
    this.#counts.set(known, (this.#counts.get(known) ?? 0) + 1);
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** The most frequent first. */
  get entries(): readonly (readonly [string, number])[] {
    return [...this.#counts].toSorted(([, a], [, b]) => b - a);
  }

  toJSON(): object {
    return Object.fromEntries(this.entries);
  }
}

/** Everything that a fleet measures. */
export class Statistics {
  /** From asking for the connection to the open downchannel. */
  readonly connects: Sample;
  /** From sending an event to the status of its answer. */
  readonly events: Sample;
  /** From sending an event to the end of its answer. */
  readonly answers: Sample;
  readonly directives = new Tally();
  readonly failures = new Tally();
  /** Devices that signed in. */
  signedIn = 0;
  /** Connections that were lost or given up and came back. */
  reconnects = 0;

  constructor(random: () => number) {
    this.connects = new Sample(random);
    this.events = new Sample(random);
    this.answers = new Sample(random);
  }
}

function rounded(figure: number | undefined): number | null {
  return figure === undefined ? null : Math.round(figure * 10) / 10;
}
