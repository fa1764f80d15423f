// Real time for a device: waits as long as an alarm may be away.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { attachedClock } from "./attached-clock.js";

const day = 86_400_000;

describe("the clock of a device", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("waits longer than setTimeout can, and no longer than told", () => {
    const run = vi.fn<() => void>();
    attachedClock.after(60 * day, run);
    vi.advanceTimersByTime(60 * day - 1);
    expect(run).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it("forgets a wait that was cancelled, in any of its stretches", () => {
    const run = vi.fn<() => void>();
    const timer = attachedClock.after(60 * day, run);
    vi.advanceTimersByTime(30 * day);
    timer.cancel();
    expect(vi.getTimerCount()).toBe(0);
  });
});
