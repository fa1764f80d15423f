// When a process counts as overloaded: on a clock whose timers come late.

import type { Clock } from "@trefoil/protocol/clock";
import { describe, expect, it } from "vitest";
import { LoadMonitor } from "./load.js";

/** A clock whose next timer the test lets run, as late as it likes. */
function lateClock() {
  let now = 0;
  let run: (() => void) | undefined;
  let delay = 0;
  const clock: Clock = {
    now: () => now,
    after(wait, callback) {
      delay = wait;
      run = callback;
      return { cancel: () => (run = undefined) };
    },
  };
  return {
    clock,
    late: (lag: number): void => {
      now += delay + lag;
      run?.();
    },
    get waits() {
      return run !== undefined;
    },
  };
}

describe("the load monitor", () => {
  it("finds a process overloaded that is late three times in a row", () => {
    const { clock, late } = lateClock();
    const monitor = new LoadMonitor(clock, 1_000);
    late(1_500);
    late(1_500);
    expect(monitor.overloaded).toBe(false);
    late(1_500);
    expect(monitor.overloaded).toBe(true);
  });

  it("takes one long pause for a pause", () => {
    const { clock, late } = lateClock();
    const monitor = new LoadMonitor(clock, 1_000);
    late(60_000);
    late(0);
    late(60_000);
    late(1_200);
    expect(monitor.overloaded).toBe(false);
  });

  it("finds it well again only when it is well below the limit", () => {
    const { clock, late } = lateClock();
    const monitor = new LoadMonitor(clock, 1_000);
    for (let look = 0; look < 3; look++) late(2_000);
    late(700);
    expect(monitor.overloaded).toBe(true);
    late(400);
    expect(monitor.overloaded).toBe(false);
  });

  it("never finds anything where it is off, and keeps no timer when it is stopped", () => {
    const off = lateClock();
    expect(new LoadMonitor(off.clock, 0).overloaded).toBe(false);
    expect(off.waits).toBe(false);
    const on = lateClock();
    new LoadMonitor(on.clock, 1_000).stop();
    expect(on.waits).toBe(false);
  });
});
