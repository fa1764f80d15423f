// The wheel keeps time: never early, at most a tick late, and nothing runs after it was cancelled.

import { FakeClock } from "@trefoil/protocol/clock";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TimingWheel } from "./timing-wheel.js";

describe("the timing wheel", () => {
  it("runs each entry once, never early and at most one tick late (property)", () => {
    const delays = fc.array(
      fc.record({
        at: fc.integer({ min: 0, max: 5_000 }),
        delay: fc.integer({ min: 0, max: 9_000 }),
      }),
      { minLength: 1, maxLength: 40 },
    );
    fc.assert(
      fc.property(delays, (entries) => {
        const clock = new FakeClock();
        const wheel = new TimingWheel(clock, 250);
        const start = clock.now();
        const runs: number[] = [];
        for (const { at, delay } of [...entries].sort((a, b) => a.at - b.at)) {
          clock.advance(start + at - clock.now());
          const due = clock.now() + delay;
          wheel.after(delay, () => {
            expect(clock.now()).toBeGreaterThanOrEqual(due);
            expect(clock.now()).toBeLessThanOrEqual(due + 500);
            runs.push(due);
          });
        }
        clock.advance(20_000);
        expect(runs.length).toBe(entries.length);
        expect(clock.pendingTimers).toBe(0);
      }),
    );
  });

  it("does not run what was cancelled, also when it was cancelled by another entry of the same tick", () => {
    const clock = new FakeClock();
    const wheel = new TimingWheel(clock, 250);
    let ran = 0;
    wheel.after(100, () => second.cancel());
    const second = wheel.after(100, () => void ran++);
    wheel.after(100, () => void ran++).cancel();
    clock.advance(1_000);
    expect(ran).toBe(0);
  });

  it("uses one timer of the clock for all its entries, and none when it is empty", () => {
    const clock = new FakeClock();
    const wheel = new TimingWheel(clock, 250);
    for (let index = 0; index < 1_000; index++) wheel.after(index, () => undefined);
    expect(clock.pendingTimers).toBe(1);
    clock.advance(2_000);
    expect(clock.pendingTimers).toBe(0);
  });

  it("catches up after the machine slept, once what waits to be read has been read", async () => {
    const clock = new FakeClock();
    const wheel = new TimingWheel(clock, 250);
    const ran: string[] = [];
    wheel.after(1_000, () => void ran.push("a"));
    wheel.after(90_000_000, () => void ran.push("c"));
    wheel.after(5_000, () => void ran.push("b"));
    const met = wheel.after(30_000, () => void ran.push("met in time"));
    clock.oversleep(50_000_000);
    expect(ran).toEqual([]);
    setImmediate(() => met.cancel());
    await twoTurns();
    expect(ran).toEqual(["a", "b"]);
    clock.advance(40_000_250);
    expect(ran).toEqual(["a", "b", "c"]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("that was stopped while it waited for that runs nothing, and begins anew with one timer", async () => {
    const clock = new FakeClock();
    const wheel = new TimingWheel(clock, 250);
    let ran = 0;
    wheel.after(1_000, () => void ran++);
    clock.oversleep(60_000);
    wheel.stop();
    wheel.after(1_000, () => void ran++);
    await twoTurns();
    expect(clock.pendingTimers).toBe(1);
    clock.advance(1_250);
    expect(ran).toBe(1);
    expect(clock.pendingTimers).toBe(0);
  });
});

const twoTurns = () =>
  new Promise<void>((resolve) => {
    setImmediate(() => setImmediate(() => setImmediate(resolve)));
  });
