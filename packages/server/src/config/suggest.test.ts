// Which name a misspelt one is taken for.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { closestName, editDistance } from "./suggest.js";

describe("closestName", () => {
  const names = ["validation", "maxParts", "maxBodySeconds", "port", "host"];

  it.each([
    ["validaton", "validation"],
    ["vlaidation", "validation"],
    ["max_parts", "maxParts"],
    ["MAXPARTS", "maxParts"],
    ["prot", "port"],
    ["hsot", "host"],
  ])("takes %s for %s", (word, meant) => expect(closestName(word, names)).toBe(meant));

  it.each(["", "x", "colour", "x".repeat(10_000)])("takes %j for nothing", (word) =>
    expect(closestName(word, names)).toBeUndefined(),
  );
});

describe("editDistance", () => {
  it("is 0 exactly for equal words, symmetric, and no more than the longer word", () => {
    const word = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        expect(distance === 0).toBe(a === b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
      }),
    );
  });

  it("counts a swap of neighbours as one", () => expect(editDistance("prot", "port")).toBe(1));
});
