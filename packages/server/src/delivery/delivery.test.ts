// Delivery: order, at-least-once, the device's own pace; shown on a channel that a test holds in its hands.

import { FakeClock } from "@trefoil/protocol/clock";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { configSchema } from "../config/index.js";
import type { DirectiveChannel } from "./channel.js";
import { Delivery } from "./delivery.js";
import type { Mailbox } from "./mailbox.js";
import { createMemoryMailbox } from "./memory-mailbox.js";

/** A downchannel whose network is the test: bytes leave when it says so, PINGs are answered when it says so. */
class HandChannel implements DirectiveChannel {
  open = true;
  bytesQueued = 0;
  readonly received: number[] = [];
  readonly #unflushed: { readonly size: number; readonly number: number; flushed(): void }[] = [];
  #pings: ((hasArrived: boolean) => void)[] = [];
  auto = true;

  write(body: string, flushed: () => void): void {
    const { directive } = JSON.parse(body) as {
      directive: { payload: { number: number } };
    };
    this.bytesQueued += body.length;
    this.#unflushed.push({ size: body.length, number: directive.payload.number, flushed });
    if (this.auto) this.flush();
  }

  confirm(confirmed: (hasArrived: boolean) => void): void {
    this.#pings.push(confirmed);
    if (this.auto) queueMicrotask(() => this.acknowledge());
  }

  flush(count = Infinity): void {
    for (const write of this.#unflushed.splice(0, count)) {
      this.bytesQueued -= write.size;
      this.received.push(write.number);
      write.flushed();
    }
  }

  acknowledge(): void {
    for (const ping of this.#pings.splice(0)) ping(true);
  }

  cut(): void {
    this.open = false;
    for (const ping of this.#pings.splice(0)) ping(false);
  }
}

function deliveryWith(options: { maxQueuedBytes?: number; maxQueueLength?: number } = {}) {
  const clock = new FakeClock();
  const mailbox = createMemoryMailbox();
  const config = configSchema.parse({
    delivery: { maxQueueLength: options.maxQueueLength ?? 1_000 },
  }).delivery;
  const delivery = new Delivery({
    mailbox,
    accounts: { devicesOf: async (accountId) => [`${accountId}-1`, `${accountId}-2`, "d"] },
    clock,
    config,
    maxQueuedBytes: options.maxQueuedBytes ?? 262_144,
  });
  const send = (number: number, more = {}) =>
    delivery.send("d", { name: "Clova.RenderText", payload: { number } }, more);
  const attach = (channel: HandChannel) => {
    delivery.attach("d", channel, (error) => {
      throw error;
    });
    return channel;
  };
  return { clock, mailbox, delivery, send, attach };
}

/** Lets everything run that waits for promises only. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("delivery", () => {
  it("writes to an open downchannel at once, and forgets when the PING's ACK is here", async () => {
    const { send, attach, mailbox } = deliveryWith();
    const channel = attach(new HandChannel());
    await settle();
    expect(await send(1)).toMatchObject({ kind: "queued" });
    await settle();
    expect(channel.received).toEqual([1]);
    expect(await mailbox.depth("d")).toBe(0);
  });

  it.each([
    ["rejects", () => Promise.reject(new Error("disk full"))],
    [
      "throws",
      () => {
        throw new Error("disk full");
      },
    ],
  ])("goes on when the mailbox %s an acknowledgement", async (_how, fails) => {
    const { send, attach, mailbox } = deliveryWith();
    const acknowledge = mailbox.acknowledge.bind(mailbox);
    mailbox.acknowledge = fails;
    const channel = attach(new HandChannel());
    channel.auto = false;
    await settle();
    await send(1);
    channel.flush();
    expect(() => channel.acknowledge()).not.toThrow();
    await settle();
    mailbox.acknowledge = acknowledge;
    await send(2);
    channel.flush();
    channel.acknowledge();
    await settle();
    expect((await mailbox.pending("d", 0, 9, 0)).map(({ sequence }) => sequence)).toEqual([1]);
  });

  it("keeps directives for a device that is off and gives them oldest first when it comes", async () => {
    const { send, attach } = deliveryWith();
    for (const number of [1, 2, 3]) await send(number);
    const channel = attach(new HandChannel());
    await settle();
    expect(channel.received).toEqual([1, 2, 3]);
  });

  it("sends again what was written into a connection that died before the ACK, in order and with the same ids", async () => {
    const { send, attach, delivery, mailbox } = deliveryWith();
    const first = attach(new HandChannel());
    first.auto = false;
    await settle();
    const sent = [await send(1), await send(2)];
    first.flush();
    first.cut();
    delivery.detach("d", first);
    await settle();
    const waiting = await mailbox.pending("d", 0, 10, 0);
    expect(waiting.map(({ messageId }) => messageId)).toEqual(
      sent.map(({ messageId }) => messageId),
    );
    const second = attach(new HandChannel());
    await settle();
    expect(second.received).toEqual([1, 2]);
  });

  it("does not forget a directive that has not been flushed when the ACK of an earlier PING comes", async () => {
    const { send, attach, mailbox } = deliveryWith();
    const channel = attach(new HandChannel());
    channel.auto = false;
    await settle();
    await send(1);
    channel.flush();
    await send(2);
    channel.acknowledge();
    await settle();
    expect((await mailbox.pending("d", 0, 10, 0)).length).toBe(1);
  });

  it("covers all that was flushed since with the next PING", async () => {
    const { send, attach, mailbox } = deliveryWith();
    const channel = attach(new HandChannel());
    channel.auto = false;
    await settle();
    await send(1);
    channel.flush();
    await send(2);
    await send(3);
    channel.flush();
    channel.acknowledge();
    await settle();
    channel.acknowledge();
    await settle();
    expect(await mailbox.depth("d")).toBe(0);
  });

  it("leaves directives in the mailbox past the byte limit of a slow device, and goes on when it reads", async () => {
    const { send, attach } = deliveryWith({ maxQueuedBytes: 1_000 });
    const channel = attach(new HandChannel());
    channel.auto = false;
    await settle();
    for (let number = 1; number <= 50; number++) await send(number);
    expect(channel.bytesQueued).toBeLessThan(1_300);
    for (let round = 0; round < 50; round++) {
      channel.flush();
      channel.acknowledge();
      await settle();
    }
    expect(channel.received).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  });

  it("with ttl 0 writes now or never", async () => {
    const { send, attach, delivery, mailbox } = deliveryWith();
    expect(await send(1, { ttl: 0 })).toMatchObject({ kind: "dropped" });
    const channel = attach(new HandChannel());
    await settle();
    expect(await send(2, { ttl: 0 })).toMatchObject({ kind: "written" });
    expect(channel.received).toEqual([2]);
    expect(await mailbox.depth("d")).toBe(0);
    expect(delivery.measures.drops.get("offline")).toBe(1);
  });

  it("does not deliver what has expired while it waited", async () => {
    const { send, attach, clock } = deliveryWith();
    await send(1, { ttl: 10 });
    await send(2, { ttl: 20 });
    clock.advance(10_000);
    const channel = attach(new HandChannel());
    await settle();
    expect(channel.received).toEqual([2]);
  });

  it("drops the oldest that are not required past the queue's length, and counts them", async () => {
    const { send, attach, delivery } = deliveryWith({ maxQueueLength: 3 });
    await send(1, { required: true });
    for (const number of [2, 3, 4, 5]) await send(number);
    const channel = attach(new HandChannel());
    await settle();
    expect(channel.received).toEqual([1, 4, 5]);
    expect(delivery.measures.drops.get("overflow")).toBe(2);
  });

  it("gives a newer downchannel everything and the replaced one nothing more", async () => {
    const { send, attach } = deliveryWith();
    const first = attach(new HandChannel());
    await settle();
    await send(1);
    await settle();
    const second = attach(new HandChannel());
    await settle();
    await send(2);
    expect(first.received).toEqual([1]);
    expect(second.received).toEqual([2]);
  });

  it("loses nothing and keeps the order, whatever comes between (property)", async () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.constant("send" as const) },
      { weight: 2, arbitrary: fc.constant("flush one" as const) },
      { weight: 2, arbitrary: fc.constant("flush all" as const) },
      { weight: 2, arbitrary: fc.constant("acknowledge" as const) },
      { weight: 1, arbitrary: fc.constant("cut" as const) },
      { weight: 1, arbitrary: fc.constant("connect" as const) },
      { weight: 1, arbitrary: fc.constant("settle" as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { send, attach, delivery } = deliveryWith({ maxQueuedBytes: 600 });
        const channels: HandChannel[] = [];
        let sent = 0;
        const sends: Promise<unknown>[] = [];
        for (const action of steps) {
          const channel = channels.at(-1);
          switch (action) {
            case "send":
              sends.push(send(++sent));
              break;
            case "flush one":
              if (channel?.open === true) channel.flush(1);
              break;
            case "flush all":
              if (channel?.open === true) channel.flush();
              break;
            case "acknowledge":
              if (channel?.open === true) channel.acknowledge();
              break;
            case "cut":
              if (channel?.open === true) {
                channel.cut();
                delivery.detach("d", channel);
              }
              break;
            case "connect": {
              const next = new HandChannel();
              next.auto = false;
              channels.push(attach(next));
              break;
            }
            case "settle":
              await settle();
              break;
          }
        }
        await Promise.all(sends);
        const last = attach(new HandChannel());
        channels.push(last);
        await settle();
        await settle();
        const seen = new Set<number>();
        for (const { received } of channels) {
          // Within one downchannel the numbers only grow: order kept, no repeats.
          expect(received).toEqual([...new Set(received)].sort((a, b) => a - b));
          for (const number of received) seen.add(number);
        }
        expect(seen.size).toBe(sent);
      }),
      { numRuns: 200 },
    );
  });
});

describe("sending to several devices", () => {
  const directive = (number: number) => ({
    name: "Clova.RenderText" as const,
    payload: { number },
  });
  const idsAt = async (mailbox: Mailbox, deviceKey: string) =>
    (await mailbox.pending(deviceKey, 0, 10, 0)).map(({ messageId }) => messageId);

  it("queues it for each device of the account, with one messageId, and tells of each", async () => {
    const { delivery, mailbox } = deliveryWith();
    const { messageId, devices } = await delivery.sendToAll(
      { kind: "account", accountId: "a" },
      directive(1),
    );
    expect(devices).toEqual([
      { deviceKey: "a-1", kind: "queued" },
      { deviceKey: "a-2", kind: "queued" },
      { deviceKey: "d", kind: "queued" },
    ]);
    for (const { deviceKey } of devices)
      expect(await idsAt(mailbox, deviceKey)).toEqual([messageId]);
  });

  it("leaves out the device that is excepted", async () => {
    const { delivery, mailbox } = deliveryWith();
    const { devices } = await delivery.sendToAll(
      { kind: "account", accountId: "a", except: ["a-2"] },
      directive(1),
    );
    expect(devices.map(({ deviceKey }) => deviceKey)).toEqual(["a-1", "d"]);
    expect(await idsAt(mailbox, "a-2")).toEqual([]);
  });

  it("takes a list, in which a device that is named twice gets it once", async () => {
    const { delivery, mailbox } = deliveryWith();
    const { devices } = await delivery.sendToAll(
      { kind: "devices", deviceKeys: ["x", "y", "x"] },
      directive(1),
      { ttl: 60 },
    );
    expect(devices.map(({ deviceKey }) => deviceKey)).toEqual(["x", "y"]);
    expect(await idsAt(mailbox, "x")).toHaveLength(1);
  });

  it("keeps its place among what is sent to one of the devices before and after", async () => {
    const { delivery, send, attach } = deliveryWith();
    const channel = attach(new HandChannel());
    await settle();
    await Promise.all([
      send(1),
      delivery.sendToAll({ kind: "devices", deviceKeys: ["x", "d"] }, directive(2)),
      send(3),
    ]);
    await settle();
    expect(channel.received).toEqual([1, 2, 3]);
  });

  it("with ttl 0 is written to who is there, and dropped and counted for the others", async () => {
    const { delivery, attach } = deliveryWith();
    const channel = attach(new HandChannel());
    await settle();
    const { devices } = await delivery.sendToAll(
      { kind: "devices", deviceKeys: ["x", "d"] },
      directive(1),
      { ttl: 0 },
    );
    expect(devices).toEqual([
      { deviceKey: "x", kind: "dropped" },
      { deviceKey: "d", kind: "written" },
    ]);
    expect(channel.received).toEqual([1]);
    expect(delivery.measures.drops.get("offline")).toBe(1);
  });

  it("tells which device it failed for, while the others have it", async () => {
    const { delivery, mailbox } = deliveryWith();
    const append = mailbox.append.bind(mailbox);
    mailbox.append = (entry) =>
      entry.deviceKey === "x" ? Promise.reject(new Error("disk full")) : append(entry);
    const { devices } = await delivery.sendToAll(
      { kind: "devices", deviceKeys: ["x", "y"] },
      directive(1),
    );
    expect(devices).toEqual([
      { deviceKey: "x", kind: "failed", error: expect.objectContaining({ code: "internal" }) },
      { deviceKey: "y", kind: "queued" },
    ]);
    expect(await mailbox.depth("y")).toBe(1);
  });

  it("is accepted also where older directives could not be trimmed", async () => {
    const { send, mailbox } = deliveryWith();
    mailbox.trim = () => Promise.reject(new Error("disk full"));
    expect(await send(1)).toMatchObject({ kind: "queued" });
  });
});
