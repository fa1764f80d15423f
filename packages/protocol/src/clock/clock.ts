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

/** Real time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delay, run) {
    const handle: unknown = setTimeout(run, delay);
    // Browsers answer a number, Node.js an object that would otherwise hold the process open.
    if (typeof handle === "object" && handle !== null && "unref" in handle) {
      (handle as { unref(): void }).unref();
    }
    return { cancel: () => clearTimeout(handle as Parameters<typeof clearTimeout>[0]) };
  },
};
