// The system clock, on timers that stand still.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "./clock.js";

const day = 86_400_000;

describe("the system clock", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("tells milliseconds since the epoch", () => {
    vi.setSystemTime(1_700_000_000_123);
    expect(systemClock.now()).toBe(1_700_000_000_123);
  });

  it("runs a callback once, after its delay", () => {
    const run = vi.fn<() => void>();
    systemClock.after(1000, run);
    vi.advanceTimersByTime(999);
    expect(run).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(run).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(10_000);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it("runs no callback that was cancelled, and may be told twice", () => {
    const run = vi.fn<() => void>();
    const timer = systemClock.after(1000, run);
    timer.cancel();
    timer.cancel();
    vi.advanceTimersByTime(2000);
    expect(run).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("waits longer than setTimeout can, as the expiry of a token of 150 days does", () => {
    const run = vi.fn<() => void>();
    systemClock.after(150 * day, run);
    vi.advanceTimersByTime(150 * day - 1);
    expect(run).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it("cancels a long wait in any of its stretches", () => {
    const run = vi.fn<() => void>();
    const timer = systemClock.after(150 * day, run);
    vi.advanceTimersByTime(70 * day);
    timer.cancel();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(150 * day);
    expect(run).not.toHaveBeenCalled();
  });

  it("never ends a wait without end", () => {
    const run = vi.fn<() => void>();
    const timer = systemClock.after(Number.POSITIVE_INFINITY, run);
    vi.advanceTimersByTime(400 * day);
    expect(run).not.toHaveBeenCalled();
    timer.cancel();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a timer of the system clock", () => {
  it("does not keep the process alive by itself", () => {
    const unref = vi.fn<() => void>();
    const set = vi
      .spyOn(globalThis, "setTimeout")
      .mockReturnValue({ unref } as unknown as ReturnType<typeof setTimeout>);
    try {
      systemClock.after(1000, () => {});
    } finally {
      set.mockRestore();
    }
    expect(unref).toHaveBeenCalledTimes(1);
  });

  it("is made in a browser too, where setTimeout answers a number", () => {
    const set = vi
      .spyOn(globalThis, "setTimeout")
      .mockReturnValue(17 as unknown as ReturnType<typeof setTimeout>);
    const clear = vi.spyOn(globalThis, "clearTimeout").mockReturnValue(undefined);
    try {
      systemClock.after(1000, () => {}).cancel();
      expect(clear).toHaveBeenCalledWith(17);
    } finally {
      set.mockRestore();
      clear.mockRestore();
    }
  });
});
