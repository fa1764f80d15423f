// Limits are counted one by one, and a flood is a line in the log now and then.

import { FakeClock } from "@trefoil/protocol/clock";
import { describe, expect, it } from "vitest";
import { type LogFields, silentLogger } from "../logging/index.js";
import { type LimitName, LimitsMet, limitNames } from "./limits-met.js";

function counting() {
  const clock = new FakeClock();
  const lines: (LogFields | undefined)[] = [];
  const observed: LimitName[] = [];
  const log = {
    ...silentLogger,
    warn: (_message: string, fields?: LogFields) => void lines.push(fields),
  };
  return {
    clock,
    lines,
    observed,
    limits: new LimitsMet(clock, log, (limit) => observed.push(limit)),
  };
}

describe("the limits that were met", () => {
  it("begin with every limit at zero", () => {
    const { limits } = counting();
    expect(Object.keys(limits.counts)).toEqual([...limitNames]);
    expect(new Set(Object.values(limits.counts))).toEqual(new Set([0]));
  });

  it("are counted each for itself, and told to the observer each time", () => {
    const { limits, observed } = counting();
    for (const limit of ["idle", "stream-resets", "idle"] as const) limits.met(limit, "192.0.2.1");
    expect(limits.counts).toMatchObject({ idle: 2, "stream-resets": 1, connections: 0 });
    expect(observed).toEqual(["idle", "stream-resets", "idle"]);
  });

  it("are logged at most once in ten seconds each, with how many there were since", () => {
    const { limits, lines, clock } = counting();
    for (let index = 0; index < 500; index++) limits.met("stream-resets", "192.0.2.1");
    limits.met("idle", "192.0.2.3");
    clock.advance(9_999);
    limits.met("stream-resets", "192.0.2.1");
    expect(lines).toEqual([
      { limit: "stream-resets", remoteAddress: "192.0.2.1", times: 1 },
      { limit: "idle", remoteAddress: "192.0.2.3", times: 1 },
    ]);
    clock.advance(1);
    limits.met("stream-resets", "192.0.2.2");
    expect(lines[2]).toEqual({ limit: "stream-resets", remoteAddress: "192.0.2.2", times: 501 });
  });
});
