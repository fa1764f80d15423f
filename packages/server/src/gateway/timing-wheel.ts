// One timer for all the waiting of the gateway: deadlines, PING intervals and expiries of thousands of connections share
// the ticks of one wheel. A deadline is met at the first tick after it, so at most one tick late and never early.

import type { Clock, Timer } from "@trefoil/protocol/clock";

interface Entry extends Timer {
  run: (() => void) | undefined;
}

/** Coarse timers, cheap by the thousand. Itself a {@link Clock}: what takes a clock can be given a wheel. */
export class TimingWheel implements Clock {
  readonly #clock: Clock;
  readonly #tick: number;
  readonly #slots = new Map<number, Set<Entry>>();
  #ticking: Timer | undefined;
  #current: number;

  /**
   * @param clock real time
   * @param tick length of a tick in milliseconds
   */
  constructor(clock: Clock, tick = 250) {
    this.#clock = clock;
    this.#tick = tick;
    this.#current = this.#slotOf(clock.now());
  }

  now(): number {
    return this.#clock.now();
  }

  after(delay: number, run: () => void): Timer {
    if (this.#ticking === undefined) {
      this.#current = this.#slotOf(this.now());
      this.#schedule();
    }
    const due = Math.max(this.#current + 1, Math.ceil((this.now() + delay) / this.#tick));
    let slot = this.#slots.get(due);
    if (slot === undefined) this.#slots.set(due, (slot = new Set()));
    const home = slot;
    const entry: Entry = {
      run,
      cancel: () => {
        entry.run = undefined;
        home.delete(entry);
      },
    };
    home.add(entry);
    return entry;
  }

  /** Forgets everything that waits. */
  stop(): void {
    this.#ticking?.cancel();
    this.#ticking = undefined;
    this.#slots.clear();
  }

  #slotOf(time: number): number {
    return Math.floor(time / this.#tick);
  }

  #schedule(): void {
    this.#ticking = this.#clock.after(this.#tick, () => this.#turn());
  }

  #turn(): void {
    const now = this.#slotOf(this.now());
    // A suspended machine skips far ahead: then it is cheaper to look at the slots that exist.
    const due =
      now - this.#current <= this.#slots.size
        ? Array.from({ length: now - this.#current }, (_, index) => this.#current + 1 + index)
        : [...this.#slots.keys()].filter((slot) => slot <= now).sort((a, b) => a - b);
    this.#current = now;
    for (const key of due) {
      const slot = this.#slots.get(key);
      if (slot === undefined) continue;
      this.#slots.delete(key);
      for (const entry of slot) entry.run?.();
    }
    // Empty slots that cancellations left behind go when their time comes; the wheel rests when none is left.
    if (this.#slots.size === 0) this.#ticking = undefined;
    else this.#schedule();
  }
}
