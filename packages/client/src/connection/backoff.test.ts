// Waits between tries: full jitter, bounded, and as long as the peer asked for.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backoffDelay, retryDelay } from "./backoff.js";

const backoff = { first: 250, longest: 60_000 };
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("backoff", () => {
  it("doubles its bound from the first to the longest", () => {
    const bounds = Array.from({ length: 10 }, (_, attempt) => backoffDelay(backoff, attempt, 1));
    expect(bounds).toEqual([250, 500, 1e3, 2e3, 4e3, 8e3, 16e3, 32e3, 60e3, 60e3]);
  });

  it("is anything between nothing and its bound, for any number of tries", () => {
    fc.assert(
      fc.property(fc.nat(1e9), random, (attempt, chance) => {
        const delay = backoffDelay(backoff, attempt, chance);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(60_000);
      }),
    );
  });

  it("adds to what the peer asked for, up to a limit", () => {
    expect(retryDelay(backoff, 0, 0.5, 7, 300)).toBe(7_125);
    expect(retryDelay(backoff, 0, 0.5, undefined, 300)).toBe(125);
    expect(retryDelay(backoff, 0, 0, 86_400, 300)).toBe(300_000);
  });
});
