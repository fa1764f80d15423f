// A clock that stands still until it is told to move: shipped, because who tests against Trefoil needs it too.

import type { Clock, Timer } from "./clock.js";

interface Pending {
  readonly due: number;
  readonly order: number;
  readonly run: () => void;
}

/** A {@link Clock} for tests: time moves only through {@link FakeClock.advance} and {@link FakeClock.oversleep}. */
export class FakeClock implements Clock {
  #now: number;
  #order = 0;
  readonly #pending = new Set<Pending>();

  /** @param start milliseconds since the epoch at which this clock begins; 2025-01-01T00:00:00Z unless told */
  constructor(start = Date.UTC(2025, 0, 1)) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  after(delay: number, run: () => void): Timer {
    const pending = { due: this.#now + Math.max(0, delay), order: this.#order++, run };
    this.#pending.add(pending);
    return { cancel: () => void this.#pending.delete(pending) };
  }

  /** How many timers wait: a test's way to show that none was forgotten. */
  get pendingTimers(): number {
    return this.#pending.size;
  }

  /**
   * Moves time forward and runs what falls due, in order of time; a timer that is set while others run and falls due
   * within the span runs too.
   * @param milliseconds how far to move
   */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (let next = this.#take(end); next !== undefined; next = this.#take(end)) {
      this.#now = next.due;
      next.run();
    }
    this.#now = end;
  }

  /**
   * Moves time forward at once, as a machine that slept does: what fell due meanwhile runs late, when all of the time has
   * passed.
   * @param milliseconds how far to move
   */
  oversleep(milliseconds: number): void {
    this.#now += milliseconds;
    for (let next = this.#take(this.#now); next !== undefined; next = this.#take(this.#now)) {
      next.run();
    }
  }

  /** Takes out what falls due first, up to a time. */
  #take(end: number): Pending | undefined {
    let next: Pending | undefined;
    for (const candidate of this.#pending) {
      if (candidate.due > end) continue;
      if (
        next === undefined ||
        candidate.due < next.due ||
        (candidate.due === next.due && candidate.order < next.order)
      ) {
        next = candidate;
      }
    }
    if (next !== undefined) this.#pending.delete(next);
    return next;
  }
}
