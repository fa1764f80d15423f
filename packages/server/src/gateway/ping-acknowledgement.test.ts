// Acknowledged by PING: one PING in flight per connection, each ACK covers what was asked for before its PING.

import { FakeClock } from "@trefoil/protocol/clock";
import { describe, expect, it } from "vitest";
import { FakeSession } from "./fake-stream.js";
import { PingAcknowledgement } from "./ping-acknowledgement.js";

function open() {
  const clock = new FakeClock();
  const session = new FakeSession();
  return { clock, session, pings: new PingAcknowledgement(session, clock, 30_000, 300_000) };
}

describe("acknowledgement by PING", () => {
  it("has one PING in flight; what is asked for meanwhile waits for the next one", () => {
    const { session, pings } = open();
    const done: string[] = [];
    pings.confirm(() => done.push("first"));
    pings.confirm(() => done.push("second"));
    pings.confirm(() => done.push("third"));
    expect(session.pings.length).toBe(1);
    session.pings.shift()?.(true);
    expect(done).toEqual(["first"]);
    expect(session.pings.length).toBe(1);
    session.pings.shift()?.(true);
    expect(done).toEqual(["first", "second", "third"]);
  });

  it("drops a peer that does not acknowledge within the timeout", async () => {
    const { clock, session, pings } = open();
    const told: boolean[] = [];
    pings.confirm((hasArrived) => told.push(hasArrived));
    clock.advance(29_999);
    expect(session.destroyedWith).toBeUndefined();
    clock.advance(1);
    expect(session.destroyedWith).toBe(0);
    expect(told).toEqual([false]);
    pings.confirm((hasArrived) => told.push(hasArrived));
    expect(told).toEqual([false]);
    await Promise.resolve();
    expect(told).toEqual([false, false]);
  });

  it("gives each PING the whole timeout, however many were answered before", () => {
    const { clock, session, pings } = open();
    for (let time = 0; time < 5; time++) {
      pings.confirm(() => undefined);
      clock.advance(10_000);
      session.pings.shift()?.(true);
    }
    pings.confirm(() => undefined);
    clock.advance(29_999);
    expect(session.destroyedWith).toBeUndefined();
    clock.advance(1);
    expect(session.destroyedWith).toBe(0);
  });

  it("tells how long an ACK took, and of none that did not come", () => {
    const clock = new FakeClock();
    const session = new FakeSession();
    const told: string[] = [];
    const pings = new PingAcknowledgement(session, clock, 30_000, 300_000, {
      acknowledged: (seconds) => told.push(seconds >= 0 ? "acknowledged" : "before it was sent"),
      timedOut: () => told.push("timed out"),
    });
    pings.confirm(() => told.push("confirmed"));
    session.pings.shift()?.(true);
    pings.confirm((hasArrived) => told.push(`arrived: ${hasArrived}`));
    clock.advance(30_000);
    expect(told).toEqual(["acknowledged", "confirmed", "timed out", "arrived: false"]);
  });

  it("PINGs a silent connection once an interval, and one that confirms anyway not at all", () => {
    const { clock, session, pings } = open();
    clock.advance(300_000);
    expect(session.pings.length).toBe(1);
    session.pings.shift()?.(true);
    clock.advance(200_000);
    pings.confirm(() => undefined);
    session.pings.shift()?.(true);
    clock.advance(100_000);
    expect(session.pings.length).toBe(0);
  });

  it("leaves no timer behind when the connection ends", () => {
    const { clock, session, pings } = open();
    const told: boolean[] = [];
    pings.confirm((hasArrived) => told.push(hasArrived));
    session.lose();
    expect(told).toEqual([false]);
    expect(clock.pendingTimers).toBe(0);
  });
});
