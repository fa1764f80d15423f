// How often something may be tried: a bucket for each key that fills again with time. The buckets are in memory, so that
// nothing on the path of a request waits for the database; attempt-journal.ts shares them between processes and restarts.

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

/** What was taken out of a bucket, as the time that it takes to flow back. Milliseconds. */
export interface Withdrawal {
  readonly key: string;
  readonly amount: number;
}

/** How full a bucket is, as other processes see it: the time at which it is full again. */
export interface BucketLevel {
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly fullAt: number;
}

interface Bucket {
  /** When it is full again (the generic cell rate algorithm): a bucket that rests is forgotten without loss. */
  fullAt: number;
  /** What was taken here and the database does not know yet. Milliseconds. */
  unsaved: number;
}

/** How many keys are remembered; past that the ones longest unused are forgotten. */
const maxKeys = 100_000;
/**
 * Which share of a bucket must be gone before it is worth telling others: what honest devices take stays in memory and
 * costs the database nothing.
 */
const worthSaving = 0.25;

/** Counts tries. */
export class AttemptLimiter {
  readonly #buckets = new Map<string, Bucket>();
  readonly #toSave = new Set<string>();

  /**
   * Counts one try for every key, unless one of them has none left: then nothing is counted.
   * @param now milliseconds since the epoch
   * @returns undefined where the try may go on, else the seconds until the next may
   */
  take(keys: readonly CountedKey[], now: number): number | undefined {
    const wait = this.wait(keys, now);
    if (wait === undefined) this.count(keys, now);
    return wait;
  }

  /**
   * Looks whether a try would be let through, and counts nothing.
   * @returns undefined where it would, else the seconds until it will
   */
  wait(keys: readonly CountedKey[], now: number): number | undefined {
    let wait = 0;
    for (const { key, limit } of keys) {
      const { attempts, window } = limit;
      wait = Math.max(wait, this.#emptiness(key, window, now) + window / attempts - window);
    }
    // A fraction of a millisecond is rounding, not a try too many.
    return wait > 0.5 ? Math.ceil(wait / 1_000) : undefined;
  }

  /** Counts one try for every key, also for those that have none left. A bucket is never emptier than empty. */
  count(keys: readonly CountedKey[], now: number): void {
    for (const { key, limit } of keys) {
      const { attempts, window } = limit;
      const taken = this.#emptiness(key, window, now);
      const amount = Math.min(window / attempts, window - taken);
      const bucket = this.#touch(key);
      bucket.fullAt = now + taken + amount;
      // What has flowed back meanwhile is nobody's business any more.
      bucket.unsaved = Math.min(bucket.unsaved, taken) + amount;
      if (taken + amount > window * worthSaving) this.#toSave.add(key);
    }
    this.#forget(now);
  }

  /**
   * What other processes are to be told, and have not been yet.
   * @param limit how many keys at most
   * @param now what has flowed back by then need not be told
   */
  takeUnsaved(limit: number, now: number): readonly Withdrawal[] {
    const unsaved: Withdrawal[] = [];
    for (const key of this.#toSave) {
      if (unsaved.length >= limit) break;
      this.#toSave.delete(key);
      const bucket = this.#buckets.get(key);
      if (bucket === undefined || bucket.unsaved === 0 || bucket.fullAt <= now) continue;
      unsaved.push({ key, amount: bucket.unsaved });
      bucket.unsaved = 0;
    }
    return unsaved;
  }

  /** Takes back what {@link takeUnsaved} gave, because it could not be told. */
  restoreUnsaved(withdrawals: readonly Withdrawal[]): void {
    for (const { key, amount } of withdrawals) {
      const bucket = this.#buckets.get(key);
      if (bucket === undefined) continue;
      bucket.unsaved += amount;
      this.#toSave.add(key);
    }
  }

  /** Takes over what all processes together took, to which what was taken here since is added. */
  adopt(levels: readonly BucketLevel[], now: number): void {
    for (const { key, fullAt } of levels) {
      const known = this.#buckets.get(key);
      if (known !== undefined) known.fullAt = Math.max(fullAt, now) + known.unsaved;
      else if (fullAt > now) this.#buckets.set(key, { fullAt, unsaved: 0 });
    }
  }

  /** How long a bucket takes to be full again, at most its window. Milliseconds. */
  #emptiness(key: string, window: number, now: number): number {
    const fullAt = this.#buckets.get(key)?.fullAt ?? 0;
    return Math.min(Math.max(fullAt - now, 0), window);
  }

  /** The bucket, set anew so that the order of the map is the order of use. */
  #touch(key: string): Bucket {
    const bucket = this.#buckets.get(key) ?? { fullAt: 0, unsaved: 0 };
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    return bucket;
  }

  /** Those at the front were used longest ago: full again, most of them. */
  #forget(now: number): void {
    for (const [key, { fullAt }] of this.#buckets) {
      if (fullAt > now && this.#buckets.size <= maxKeys) return;
      this.#buckets.delete(key);
      this.#toSave.delete(key);
    }
  }
}
