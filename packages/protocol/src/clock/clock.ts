// Time as an argument: everything that waits or compares times takes a Clock, so that tests can hold it still.

/** A pending callback; `cancel()` is idempotent and may be called after it ran. */
export interface Timer {
  cancel(): void;
}

/** The only source of time and of delays in Trefoil. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /**
   * Calls `run` once after `delay` milliseconds.
   * The system clock's timers never keep a Node.js process alive by themselves.
   */
  after(delay: number, run: () => void): Timer;
}

/** Longest delay that `setTimeout` takes, about 25 days; it runs a longer one at once. Tokens live longer than that. */
const maxTimeout = 2 ** 31 - 1;

/** Real time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delay, run) {
    let handle: unknown;
    const wait = (rest: number): void => {
      const step = Math.min(rest, maxTimeout);
      handle = setTimeout(() => (rest > step ? wait(rest - step) : run()), step);
      // Browsers answer a number, Node.js an object that would otherwise hold the process open.
      if (typeof handle === "object" && handle !== null && "unref" in handle) {
        (handle as { unref(): void }).unref();
      }
    };
    wait(delay);
    return { cancel: () => clearTimeout(handle as Parameters<typeof clearTimeout>[0]) };
  },
};
