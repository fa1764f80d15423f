// Attack: a peer that asks and does not read. Its window stays closed, or opens a byte at a time, or TCP itself stands still; node
// alone queued 42 MB for such a peer and went on. Rule: for each stream, each device and each connection a bounded number of
// bytes waits, none of it longer than `gateway.slowReaderSeconds`; then the peer is dropped. Nothing that was queued durably is lost,
// and nobody else waits.
// @see https://www.rfc-editor.org/rfc/rfc9113#section-10.5

import { afterEach, describe, expect, it } from "vitest";
import type { EventHandler } from "../../packages/server/src/gateway/index.js";
import { eventBody } from "../harness/peer.js";
import {
  type RawPeer,
  Setting,
  dataFrame,
  headersFrame,
  preface,
  requestBlock,
  settingsFrame,
  windowUpdateFrame,
} from "../harness/raw-http2.js";
import { type Siege, besiege, pieces, streamId } from "./siege.js";

let siege: Siege;

afterEach(() => siege.stop());

const enhanceYourCalm = 0xb;
const closedWindow = { [Setting.initialWindowSize]: 0 };
const openWindow = { [Setting.initialWindowSize]: 0x7f_ff_ff_ff };

/** How many bytes wait for a device's connection. */
function queuedFor(victim: Siege): number {
  return Math.max(...[...victim.server.sessions].map(({ bytesQueued }) => bytesQueued));
}

describe("a device that does not read its downchannel", () => {
  async function openDownchannel(settings: Record<number, number>): Promise<RawPeer> {
    const device = await siege.attacker({ settings });
    const block = requestBlock({ path: "/v1/directives", token: siege.token });
    device.send(headersFrame(1, block));
    await device.until(() => device.statusOf(1) === 200);
    return device;
  }

  function send(count: number): Promise<unknown> {
    return Promise.all(
      Array.from({ length: count }, (_, index) =>
        siege.server.delivery.send("attacker", {
          name: "Clova.RenderText",
          payload: { text: `${index} ${"x".repeat(2_000)}` },
        }),
      ),
    );
  }

  it("has at most gateway.maxQueuedBytes in memory, and loses nothing", async () => {
    siege = await besiege();
    await openDownchannel(closedWindow);
    await send(900);
    expect(queuedFor(siege)).toBeGreaterThan(200_000);
    expect(queuedFor(siege)).toBeLessThan(262_144 + 5_000);
    expect(await siege.server.mailbox.depth("attacker")).toBe(900);
  });

  it("is dropped with ENHANCE_YOUR_CALM after gateway.slowReaderSeconds, and its directives stay queued", async () => {
    siege = await besiege();
    const device = await openDownchannel(closedWindow);
    await send(10);
    await siege.pass(59);
    expect(device.closed).toBe(false);
    await siege.pass(2);
    await device.whenClosed();
    expect(device.goawayCode).toBe(enhanceYourCalm);
    expect(siege.server.limitsMet).toEqual(["slow-reader"]);
    expect(await siege.server.mailbox.depth("attacker")).toBe(10);
    expect(siege.server.presence.get("attacker")).toMatchObject({ online: false });
    await siege.expectUnharmed();
  });

  // The window opens by a byte each second: something always flows, but no directive ever gets through.
  it("is dropped too when it reads a byte a second", async () => {
    siege = await besiege();
    const device = await openDownchannel(closedWindow);
    await send(10);
    for (let second = 0; second < 62 && !device.closed; second++) {
      device.send(windowUpdateFrame(1, 1));
      await siege.pass(1);
    }
    await device.whenClosed();
    expect(device.goawayCode).toBe(enhanceYourCalm);
    expect(siege.server.limitsMet).toEqual(["slow-reader"]);
    await siege.expectUnharmed();
  });

  it("is left alone while it reads 16 KiB a minute", async () => {
    siege = await besiege();
    const device = await openDownchannel(closedWindow);
    await send(100);
    for (let round = 0; round < 12; round++) {
      await siege.pass(50);
      device.send(windowUpdateFrame(0, 16_384), windowUpdateFrame(1, 16_384));
      await device.roundTrip();
    }
    expect(device.dataOf(1).length).toBe(12 * 16_384);
    expect(siege.server.limitsMet).toEqual([]);
  });

  // The window is wide open, but TCP stands still: the cable is full.
  it("is dropped when its TCP connection takes nothing", async () => {
    siege = await besiege();
    const device = await siege.stranger();
    device.send(
      preface,
      settingsFrame(openWindow),
      windowUpdateFrame(0, 0x3f_ff_ff_ff),
      headersFrame(1, requestBlock({ path: "/v1/directives", token: siege.token })),
    );
    await device.until(() => device.statusOf(1) === 200);
    device.socket.pause();
    // More than the kernel takes for a peer that does not read.
    for (let round = 0; queuedFor(siege) === 0 && round < 100; round++) {
      await send(200);
      await siege.server.mailbox.purge("attacker");
    }
    expect(queuedFor(siege)).toBeGreaterThan(0);
    await siege.pass(62);
    await expect.poll(() => siege.server.sockets, { interval: 5 }).toBe(1);
    await device.destroy();
    await siege.expectUnharmed();
  });
});

describe("an answer that is not read", () => {
  /** Yields an attachment without end, in pieces of 16 KiB, and counts them. */
  function endless(): {
    readonly made: { count: number; ended: number };
    readonly handler: EventHandler;
  } {
    const made = { count: 0, ended: 0 };
    async function* body(): AsyncIterable<Uint8Array> {
      try {
        for (;;) {
          made.count++;
          yield Buffer.alloc(16_384);
          await new Promise((resolve) => setImmediate(resolve));
        }
      } finally {
        made.ended++;
      }
    }
    const handler: EventHandler = function* (request) {
      yield { kind: "directive", directive: request.answer("Clova.RenderText", { text: "x" }) };
      yield { kind: "attachment", attachment: { contentId: "a", body: body() } };
    };
    return { made, handler };
  }

  async function ask(device: RawPeer, streams: number): Promise<void> {
    device.send(headersFrame(1, requestBlock({ path: "/v1/directives", token: siege.token })));
    await device.until(() => device.statusOf(1) === 200);
    const event = Buffer.from(eventBody("TextRecognizer.Recognize", { text: "x" }));
    device.send(
      ...pieces(streams, (index) =>
        Buffer.concat([
          headersFrame(streamId(index + 1), siege.post, { endStream: false }),
          dataFrame(streamId(index + 1), event, { endStream: true }),
        ]),
      ),
    );
    await device.until(() => device.statusOf(streamId(streams)) === 200);
    await siege.pass(2);
  }

  it("stops its handler at 64 KiB, and ends it when the peer is dropped", async () => {
    const { made, handler } = endless();
    siege = await besiege({ handlers: { "TextRecognizer.Recognize": handler } });
    const device = await siege.attacker({ settings: closedWindow });
    await ask(device, 1);
    expect(made.count).toBeLessThanOrEqual(6);
    expect(queuedFor(siege)).toBeLessThan(100_000);
    await siege.pass(60);
    await device.whenClosed();
    expect(device.goawayCode).toBe(enhanceYourCalm);
    expect(siege.server.limitsMet).toEqual(["slow-reader"]);
    expect(made.ended).toBe(1);
  });

  it("that is one large buffer waits outside the connection's queue", async () => {
    siege = await besiege({
      handlers: {
        "TextRecognizer.Recognize": function* (request) {
          yield { kind: "directive", directive: request.answer("Clova.RenderText", { text: "x" }) };
          yield {
            kind: "attachment",
            attachment: { contentId: "a", body: Buffer.alloc(20_000_000) },
          };
        },
      },
    });
    const device = await siege.attacker({ settings: closedWindow });
    await ask(device, 1);
    expect(queuedFor(siege)).toBeLessThan(200_000);
    expect(siege.server.limitsMet).toEqual([]);
  });

  it("on 99 streams at once waits with no more than its share on each", async () => {
    const { made, handler } = endless();
    siege = await besiege({ handlers: { "TextRecognizer.Recognize": handler } });
    const device = await siege.attacker({ settings: closedWindow });
    await ask(device, 99);
    expect(queuedFor(siege)).toBeLessThan(8_388_608);
    expect(made.count).toBeLessThanOrEqual(99 * 6);
    await siege.pass(60);
    await device.whenClosed();
    expect(siege.server.limitsMet).toEqual(["slow-reader"]);
    expect(made.ended).toBe(99);
  });

  it("past limits.maxConnectionQueuedBytes ends the connection at once", async () => {
    const { made, handler } = endless();
    siege = await besiege({
      limits: { maxConnectionQueuedBytes: 200_000 },
      handlers: { "TextRecognizer.Recognize": handler },
    });
    const device = await siege.attacker({ settings: closedWindow });
    await ask(device, 10).catch(() => undefined);
    await device.whenClosed();
    expect(device.goawayCode).toBe(enhanceYourCalm);
    expect(siege.server.limitsMet).toEqual(["queued-bytes"]);
    expect(made.ended).toBe(made.count === 0 ? 0 : 10);
  });

  // No token is needed to be refused: the refusals too have a body that can be left unread.
  it("is dropped too when it is a refusal", async () => {
    siege = await besiege();
    const attacker = await siege.attacker({ settings: closedWindow });
    const block = requestBlock({ path: "/v1/directives", token: "guess" });
    attacker.send(...pieces(100, (index) => headersFrame(streamId(index), block)));
    await attacker.until(() => attacker.statusOf(streamId(99)) === 401);
    await siege.pass(62);
    await attacker.whenClosed();
    expect(siege.server.limitsMet).toEqual(["slow-reader"]);
    await siege.expectUnharmed();
  });

  it("is dropped too when TCP alone holds it up", async () => {
    siege = await besiege();
    const attacker = await siege.stranger();
    attacker.socket.pause();
    attacker.send(preface, settingsFrame(openWindow), windowUpdateFrame(0, 0x3f_ff_ff_ff));
    const refused = requestBlock({ path: "/v1/directives", token: "guess" });
    // Refusal after refusal, until the kernel takes no more and the server reads no further.
    let next = 0;
    for (let quiet = 0; quiet < 20;) {
      const before = siege.server.tokens.verifications;
      attacker.send(...pieces(100, () => headersFrame(streamId(next++), refused)));
      await siege.healthy.request("GET", "/v1/unknown").whenEnded();
      quiet = siege.server.tokens.verifications === before ? quiet + 1 : 0;
    }
    await siege.pass(62);
    await expect.poll(() => siege.server.sockets, { interval: 5 }).toBe(1);
    await attacker.destroy();
    await siege.expectUnharmed();
  });
});

describe("one slow device", () => {
  it("does not slow another down", async () => {
    siege = await besiege();
    const device = await siege.attacker({ settings: closedWindow });
    device.send(headersFrame(1, requestBlock({ path: "/v1/directives", token: siege.token })));
    await device.until(() => device.statusOf(1) === 200);
    for (let index = 0; index < 300; index++) {
      void siege.server.delivery.send("attacker", {
        name: "Clova.RenderText",
        payload: { text: "x".repeat(2_000) },
      });
    }
    const channel = await siege.healthy.downchannel();
    await siege.server.delivery.send("healthy", {
      name: "Clova.RenderText",
      payload: { text: "quick" },
    });
    await channel.until(({ directives }) => directives.at(-1)?.payload["text"] === "quick");
    expect(queuedFor(siege)).toBeGreaterThan(200_000);
  });
});
