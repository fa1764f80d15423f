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
});
