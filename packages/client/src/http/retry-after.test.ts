// Retry-After in both of its forms, and what is none.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { retryAfterSeconds } from "./retry-after.js";

const now = Date.UTC(2025, 0, 1, 12, 0, 0);

describe("Retry-After", () => {
  it.each([
    ["0", 0],
    ["7", 7],
    [" 120 ", 120],
    ["99999999999999999999", 3600],
    ["Wed, 01 Jan 2025 12:00:30 GMT", 30],
    ["Wednesday, 01-Jan-25 12:00:30 GMT", 30],
    ["Wed, 01 Jan 2025 11:00:00 GMT", 0],
    ["Thu, 01 Jan 2026 12:00:00 GMT", 3600],
    ["-5", undefined],
    ["1.5", undefined],
    ["soon", undefined],
    ["", undefined],
    [undefined, undefined],
  ])("%j means %j", (header, seconds) => {
    expect(retryAfterSeconds(header, now)).toBe(seconds);
  });

  it("is never negative, longer than an hour or no number, whatever is sent", () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const seconds = retryAfterSeconds(header, now);
        if (seconds === undefined) return;
        expect(seconds).toBeGreaterThanOrEqual(0);
        expect(seconds).toBeLessThanOrEqual(3600);
      }),
    );
  });
});
