// The system's clock, which knows how many of its timers are pending: Node.js does not say, since they do not keep it alive.

import { type Clock, systemClock } from "@trefoil/protocol/clock";

export class CountingClock implements Clock {
  pending = 0;

  now(): number {
    return systemClock.now();
  }

  after(delay: number, run: () => void) {
    let isPending = true;
    this.pending++;
    const settle = (): void => {
      if (isPending) this.pending--;
      isPending = false;
    };
    const timer = systemClock.after(delay, () => {
      settle();
      run();
    });
    return {
      cancel: () => {
        settle();
        timer.cancel();
      },
    };
  }
}
