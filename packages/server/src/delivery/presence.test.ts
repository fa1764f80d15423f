// Presence: who is on, since when, and what of it is written down for good.

import { FakeClock } from "@trefoil/protocol/clock";
import { describe, expect, it } from "vitest";
import { silentLogger } from "../logging/index.js";
import { LastSeenJournal } from "./last-seen.js";
import { type DevicePresence, Presence, type Sighting } from "./presence.js";

const from = { accountId: "a", remoteAddress: "192.0.2.7", userAgent: "CLOVA/X" };
const minute = 60_000;

describe("presence", () => {
  it("says which device is on, since when, whose, from where and on which node", () => {
    const presence = new Presence("node-1");
    presence.online("d", 1_000, from);
    presence.seen("d", 1_500);
    expect(presence.get("d")).toMatchObject({
      deviceKey: "d",
      online: true,
      since: 1_000,
      lastSeen: 1_500,
      node: "node-1",
      ...from,
    });
    presence.offline("d", 2_000);
    expect(presence.get("d")).toMatchObject({ online: false, since: 2_000, lastSeen: 1_500 });
  });

  it("tells watchers of each coming and going, and of nothing in between, until they stop", () => {
    const presence = new Presence();
    const told: DevicePresence[] = [];
    const stop = presence.watch((change) => told.push(change));
    presence.online("d", 1, from);
    presence.seen("d", 2);
    presence.offline("d", 3);
    presence.offline("d", 4);
    presence.offline("stranger", 4);
    stop();
    presence.online("d", 5, from);
    expect(told.map(({ online, since }) => [online, since])).toEqual([
      [true, 1],
      [false, 3],
    ]);
  });

  it("does not change under who was given it", () => {
    const presence = new Presence();
    const told: DevicePresence[] = [];
    presence.watch((change) => told.push(change));
    presence.online("d", 1, from);
    presence.seen("d", 2);
    expect(told[0]?.lastSeen).toBe(1);
  });
});

function journal() {
  const clock = new FakeClock();
  const presence = new Presence();
  const writes: (readonly Sighting[])[] = [];
  let failing = false;
  const lastSeen = new LastSeenJournal({
    presence,
    clock,
    log: silentLogger,
    records: {
      async noteSightings(sightings) {
        if (failing) throw new Error("disk full");
        writes.push(sightings);
      },
    },
  });
  const pass = async (milliseconds: number) => {
    clock.advance(milliseconds);
    await new Promise(setImmediate);
  };
  return { clock, presence, writes, lastSeen, pass, fail: (now: boolean) => (failing = now) };
}

describe("when a device was last seen", () => {
  it("is written within a minute of its coming, and of its going", async () => {
    const { clock, presence, writes, pass } = journal();
    presence.online("d", clock.now(), from);
    await pass(minute);
    expect(writes).toEqual([[{ deviceKey: "d", at: clock.now() - minute }]]);
    presence.seen("d", clock.now());
    const at = clock.now();
    presence.offline("d", clock.now());
    await pass(minute);
    expect(writes[1]).toEqual([{ deviceKey: "d", at }]);
  });

  it("is written once in five minutes of a device that is busy all the time", async () => {
    const { clock, presence, writes, pass } = journal();
    presence.online("d", clock.now(), from);
    for (let second = 0; second < 30 * 60; second++) {
      await pass(1_000);
      presence.seen("d", clock.now());
    }
    const written = writes.filter((batch) => batch.length > 0).length;
    expect(written).toBeGreaterThanOrEqual(5);
    expect(written).toBeLessThanOrEqual(7);
  });

  it("is written a few hundred at a time", async () => {
    const { clock, presence, writes, pass } = journal();
    for (let device = 0; device < 1_200; device++) presence.online(`d${device}`, clock.now(), from);
    await pass(minute);
    expect(writes.map(({ length }) => length)).toEqual([500, 500, 200]);
  });

  it("is written at the end, and never after", async () => {
    const { clock, presence, writes, lastSeen, pass } = journal();
    presence.online("d", clock.now(), from);
    await lastSeen.close();
    expect(writes).toHaveLength(1);
    presence.offline("d", clock.now());
    await pass(10 * minute);
    expect(writes).toHaveLength(1);
    expect(clock.pendingTimers).toBe(0);
  });

  it("goes on where a write failed", async () => {
    const { clock, presence, writes, pass, fail } = journal();
    fail(true);
    presence.online("d", clock.now(), from);
    await pass(minute);
    expect(writes).toEqual([]);
    fail(false);
    presence.offline("d", clock.now());
    await pass(minute);
    expect(writes).toHaveLength(1);
  });
});
