// A token bucket: so many at once, and so many a second in the long run. Pure: the time is an argument.

/** How much of something a peer may do. */
export interface Rate {
  /** Most at once. */
  readonly burst: number;
  /** Given back each second, up to the burst. */
  readonly perSecond: number;
}

export class TokenBucket {
  readonly #rate: Rate;
  #tokens: number;
  #filledAt: number;

  /** @param now milliseconds of any clock; later calls take the same one */
  constructor(rate: Rate, now: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#filledAt = now;
  }

  /** Takes a token. @returns false where there is none */
  take(now: number): boolean {
    this.#fill(now);
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  /** Gives back so many tokens, up to the burst. */
  give(tokens: number): void {
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + tokens);
  }

  /** Whether nothing would change if the bucket were forgotten and made anew. */
  isFull(now: number): boolean {
    this.#fill(now);
    return this.#tokens >= this.#rate.burst;
  }

  #fill(now: number): void {
    // A clock that was set back fills nothing and empties nothing.
    const elapsed = Math.max(0, now - this.#filledAt);
    this.#filledAt = now;
    const { burst, perSecond } = this.#rate;
    this.#tokens = Math.min(burst, this.#tokens + (elapsed / 1000) * perSecond);
  }
}
