// A fleet's spread of behaviours, and its figures.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Behaviour, behaviourOf, pauseOf } from "./behaviour.js";
import { progressLine, summary } from "./fleet-report.js";
import { Sample, Statistics, Tally } from "./statistics.js";

describe("behaviours", () => {
  it("are all there among twenty devices, most of them quiet or talking", () => {
    const count: Partial<Record<Behaviour, number>> = {};
    for (let index = 0; index < 20; index++) {
      const behaviour = behaviourOf(index);
      count[behaviour] = (count[behaviour] ?? 0) + 1;
    }
    expect(count).toEqual({ talker: 7, listener: 6, speaker: 3, presser: 2, wanderer: 2 });
  });

  it("pause around their middle, so that they do not march in step", () => {
    expect(pauseOf("talker", 0)).toBe(2_500);
    expect(pauseOf("talker", 0.5)).toBe(5_000);
    expect(pauseOf("listener", 0.5)).toBeUndefined();
  });
});

describe("a sample", () => {
  it("knows its percentiles", () => {
    const sample = new Sample(() => 0);
    expect(sample.percentile(0.5)).toBeUndefined();
    for (let figure = 100; figure >= 1; figure--) sample.add(figure);
    expect([0, 0.5, 0.95, 0.99, 1].map((share) => sample.percentile(share))).toEqual([
      1, 50, 95, 99, 100,
    ]);
  });

  it("agrees with sorting, for any figures", () => {
    const figures = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(figures, fc.double({ min: 0, max: 1, noNaN: true }), (all, share) => {
        const sample = new Sample(() => 0);
        for (const figure of all) sample.add(figure);
        const found = sample.percentile(share) ?? NaN;
        expect(all.filter((figure) => figure <= found).length).toBeGreaterThanOrEqual(
          share * all.length,
        );
        expect(all.filter((figure) => figure < found).length).toBeLessThanOrEqual(
          share * all.length,
        );
      }),
    );
  });

  it("stays bounded and keeps a fair share of late figures", () => {
    let state = 1;
    const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    const sample = new Sample(random);
    for (let index = 0; index < 40_000; index++) sample.add(index);
    expect(sample.count).toBe(40_000);
    expect(sample.percentile(0.5)).toBeGreaterThan(18_500);
    expect(sample.percentile(0.5)).toBeLessThan(21_500);
    expect(sample.toJSON()).toMatchObject({ longest: 39_999 });
  });
});

it("a tally tells apart fifty kinds, and counts the rest together", () => {
  const tally = new Tally();
  for (let index = 0; index < 60; index++) tally.add(`kind ${index}`);
  tally.add("kind 0");
  expect(tally.total).toBe(61);
  expect(tally.entries.slice(0, 2)).toEqual([
    ["others", 10],
    ["kind 0", 2],
  ]);
});

it("the progress and the summary tell how it goes", () => {
  const statistics = new Statistics(() => 0);
  statistics.signedIn = 3;
  statistics.events.add(12.34);
  statistics.failures.add("unavailable");
  expect(progressLine(statistics, { connected: 2, all: 3 }, 4)).toBe(
    "4 s | 2 of 3 connected | 1 events (0.3/s, median 12.3 ms) | 0 directives | 0 reconnects | 1 failures",
  );
  const text = summary(statistics, 3, 4);
  expect(text).toContain("3 of 3 devices signed in");
  expect(text).toMatch(/event answered +1 +12\.3 ms/);
  expect(text).toMatch(/failures:\n +1 {2}unavailable/);
});
