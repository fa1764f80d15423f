import { describe, expect, it } from "vitest";
import { type CrashPoint, CrashTrigger, planCrash } from "./crash-plan.js";
import { Random } from "./random.js";

describe("the plan", () => {
  it("strikes at every point within four crashes, one of them a SIGTERM, at counts that the seed draws", () => {
    const draw = (seed: number) => {
      const random = new Random(seed);
      return [0, 1, 2, 3, 4].map((place) => planCrash(place, random, [3, 9]));
    };
    const plan = draw(7);
    expect(plan.map(({ point, signal }) => `${signal} when ${point}`)).toEqual([
      "SIGKILL when received",
      "SIGKILL when accepted",
      "SIGTERM when accepted",
      "SIGKILL when sending",
      "SIGKILL when received",
    ]);
    for (const { after } of plan) {
      expect(after).toBeGreaterThanOrEqual(3);
      expect(after).toBeLessThanOrEqual(9);
    }
    expect(draw(7)).toEqual(plan);
  });
});

describe("the trigger", () => {
  it("strikes once, in the turn in which its point is passed for the last time", () => {
    const trigger = new CrashTrigger<CrashPoint>();
    let strikes = 0;
    trigger.passed("accepted");
    trigger.arm({ point: "accepted", after: 2 }, () => void strikes++);
    trigger.passed("received");
    trigger.passed("accepted");
    expect(strikes).toBe(0);
    trigger.passed("accepted");
    expect(strikes).toBe(1);
    trigger.passed("accepted");
    expect(strikes).toBe(1);
  });

  it("that was disarmed never strikes", () => {
    const trigger = new CrashTrigger<CrashPoint>();
    trigger.arm({ point: "sending", after: 1 }, () => expect.unreachable());
    trigger.disarm();
    trigger.passed("sending");
  });
});
