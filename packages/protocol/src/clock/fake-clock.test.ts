// The clock for tests.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FakeClock } from "./fake-clock.js";

describe("the fake clock", () => {
  it("stands still until it is told to move", () => {
    const clock = new FakeClock(5000);
    expect(clock.now()).toBe(5000);
    expect(clock.now()).toBe(5000);
    clock.advance(250);
    expect(clock.now()).toBe(5250);
  });

  it("begins at the start of 2025 unless told", () => {
    expect(new Date(new FakeClock().now()).toISOString()).toBe("2025-01-01T00:00:00.000Z");
  });

  it("runs what falls due in order of time, then of setting, at its time", () => {
    const clock = new FakeClock(0);
    const seen: string[] = [];
    const note = (name: string) => () => void seen.push(`${name}@${clock.now()}`);
    clock.after(30, note("c"));
    clock.after(10, note("a"));
    clock.after(10, note("b"));
    clock.after(31, note("d"));
    clock.advance(30);
    expect(seen).toEqual(["a@10", "b@10", "c@30"]);
    expect(clock.pendingTimers).toBe(1);
    clock.advance(1);
    expect(seen.at(-1)).toBe("d@31");
  });

  it("runs what fell due while it overslept late, in order, and what that sets and is due as well", () => {
    const clock = new FakeClock(0);
    const seen: string[] = [];
    const note = (name: string) => () => void seen.push(`${name}@${clock.now()}`);
    clock.after(20, note("b"));
    clock.after(10, () => {
      note("a")();
      clock.after(0, note("c"));
      clock.after(1, note("d"));
    });
    clock.oversleep(100);
    expect(seen).toEqual(["a@100", "b@100", "c@100"]);
    clock.advance(1);
    expect(seen.at(-1)).toBe("d@101");
  });

  it("runs what is set while others run and falls due within the span", () => {
    const clock = new FakeClock(0);
    const seen: number[] = [];
    const tick = () => {
      seen.push(clock.now());
      clock.after(10, tick);
    };
    clock.after(10, tick);
    clock.advance(35);
    expect(seen).toEqual([10, 20, 30]);
    expect(clock.now()).toBe(35);
  });

  it("runs nothing that was cancelled, also where another timer cancels it", () => {
    const clock = new FakeClock(0);
    const seen: string[] = [];
    const cancelled = clock.after(10, () => void seen.push("cancelled"));
    const victim = clock.after(20, () => void seen.push("victim"));
    clock.after(15, () => victim.cancel());
    cancelled.cancel();
    cancelled.cancel();
    clock.advance(100);
    expect(seen).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("takes a delay below zero for none, and runs nothing before it moves", () => {
    const clock = new FakeClock(100);
    const seen: number[] = [];
    clock.after(-50, () => void seen.push(clock.now()));
    expect(seen).toEqual([]);
    clock.advance(0);
    expect(seen).toEqual([100]);
  });

  it("runs the same at the same times in one stride as in many", () => {
    const delays = fc.array(fc.nat(100), { maxLength: 20 });
    const strides = fc.array(fc.nat(30), { maxLength: 20 });
    fc.assert(
      fc.property(delays, strides, (timers, steps) => {
        const run = (moves: readonly number[]) => {
          const clock = new FakeClock(0);
          const seen: (readonly [number, number])[] = [];
          for (const [index, delay] of timers.entries()) {
            clock.after(delay, () => void seen.push([index, clock.now()]));
          }
          for (const move of moves) clock.advance(move);
          return { seen, now: clock.now(), left: clock.pendingTimers };
        };
        const whole = steps.reduce((sum, step) => sum + step, 0);
        expect(run(steps)).toEqual(steps.length === 0 ? run([]) : run([whole]));
      }),
    );
  });
});
