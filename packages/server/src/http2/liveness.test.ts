// When a quiet peer is asked whether it lives, and when it is given up.

import { describe, expect, it } from "vitest";
import { Liveness, type LivenessAdvice } from "./liveness.js";

const timeout = 10_000;

/** Looks each second from `from` until before `to`. @returns what was advised, and when */
function watch(
  liveness: Liveness,
  from: number,
  to: number,
  signs: { openStreams?: number; unfinished?: number | undefined } = {},
): (readonly [second: number, advice: LivenessAdvice])[] {
  const advice: (readonly [number, LivenessAdvice])[] = [];
  for (let second = from; second < to; second++) {
    const now = second * 1_000;
    const said = liveness.check({ now, openStreams: 0, unfinished: undefined, ...signs });
    if (said !== "nothing") advice.push([second, said]);
  }
  return advice;
}

describe("a peer", () => {
  it("that has said nothing is not asked", () => {
    expect(watch(new Liveness(timeout), 0, 100)).toEqual([]);
  });

  it("is asked once, when its burst of input is over, and again after the next burst", () => {
    const liveness = new Liveness(timeout);
    for (let second = 0; second < 5; second++) {
      liveness.heard();
      expect(watch(liveness, second, second + 1)).toEqual([]);
    }
    expect(watch(liveness, 5, 8)).toEqual([[5, "ask"]]);
    liveness.answered();
    expect(watch(liveness, 8, 100)).toEqual([]);
    liveness.heard();
    expect(watch(liveness, 100, 105)).toEqual([[101, "ask"]]);
  });

  it("that does not answer in time is given up, after three looks in a row", () => {
    const liveness = new Liveness(timeout);
    liveness.heard();
    expect(watch(liveness, 0, 14)).toEqual([
      [1, "ask"],
      [13, "give-up"],
    ]);
  });

  it("is not given up for one late look, as after a sleep of the machine", () => {
    const liveness = new Liveness(timeout);
    liveness.heard();
    expect(watch(liveness, 0, 2)).toEqual([[1, "ask"]]);
    expect(watch(liveness, 5_000, 5_002)).toEqual([]);
    liveness.answered();
    expect(watch(liveness, 5_002, 5_100)).toEqual([]);
  });

  it("with an open stream is neither asked nor given up", () => {
    const liveness = new Liveness(timeout);
    liveness.heard();
    expect(watch(liveness, 0, 100, { openStreams: 1 })).toEqual([]);
    expect(watch(liveness, 100, 103)).toEqual([[100, "ask"]]);
    expect(watch(liveness, 103, 200, { openStreams: 1 })).toEqual([]);
  });

  it("that does not finish a frame is given up, open streams or not", () => {
    for (const openStreams of [0, 1]) {
      const liveness = new Liveness(timeout);
      expect(watch(liveness, 0, 13, { openStreams, unfinished: 7 })).toEqual([[12, "give-up"]]);
    }
  });

  it("whose unfinished frame is another one each time goes on", () => {
    const liveness = new Liveness(timeout);
    for (let second = 0; second < 100; second++) {
      expect(watch(liveness, second, second + 1, { unfinished: second >> 3 })).toEqual([]);
    }
  });
});
