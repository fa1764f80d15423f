import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AttemptLimiter } from "./attempt-limiter.js";

const limit = { attempts: 5, window: 10_000 };
const key = (name: string, of = limit) => ({ key: name, limit: of });

describe("the limiter", () => {
  it("lets a row of tries through, then one each time a share of the window has passed", () => {
    const limiter = new AttemptLimiter();
    for (let round = 0; round < 5; round++) expect(limiter.take([key("a")], 0)).toBeUndefined();
    expect(limiter.take([key("a")], 0)).toBe(2);
    expect(limiter.take([key("a")], 1_500)).toBe(1);
    expect(limiter.take([key("a")], 2_000)).toBeUndefined();
    expect(limiter.take([key("a")], 2_000)).toBe(2);
  });

  it("is full again after the window, and no fuller", () => {
    const limiter = new AttemptLimiter();
    for (let round = 0; round < 5; round++) limiter.take([key("a")], 0);
    for (let round = 0; round < 5; round++) {
      expect(limiter.take([key("a")], 1_000_000)).toBeUndefined();
    }
    expect(limiter.take([key("a")], 1_000_000)).toBeGreaterThan(0);
  });

  it("counts nothing for any key where one of them has none left", () => {
    const limiter = new AttemptLimiter();
    const small = { attempts: 1, window: 10_000 };
    expect(limiter.take([key("a", small), key("b")], 0)).toBeUndefined();
    for (let round = 0; round < 9; round++) limiter.take([key("a", small), key("b")], 0);
    for (let round = 0; round < 4; round++) expect(limiter.take([key("b")], 0)).toBeUndefined();
    expect(limiter.take([key("b")], 0)).toBeDefined();
  });

  it("never lets more through in any stretch of time than a full bucket and what flows in", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3_000), { maxLength: 200 }), (pauses) => {
        const limiter = new AttemptLimiter();
        const taken: number[] = [];
        let now = 0;
        for (const pause of pauses) {
          now += pause;
          if (limiter.take([key("a")], now) === undefined) taken.push(now);
        }
        for (const [index, from] of taken.entries()) {
          for (const [later, to] of taken.slice(index).entries()) {
            expect(later + 1).toBeLessThanOrEqual(5 + (to - from) / 2_000 + 1e-6);
          }
        }
      }),
    );
  });

  it("keeps its word: after the seconds that it names the next try goes through", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1_000, max: 900_000 }),
        (attempts, window) => {
          const limiter = new AttemptLimiter();
          const one = key("a", { attempts, window });
          for (let round = 0; round < attempts; round++) limiter.take([one], 7);
          const wait = limiter.take([one], 7);
          if (wait === undefined) return;
          expect(limiter.take([one], 7 + wait * 1_000)).toBeUndefined();
        },
      ),
    );
  });

  it("counts failures after the fact, also past the end, without making the wait longer than the window", () => {
    const limiter = new AttemptLimiter();
    for (let round = 0; round < 500; round++) limiter.count([key("a")], 0);
    expect(limiter.wait([key("a")], 0)).toBe(2);
    expect(limiter.wait([key("a")], 2_000)).toBeUndefined();
    // Looking counts nothing.
    for (let round = 0; round < 50; round++) limiter.wait([key("a")], 2_000);
    expect(limiter.take([key("a")], 2_000)).toBeUndefined();
  });
});

describe("what a limiter tells others", () => {
  it("is nothing while little was taken, and all of it once it is more than a quarter", () => {
    const limiter = new AttemptLimiter();
    const roomy = { attempts: 8, window: 8_000 };
    limiter.take([key("a", roomy)], 0);
    limiter.take([key("a", roomy)], 0);
    expect(limiter.takeUnsaved(10, 0)).toEqual([]);
    limiter.take([key("a", roomy)], 0);
    expect(limiter.takeUnsaved(10, 0)).toEqual([{ key: "a", amount: 3_000 }]);
    expect(limiter.takeUnsaved(10, 0)).toEqual([]);
    limiter.take([key("a", roomy)], 0);
    expect(limiter.takeUnsaved(10, 0)).toEqual([{ key: "a", amount: 1_000 }]);
  });

  it("leaves out what has flowed back meanwhile", () => {
    const limiter = new AttemptLimiter();
    for (let round = 0; round < 3; round++) limiter.take([key("a")], 0);
    expect(limiter.takeUnsaved(10, 6_000)).toEqual([]);
    for (let round = 0; round < 2; round++) limiter.take([key("a")], 100_000);
    expect(limiter.takeUnsaved(10, 100_000)).toEqual([{ key: "a", amount: 4_000 }]);
  });

  it("is told again where it could not be told", () => {
    const limiter = new AttemptLimiter();
    for (let round = 0; round < 3; round++) limiter.take([key("a")], 0);
    limiter.restoreUnsaved(limiter.takeUnsaved(10, 0));
    expect(limiter.takeUnsaved(10, 0)).toEqual([{ key: "a", amount: 6_000 }]);
  });

  it("is bounded by how much is asked for", () => {
    const limiter = new AttemptLimiter();
    for (const name of ["a", "b", "c"]) {
      for (let round = 0; round < 3; round++) limiter.take([key(name)], 0);
    }
    expect(limiter.takeUnsaved(2, 0)).toHaveLength(2);
    expect(limiter.takeUnsaved(2, 0)).toHaveLength(1);
  });
});

describe("what a limiter hears of others", () => {
  it("counts for keys that it never saw", () => {
    const limiter = new AttemptLimiter();
    limiter.adopt([{ key: "a", fullAt: 10_000 }], 0);
    expect(limiter.wait([key("a")], 0)).toBe(2);
    expect(limiter.wait([key("a")], 2_000)).toBeUndefined();
  });

  it("is added to what it took itself and has not told yet", () => {
    const limiter = new AttemptLimiter();
    limiter.take([key("a")], 0);
    limiter.adopt([{ key: "a", fullAt: 6_000 }], 0);
    expect(limiter.take([key("a")], 0)).toBeUndefined();
    expect(limiter.take([key("a")], 0)).toBe(2);
  });

  it("makes nobody wait longer than the window, however much all took together", () => {
    const limiter = new AttemptLimiter();
    limiter.adopt([{ key: "a", fullAt: 1_000_000 }], 0);
    expect(limiter.wait([key("a")], 0)).toBe(2);
  });

  it("comes to the same for two as for one that took everything", () => {
    const takes = fc.array(fc.tuple(fc.boolean(), fc.nat(400)), { maxLength: 60 });
    fc.assert(
      fc.property(takes, (steps) => {
        const [one, two, alone] = [
          new AttemptLimiter(),
          new AttemptLimiter(),
          new AttemptLimiter(),
        ] as const;
        let now = 0;
        let stored = 0;
        for (const [first, pause] of steps) {
          now += pause;
          const limiter = first ? one : two;
          limiter.count([key("a")], now);
          alone.count([key("a")], now);
          // Whoever took tells, and both hear of it.
          for (const { amount } of limiter.takeUnsaved(10, now)) {
            stored = Math.max(stored, now) + amount;
          }
          for (const each of [one, two]) each.adopt([{ key: "a", fullAt: stored }], now);
        }
        const expected = alone.wait([key("a")], now) ?? 0;
        for (const each of [one, two]) {
          // Apart by no more than what is too little to tell: a quarter of the bucket each.
          expect(Math.abs((each.wait([key("a")], now) ?? 0) - expected)).toBeLessThanOrEqual(6);
        }
      }),
    );
  });
});
