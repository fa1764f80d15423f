// Which streams were reset: the latest, however many there were.

import { describe, expect, it } from "vitest";
import { ResetStreams } from "./reset-streams.js";

describe("streams that were reset", () => {
  it("are known, and others are not", () => {
    const streams = new ResetStreams();
    expect(streams.has(1)).toBe(false);
    streams.add(1);
    streams.add(7);
    expect([1, 3, 5, 7].map((id) => streams.has(id))).toEqual([true, false, false, true]);
  });

  it("are forgotten, oldest first, when there are more than 128", () => {
    const streams = new ResetStreams();
    for (let id = 1; id <= 1_000; id++) streams.add(id);
    expect(streams.has(1_000 - 128)).toBe(false);
    for (let id = 1_000 - 127; id <= 1_000; id++) expect(streams.has(id)).toBe(true);
  });
});
