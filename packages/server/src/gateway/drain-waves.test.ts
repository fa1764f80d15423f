// How a drain is spread over time.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drainWaves } from "./drain-waves.js";

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe("a drain", () => {
  it("begins at once, and tells a single connection then", () => {
    expect(drainWaves(["a"], 20_000)).toEqual([{ at: 0, members: ["a"] }]);
  });

  it("of a thousand connections in 20 s has 40 waves of 25, a quarter of a second apart", () => {
    const waves = drainWaves(numbers(1_000), 20_000);
    expect(waves).toHaveLength(40);
    expect(waves.map(({ members }) => members.length)).toEqual(waves.map(() => 25));
    expect(waves.map(({ at }) => at)).toEqual(numbers(40).map((wave) => wave * 250));
  });

  it("spreads few connections over the same time", () => {
    expect(drainWaves(["a", "b", "c", "d"], 20_000).map(({ at }) => at)).toEqual([
      0, 2_500, 5_000, 7_500,
    ]);
  });

  it("without time tells all at once", () => {
    expect(drainWaves(["a", "b"], 0)).toEqual([{ at: 0, members: ["a", "b"] }]);
  });

  it("tells each connection once, in order, in waves whose sizes differ by one at most, within the first half", () => {
    fc.assert(
      fc.property(fc.nat(500), fc.integer({ min: 0, max: 600_000 }), (count, span) => {
        const waves = drainWaves(numbers(count), span);
        expect(waves.flatMap(({ members }) => members)).toEqual(numbers(count));
        const sizes = waves.map(({ members }) => members.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        const times = waves.map(({ at }) => at);
        expect(times[0]).toBe(0);
        expect(times.at(-1)).toBeLessThanOrEqual(span / 2);
        const gaps = times.slice(1).map((at, index) => at - times[index]!);
        expect(Math.min(250, ...gaps)).toBeCloseTo(250, 3);
      }),
    );
  });
});
