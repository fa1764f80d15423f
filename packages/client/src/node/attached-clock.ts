// Real time whose timers keep the process alive: a device that waits to reconnect must not exit meanwhile.

import type { Clock } from "@trefoil/protocol/clock";

/** Longest delay that `setTimeout` takes, about 25 days; it runs a longer one at once. An alarm may be set for later. */
const maxTimeout = 2 ** 31 - 1;

/** Like `systemClock`, except that a process with a pending timer goes on. A closed client leaves none. */
export const attachedClock: Clock = {
  now: () => Date.now(),
  after(delay, run) {
    let handle: ReturnType<typeof setTimeout>;
    const wait = (rest: number): void => {
      const step = Math.min(rest, maxTimeout);
      handle = setTimeout(() => (rest > step ? wait(rest - step) : run()), step);
    };
    wait(delay);
    return { cancel: () => clearTimeout(handle) };
  },
};
