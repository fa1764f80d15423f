// Whether the process keeps up: measured by how late its own timer comes, because a server that is late for everything
// serves better by refusing some.

import type { Clock, Timer } from "@trefoil/protocol/clock";

/** Time between two looks. Milliseconds. */
const interval = 500;

/** So many looks in a row must be late: one long pause (a collection of garbage, a suspended machine) is no overload. */
const looksUntilOverload = 3;

export class LoadMonitor {
  readonly #clock: Clock;
  readonly #maxLag: number;
  #timer: Timer | undefined;
  #late = 0;
  #overloaded = false;

  /** @param maxLag how late a timer may be, in milliseconds; 0: there is no overload */
  constructor(clock: Clock, maxLag: number) {
    this.#clock = clock;
    this.#maxLag = maxLag;
    if (maxLag > 0) this.#look();
  }

  /** Whether new work is better refused. */
  get overloaded(): boolean {
    return this.#overloaded;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#overloaded = false;
  }

  #look(): void {
    const due = this.#clock.now() + interval;
    this.#timer = this.#clock.after(interval, () => {
      const lag = this.#clock.now() - due;
      this.#late = lag > this.#maxLag ? this.#late + 1 : 0;
      // Over only when it is well below the limit, so that it does not flicker at it.
      if (this.#late >= looksUntilOverload) this.#overloaded = true;
      else if (lag < this.#maxLag / 2) this.#overloaded = false;
      this.#look();
    });
  }
}
