// How often something may be tried: a bucket for each key that fills again with time, in memory.

/** A bucket's size and pace. */
export interface AttemptLimit {
  /** How many tries in a row. */
  readonly attempts: number;
  /** In what time an empty bucket is full again. Milliseconds. */
  readonly window: number;
}

/** One thing that tries are counted for. */
export interface CountedKey {
  readonly key: string;
  readonly limit: AttemptLimit;
}

/** How many keys are remembered; past that the ones longest unused are forgotten. */
const maxKeys = 100_000;

/**
 * Counts tries. Each key's state is the one time at which its bucket will be full again (the generic cell rate
 * algorithm), so a key that rests is forgotten without loss.
 */
export class AttemptLimiter {
  readonly #fullAt = new Map<string, number>();

  /**
   * Counts one try for every key, unless one of them has none left: then nothing is counted.
   * @param now milliseconds since the epoch
   * @returns undefined where the try may go on, else the seconds until the next may
   */
  take(keys: readonly CountedKey[], now: number): number | undefined {
    let wait = 0;
    for (const { key, limit } of keys) {
      const fullAt = Math.max(this.#fullAt.get(key) ?? 0, now);
      wait = Math.max(wait, fullAt + limit.window / limit.attempts - limit.window - now);
    }
    // A fraction of a millisecond is rounding, not a try too many.
    if (wait > 0.5) return Math.ceil(wait / 1_000);
    for (const { key, limit } of keys) {
      const fullAt = Math.max(this.#fullAt.get(key) ?? 0, now);
      // Set anew, so that the order of the map is the order of use.
      this.#fullAt.delete(key);
      this.#fullAt.set(key, fullAt + limit.window / limit.attempts);
    }
    this.#forget(now);
    return undefined;
  }

  /** Those at the front were used longest ago: full again, most of them. */
  #forget(now: number): void {
    for (const [key, fullAt] of this.#fullAt) {
      if (fullAt > now && this.#fullAt.size <= maxKeys) return;
      this.#fullAt.delete(key);
    }
  }
}
