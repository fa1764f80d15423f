// Counting and timing on the hot path.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CountTable, LabelCounts } from "./counts.js";
import { Histogram } from "./histogram.js";

describe("counts", () => {
  it("by one label begin at nothing and add up", () => {
    const counts = new LabelCounts<"a" | "b">();
    expect(counts.get("a")).toBe(0);
    counts.add("a");
    counts.add("a", 2);
    counts.add("b");
    expect(counts.get("a")).toBe(3);
    expect(counts.rows()).toEqual([
      { label: "a", value: 3 },
      { label: "b", value: 1 },
    ]);
  });

  it("that are known beforehand are there with 0", () => {
    expect(new LabelCounts(["a"]).rows()).toEqual([{ label: "a", value: 0 }]);
  });

  it("by two labels keep every pair apart", () => {
    const counts = new CountTable<string, number>();
    counts.add("a", 200);
    counts.add("a", 404);
    counts.add("b", 200, 5);
    counts.add("a", 200);
    expect(counts.get("a", 200)).toBe(2);
    expect(counts.get("b", 404)).toBe(0);
    expect(counts.rows()).toEqual([
      { labels: ["a", "200"], value: 2 },
      { labels: ["a", "404"], value: 1 },
      { labels: ["b", "200"], value: 5 },
    ]);
  });
});

describe("a histogram", () => {
  it("counts an observation at a bound into that bucket, and one above all bounds into none", () => {
    const histogram = new Histogram([1, 2]);
    for (const value of [0, 1, 1.5, 2, 3]) histogram.observe(value);
    expect(histogram.read()).toEqual({
      buckets: [
        { bound: 1, cumulative: 2 },
        { bound: 2, cumulative: 4 },
      ],
      count: 5,
      sum: 7.5,
    });
  });

  it("agrees with counting one by one, whatever is observed", () => {
    const bounds = [0.5, 1, 10, 100];
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 200, noNaN: true })), (values) => {
        const histogram = new Histogram(bounds);
        for (const value of values) histogram.observe(value);
        const { buckets, count, sum } = histogram.read();
        expect(count).toBe(values.length);
        expect(sum).toBeCloseTo(
          values.reduce((total, value) => total + value, 0),
          6,
        );
        for (const { bound, cumulative } of buckets) {
          expect(cumulative).toBe(values.filter((value) => value <= bound).length);
        }
      }),
    );
  });
});
