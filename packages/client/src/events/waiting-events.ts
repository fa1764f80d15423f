// The events that wait for the connection: first in, first out, bounded in number, bytes and age.

import type { Clock, Timer } from "@trefoil/protocol/clock";

/** What of an event counts here. */
export interface Waiting {
  /** Bytes it holds in memory. */
  readonly size: number;
  /** Longest time it may wait, in milliseconds, over all its waits. */
  readonly maxAge: number;
  /** When it was first put here, in milliseconds since the epoch. */
  readonly since: number;
}

/** Why an event was given up before the gateway had it. */
export type GivenUpReason = "queue-full" | "too-old";

/** How much may wait. */
export interface WaitingLimits {
  /** Events; past that the oldest is given up. */
  readonly maxEvents: number;
  /** Bytes of them; likewise. */
  readonly maxBytes: number;
}

/** A bounded queue with deadlines. */
export class WaitingEvents<T extends Waiting> {
  readonly #limits: WaitingLimits;
  readonly #clock: Clock;
  readonly #givenUp: (event: T, reason: GivenUpReason) => void;
  readonly #events = new Map<T, Timer>();
  #bytes = 0;

  /** @param givenUp an event will not be sent */
  constructor(
    limits: WaitingLimits,
    clock: Clock,
    givenUp: (event: T, reason: GivenUpReason) => void,
  ) {
    this.#limits = limits;
    this.#clock = clock;
    this.#givenUp = givenUp;
  }

  get size(): number {
    return this.#events.size;
  }

  /** Puts an event at the end; whatever is too much then is given up, from the oldest on. */
  add(event: T): void {
    this.#put(event);
    this.#bound();
  }

  /** Puts an event back where it was taken from: it is older than all others. */
  putBack(event: T): void {
    const others = [...this.#events];
    this.#events.clear();
    this.#put(event);
    for (const [other, timer] of others) this.#events.set(other, timer);
    this.#bound();
  }

  /** Takes the oldest event. */
  take(): T | undefined {
    const [event] = this.#events.keys();
    if (event !== undefined) this.remove(event);
    return event;
  }

  /** @returns whether it was there */
  remove(event: T): boolean {
    const timer = this.#events.get(event);
    if (timer === undefined) return false;
    timer.cancel();
    this.#events.delete(event);
    this.#bytes -= event.size;
    return true;
  }

  #put(event: T): void {
    const left = event.since + event.maxAge - this.#clock.now();
    const timer = this.#clock.after(Math.min(Math.max(0, left), 2_147_483_647), () => {
      if (this.remove(event)) this.#givenUp(event, "too-old");
    });
    this.#events.set(event, timer);
    this.#bytes += event.size;
  }

  #bound(): void {
    const { maxEvents, maxBytes } = this.#limits;
    while (this.#events.size > maxEvents || (this.#bytes > maxBytes && this.#events.size > 1)) {
      const oldest = this.take();
      if (oldest !== undefined) this.#givenUp(oldest, "queue-full");
    }
  }
}
