// The end of a gateway's life, sentence by sentence of docs/operations.md: waves, GOAWAY, what finishes and what is refused.

import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { FakeClock } from "@trefoil/protocol/clock";
import { afterEach, describe, expect, it } from "vitest";
import { type TestGateway, startGateway } from "../harness/gateway.js";
import { type Peer, type PeerResponse, connectPeer, eventBody } from "../harness/peer.js";
import {
  FrameType,
  RawPeer,
  headersFrame,
  pingFrame,
  requestBlock,
  settingsAck,
} from "../harness/raw-http2.js";

let server: TestGateway;
const peers: Peer[] = [];

async function peerOf(token: string): Promise<Peer> {
  const peer = await connectPeer(server.origin, token);
  peers.push(peer);
  return peer;
}

afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.close()));
  await server.stop();
});

/** Lets the network's turns pass while the clock stands still. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}

/** Codes and last stream ids of the GOAWAYs that a peer gets. */
function goaways(peer: Peer): (readonly [number, number])[] {
  const seen: (readonly [number, number])[] = [];
  peer.session.on("goaway", (code: number, lastStreamId: number) =>
    seen.push([code, lastStreamId]),
  );
  return seen;
}

/** A handler that answers when the test says so. */
function heldHandler() {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let begun: () => void = () => undefined;
  const handling = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const handlers = {
    "TextRecognizer.Recognize": async function* (request: {
      answer(name: "Clova.RenderText", payload: object): unknown;
    }) {
      begun();
      await held;
      yield {
        kind: "directive",
        directive: request.answer("Clova.RenderText", { text: "done" }),
      };
    },
  } as unknown as NonNullable<Parameters<typeof startGateway>[0]>["handlers"];
  return { handlers: handlers!, handling, release: () => release() };
}

describe("a drain", () => {
  it("ends the downchannel by END_STREAM behind a GOAWAY without error, and is over when the device has gone", async () => {
    server = await startGateway();
    const peer = await peerOf(server.tokens.issue("kitchen"));
    const seen = goaways(peer);
    const channel = await peer.downchannel();
    await server.gateway.drain();
    await channel.until(({ closed }) => closed);
    expect(channel).toMatchObject({ ended: true, resetCode: 0 });
    expect(seen[0]).toEqual([0, 1]);
    expect(server.gateway.openConnections).toBe(0);
    expect(server.presence.get("kitchen")).toMatchObject({ online: false });
  });

  it("does not claim the end of a downchannel that the device ended first", async () => {
    const clock = new FakeClock();
    server = await startGateway({ clock });
    const whys: string[] = [];
    const ended = (message: unknown): void => void whys.push((message as { why: string }).why);
    subscribe("trefoil:downchannel:ended", ended);
    try {
      const raw = await RawPeer.greet(server.port, { acknowledge: false });
      const token = server.tokens.issue("kitchen");
      raw.send(headersFrame(1, requestBlock({ path: "/v1/directives", token })));
      await raw.until(() => raw.dataOf(1).includes("Hello"));
      void server.gateway.drain();
      await raw.until(() => raw.framesOf(FrameType.ping).length > 0);
      await raw.destroy();
      await expect.poll(() => whys).toEqual(["gone"]);
    } finally {
      unsubscribe("trefoil:downchannel:ended", ended);
    }
  });

  it("sends connections away in waves over the first half of its time", async () => {
    const clock = new FakeClock();
    server = await startGateway({ clock, config: { drainSeconds: 20 } });
    const channels: PeerResponse[] = [];
    for (const name of ["a", "b", "c", "d"]) {
      channels.push(await (await peerOf(server.tokens.issue(name))).downchannel());
    }
    const ended = () => channels.map((channel) => channel.ended);
    const drained = server.gateway.drain();
    await channels[0]!.whenEnded();
    await settle();
    expect(ended()).toEqual([true, false, false, false]);
    clock.advance(2_400);
    await settle();
    expect(ended()).toEqual([true, false, false, false]);
    clock.advance(100);
    await channels[1]!.whenEnded();
    await settle();
    expect(ended()).toEqual([true, true, false, false]);
    clock.advance(5_000);
    await Promise.all(channels.map((channel) => channel.whenEnded()));
    await drained;
    expect(clock.now() - Date.UTC(2025, 0, 1)).toBe(7_500);
  });

  it("serves events, PINGs and pushes of connections whose wave has not come", async () => {
    const clock = new FakeClock();
    server = await startGateway({ clock });
    await (await peerOf(server.tokens.issue("first"))).downchannel();
    const peer = await peerOf(server.tokens.issue("second"));
    const channel = await peer.downchannel();
    const drained = server.gateway.drain();
    expect((await peer.event("A.B")).status).toBe(204);
    expect((await peer.request("GET", "/ping").whenEnded()).status).toBe(204);
    await server.delivery.send("second", { name: "Clova.RenderText", payload: { text: "x" } });
    await channel.until(({ directives }) => directives.length === 2);
    clock.advance(20_000);
    await drained;
  });

  it("refuses new downchannels from its beginning with 503 and Retry-After", async () => {
    const clock = new FakeClock();
    server = await startGateway({ clock });
    await (await peerOf(server.tokens.issue("first"))).downchannel();
    const late = await peerOf(server.tokens.issue("late"));
    expect((await late.request("GET", "/ping").whenEnded()).status).toBe(204);
    const drained = server.gateway.drain();
    const refused = await (await late.downchannel()).whenEnded();
    expect(refused.status).toBe(503);
    expect(refused.headers["retry-after"]).toBe("1");
    expect(refused.directives[0]).toMatchObject({
      name: "System.Exception",
      payload: { code: 503 },
    });
    clock.advance(20_000);
    await drained;
  });

  it("lets an event finish that was open when the GOAWAY came, while its downchannel ends", async () => {
    const { handlers, handling, release } = heldHandler();
    server = await startGateway({ handlers });
    const peer = await peerOf(server.tokens.issue("kitchen"));
    const channel = await peer.downchannel();
    const event = peer.post(eventBody("TextRecognizer.Recognize", { text: "hello" }));
    await handling;
    const drained = server.gateway.drain();
    await channel.whenEnded();
    await settle();
    expect(event.ended).toBe(false);
    expect(server.gateway.openConnections).toBe(1);
    release();
    await event.whenEnded();
    expect(event.status).toBe(200);
    expect(event.directives[0]).toMatchObject({ payload: { text: "done" } });
    await drained;
  });

  it("names in the GOAWAY the last request that it looks at, and lets a peer that has not heard yet go on", async () => {
    server = await startGateway({ clock: new FakeClock() });
    const token = server.tokens.issue("kitchen");
    // It does not answer the PING that follows the GOAWAY: it has not heard yet.
    const raw = await RawPeer.greet(server.port, { acknowledge: false });
    raw.send(settingsAck, headersFrame(1, requestBlock({ path: "/v1/directives", token })));
    await raw.until(() => raw.statusOf(1) === 200);
    const drained = server.gateway.drain();
    await raw.until(() => raw.goawayCode === 0, "the GOAWAY");
    expect(raw.framesOf(FrameType.goaway)[0]?.payload.readUInt32BE(0)).toBe(1);
    raw.send(headersFrame(3, requestBlock({ path: "/ping", token })));
    await server.delivery.send("kitchen", { name: "Clova.RenderText", payload: { text: "x" } });
    await raw.until(() => raw.dataOf(1).includes('"text":"x"'));
    expect(raw.endedOf(1)).toBe(false);
    expect(raw.statusOf(3)).toBeUndefined();
    // Now it has heard, and acknowledges the directive as well: the downchannel ends and the connection closes.
    const answered = new Set<unknown>();
    const answer = (): void => {
      for (const ping of raw.framesOf(FrameType.ping)) {
        if (!answered.has(ping)) raw.send(pingFrame(ping.payload, true));
        answered.add(ping);
      }
    };
    raw.socket.on("data", answer);
    answer();
    await raw.until(() => raw.endedOf(1), "the end of the downchannel");
    expect(raw.resetCodeOf(1)).toBeUndefined();
    await drained;
    await raw.whenClosed();
    expect(await server.mailbox.depth("kitchen")).toBe(0);
  });

  it("does not wait for a peer that answers no PING", async () => {
    const clock = new FakeClock();
    server = await startGateway({ clock });
    const token = server.tokens.issue("kitchen");
    const raw = await RawPeer.greet(server.port, { acknowledge: false });
    raw.send(settingsAck, headersFrame(1, requestBlock({ path: "/v1/directives", token })));
    await raw.until(() => raw.statusOf(1) === 200);
    const drained = server.gateway.drain();
    await raw.until(() => raw.goawayCode === 0, "the GOAWAY");
    clock.advance(1_000);
    await raw.whenClosed();
    expect(raw.endedOf(1)).toBe(true);
    expect(raw.resetCodeOf(1)).toBeUndefined();
    await drained;
  });

  it("cuts at the end of its time what has not finished", async () => {
    const clock = new FakeClock();
    const { handlers, handling } = heldHandler();
    server = await startGateway({ handlers, clock, config: { drainSeconds: 5 } });
    const peer = await peerOf(server.tokens.issue("kitchen"));
    await peer.downchannel();
    peer.post(eventBody("TextRecognizer.Recognize", { text: "hello" }));
    await handling;
    const closed = once(peer.session, "close");
    const drained = server.gateway.drain();
    clock.advance(4_999);
    await settle();
    expect(server.gateway.openConnections).toBe(1);
    clock.advance(1);
    await drained;
    await closed;
    await expect.poll(() => server.gateway.openConnections).toBe(0);
  });

  it("sends a connection away at once that comes while it goes on", async () => {
    const clock = new FakeClock();
    const { handlers, handling, release } = heldHandler();
    server = await startGateway({ handlers, clock });
    const peer = await peerOf(server.tokens.issue("kitchen"));
    await peer.downchannel();
    peer.post(eventBody("TextRecognizer.Recognize", { text: "hello" }));
    await handling;
    const drained = server.gateway.drain();
    const late = await peerOf(server.tokens.issue("late"));
    await once(late.session, "close");
    release();
    await drained;
    expect(server.gateway.openConnections).toBe(0);
  });

  it("loses nothing that is queued: it comes on the next downchannel elsewhere", async () => {
    server = await startGateway();
    const { mailbox, tokens } = server;
    const token = tokens.issue("kitchen");
    const peer = await peerOf(token);
    const channel = await peer.downchannel();
    await server.gateway.drain();
    await channel.whenEnded();
    await server.delivery.send("kitchen", { name: "Clova.RenderText", payload: { text: "x" } });
    await server.stop();

    server = await startGateway({ mailbox });
    const again = await (await peerOf(server.tokens.issue("kitchen"))).downchannel();
    await again.until(({ directives }) => directives.length === 2);
    expect(again.directives[1]).toMatchObject({ payload: { text: "x" } });
  });

  it("waits for the ACK of what was written last, so that it is not written again elsewhere", async () => {
    server = await startGateway();
    const peer = await peerOf(server.tokens.issue("kitchen"));
    const channel = await peer.downchannel();
    await channel.until(({ directives }) => directives.length === 1);
    await server.delivery.send("kitchen", { name: "Clova.RenderText", payload: { text: "x" } });
    await server.gateway.drain();
    expect(channel.directives).toHaveLength(2);
    await expect.poll(() => server.mailbox.depth("kitchen")).toBe(0);
  });

  it("of an idle gateway is over at once", async () => {
    server = await startGateway({ clock: new FakeClock() });
    await server.gateway.drain();
  });
});

describe("an overloaded gateway", () => {
  it("answers 503 with Retry-After to new downchannels and events, and goes on with what it has", async () => {
    let overloaded = false;
    server = await startGateway({ isOverloaded: () => overloaded });
    const peer = await peerOf(server.tokens.issue("kitchen"));
    const channel = await peer.downchannel();
    overloaded = true;
    const event = await peer.event("A.B");
    expect(event.status).toBe(503);
    expect(Number(event.headers["retry-after"])).toBeGreaterThanOrEqual(1);
    const other = await peerOf(server.tokens.issue("bedroom"));
    expect((await other.downchannel()).status).toBe(503);
    expect((await peer.request("GET", "/ping").whenEnded()).status).toBe(204);
    await server.delivery.send("kitchen", { name: "Clova.RenderText", payload: { text: "x" } });
    await channel.until(({ directives }) => directives.length === 2);
    overloaded = false;
    expect((await peer.event("A.B")).status).toBe(204);
  });
});
