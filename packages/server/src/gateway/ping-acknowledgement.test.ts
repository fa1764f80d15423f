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

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("acknowledgement by PING", () => {
  it("has one PING in flight; what is asked for meanwhile waits for the next one", async () => {
    const { session, pings } = open();
    const done: string[] = [];
    void pings.confirm().then(() => done.push("first"));
    void pings.confirm().then(() => done.push("second"));
    void pings.confirm().then(() => done.push("third"));
    expect(session.pings.length).toBe(1);
    session.pings.shift()?.resolve();
    await settle();
    expect(done).toEqual(["first"]);
    expect(session.pings.length).toBe(1);
    session.pings.shift()?.resolve();
    await settle();
    expect(done).toEqual(["first", "second", "third"]);
  });

  it("drops a peer that does not acknowledge within the timeout", async () => {
    const { clock, session, pings } = open();
    const confirmed = pings.confirm();
    clock.advance(29_999);
    expect(session.destroyedWith).toBeUndefined();
    clock.advance(1);
    expect(session.destroyedWith).toBe(0);
    await expect(confirmed).rejects.toThrow("ended");
    await expect(pings.confirm()).rejects.toThrow("ended");
  });

  it("PINGs a silent connection once an interval, and one that confirms anyway not at all", async () => {
    const { clock, session, pings } = open();
    clock.advance(300_000);
    expect(session.pings.length).toBe(1);
    session.pings.shift()?.resolve();
    await settle();
    clock.advance(200_000);
    const confirmed = pings.confirm();
    session.pings.shift()?.resolve();
    await confirmed;
    clock.advance(100_000);
    expect(session.pings.length).toBe(0);
  });

  it("leaves no timer behind when the connection ends", async () => {
    const { clock, session, pings } = open();
    const confirmed = pings.confirm();
    session.lose();
    await expect(confirmed).rejects.toThrow();
    await settle();
    expect(clock.pendingTimers).toBe(0);
  });
});
