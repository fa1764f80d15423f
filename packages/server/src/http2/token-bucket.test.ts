// The bucket gives what it promises: never more than the burst at once, never more than the rate in the long run.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TokenBucket } from "./token-bucket.js";

describe("a token bucket", () => {
  it("gives the burst at once, then what its rate gives back", () => {
    const bucket = new TokenBucket({ burst: 3, perSecond: 2 }, 0);
    expect([0, 0, 0, 0].map((now) => bucket.take(now))).toEqual([true, true, true, false]);
    expect(bucket.take(499)).toBe(false);
    expect(bucket.take(500)).toBe(true);
    expect(bucket.take(500)).toBe(false);
  });

  it("is full again after a rest, and never fuller than its burst", () => {
    const bucket = new TokenBucket({ burst: 2, perSecond: 1 }, 0);
    bucket.take(0);
    bucket.take(0);
    expect(bucket.isFull(1_999)).toBe(false);
    expect(bucket.isFull(2_000)).toBe(true);
    expect([1e9, 1e9, 1e9].map((now) => bucket.take(now))).toEqual([true, true, false]);
  });

  it("takes back what was earned, up to the burst", () => {
    const bucket = new TokenBucket({ burst: 3, perSecond: 1 }, 0);
    for (let token = 0; token < 3; token++) bucket.take(0);
    bucket.give(1);
    expect([0, 0].map((now) => bucket.take(now))).toEqual([true, false]);
    bucket.give(0);
    expect(bucket.take(0)).toBe(false);
    bucket.give(1_000);
    expect([0, 0, 0, 0].map((now) => bucket.take(now))).toEqual([true, true, true, false]);
  });

  it("gives nothing for a clock that was set back, and goes on from there", () => {
    const bucket = new TokenBucket({ burst: 1, perSecond: 1 }, 10_000);
    expect(bucket.take(10_000)).toBe(true);
    expect(bucket.take(0)).toBe(false);
    expect(bucket.take(1_000)).toBe(true);
  });

  it("never gives more than burst + rate x time, whatever the order of the asking (property)", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 200 }),
        (burst, perSecond, gaps) => {
          const bucket = new TokenBucket({ burst, perSecond }, 0);
          let now = 0;
          let given = 0;
          for (const gap of gaps) {
            now += gap;
            if (bucket.take(now)) given++;
          }
          // A millionth for the sums of fractions.
          expect(given).toBeLessThanOrEqual(burst + (now / 1000) * perSecond + 1e-6);
        },
      ),
    );
  });
});
