// One timer for all the waiting of the gateway: deadlines, PING intervals and expiries of thousands of connections share
// the ticks of one wheel. A deadline is met at the first tick after it, so at most one tick late and never early.

import type { Clock, Timer } from "@trefoil/protocol/clock";
import { onceInputIsRead } from "../http2/index.js";

/** From so many milliseconds on a tick comes so late that input has to be read before deadlines are looked at. */
const muchTooLate = 1_000;

/**
 * One thing that waits, linked with its neighbours in its slot. A Set would be simpler, but the hash tables that it outgrows
 * stay behind in the old generation and keep whatever was in them alive until the next full collection: with a timer per
 * event that was most of the garbage collector's work.
 */
class Entry implements Timer {
  run: (() => void) | undefined;
  previous: Entry;
  next: Entry;

  /** @param run undefined for the head of a slot */
  constructor(run?: () => void) {
    this.run = run;
    this.previous = this;
    this.next = this;
  }

  /** Puts an entry at the end of the slot that this is the head of. */
  append(entry: Entry): void {
    const last = this.previous;
    entry.previous = last;
    entry.next = this;
    last.next = entry;
    this.previous = entry;
  }

  cancel(): void {
    this.run = undefined;
    this.previous.next = this.next;
    this.next.previous = this.previous;
    this.previous = this;
    this.next = this;
  }
}

/** Coarse timers, cheap by the thousand. Itself a {@link Clock}: what takes a clock can be given a wheel. */
export class TimingWheel implements Clock {
  readonly #clock: Clock;
  readonly #tick: number;
  /** The head of each slot that something waits, or waited, in. */
  readonly #slots = new Map<number, Entry>();
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
    if (slot === undefined) this.#slots.set(due, (slot = new Entry()));
    const entry = new Entry(run);
    slot.append(entry);
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
    const due = this.now() + this.#tick;
    const ticking = this.#clock.after(this.#tick, () => {
      if (this.now() - due < muchTooLate) {
        this.#turn();
        return;
      }
      onceInputIsRead(() => {
        if (this.#ticking === ticking) this.#turn();
      });
    });
    this.#ticking = ticking;
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
      // Each leaves before it runs: what it does may cancel any of the others.
      for (let entry = slot.next; entry !== slot; entry = slot.next) {
        const { run } = entry;
        entry.cancel();
        run?.();
      }
    }
    // Empty slots that cancellations left behind go when their time comes; the wheel rests when none is left.
    if (this.#slots.size === 0) this.#ticking = undefined;
    else this.#schedule();
  }
}
