// Real time whose timers keep the process alive: a device that waits to reconnect must not exit meanwhile.

import type { Clock } from "@trefoil/protocol/clock";

/** Like `systemClock`, except that a process with a pending timer goes on. A closed client leaves none. */
export const attachedClock: Clock = {
  now: () => Date.now(),
  after(delay, run) {
    const handle = setTimeout(run, delay);
    return { cancel: () => clearTimeout(handle) };
  },
};
