// Something to wait at until a condition holds: waiters are let through together, each time it is opened.

/** A gate for those who wait; closed when made. */
export class Latch {
  #open: boolean;
  #waiting: (() => void)[] = [];

  constructor(open = false) {
    this.#open = open;
  }

  /** Lets everybody through who waits, and who comes until {@link close}. */
  open(): void {
    this.#open = true;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }

  close(): void {
    this.#open = false;
  }

  /** Resolves at once when open, else with the next {@link open}. */
  passed(): Promise<void> {
    if (this.#open) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
