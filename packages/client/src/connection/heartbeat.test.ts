// The heartbeat of a connection: asked on a schedule, answered in time or dead.
import { FakeClock } from "@trefoil/protocol/clock";
import { describe, expect, it } from "vitest";
import { Heartbeat } from "./heartbeat.js";

function setUp() {
  const clock = new FakeClock(0);
  const asked: number[] = [];
  let answer = () => {};
  let refuse: (error: Error) => void = () => {};
  let deaths = 0;
  const heartbeat = new Heartbeat(
    () =>
      new Promise<void>((resolve, reject) => {
        asked.push(clock.now());
        answer = resolve;
        refuse = reject;
      }),
    { interval: 60_000, timeout: 10_000 },
    clock,
    () => deaths++,
  );
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    clock,
    asked,
    heartbeat,
    deaths: () => deaths,
    answer: async () => {
      answer();
      await turn();
    },
    refuse: async () => {
      refuse(new Error("no"));
      await turn();
    },
  };
}

describe("a heartbeat", () => {
  it("asks a minute after each answer", async () => {
    const { clock, asked, answer, deaths } = setUp();
    clock.advance(60_000);
    clock.advance(5_000);
    await answer();
    clock.advance(60_000);
    await answer();
    clock.advance(60_000);
    expect(asked).toEqual([60_000, 125_000, 185_000]);
    expect(deaths()).toBe(0);
  });

  it("is dead when no answer comes in time, once", () => {
    const { clock, deaths, asked } = setUp();
    clock.advance(69_999);
    expect(deaths()).toBe(0);
    clock.advance(1);
    clock.advance(600_000);
    expect(deaths()).toBe(1);
    expect(asked).toHaveLength(1);
    expect(clock.pendingTimers).toBe(0);
  });

  it("takes a refusal for no answer: the deadline decides", async () => {
    const { clock, deaths, refuse } = setUp();
    clock.advance(60_000);
    await refuse();
    expect(deaths()).toBe(0);
    clock.advance(10_000);
    expect(deaths()).toBe(1);
  });

  it("asks at once when told to, but not while it waits for an answer", async () => {
    const { clock, asked, heartbeat, answer } = setUp();
    heartbeat.probe();
    heartbeat.probe();
    expect(asked).toEqual([0]);
    await answer();
    clock.advance(60_000);
    expect(asked).toEqual([0, 60_000]);
  });

  it("leaves nothing behind when it is stopped", async () => {
    const { clock, heartbeat, answer, deaths } = setUp();
    clock.advance(60_000);
    heartbeat.stop();
    await answer();
    heartbeat.probe();
    expect(clock.pendingTimers).toBe(0);
    clock.advance(600_000);
    expect(deaths()).toBe(0);
  });
});
