// Attack: connections that are opened and left: each costs memory, and a socket. Rule: a TLS handshake has
// `limits.handshakeSeconds`, the first request `limits.firstRequestSeconds`; a connection without open request is kept for
// `limits.idleSeconds` after its last sign of life, and one whose peer has vanished is found out sooner.

import { FakeClock } from "@trefoil/protocol/clock";
import { type Socket, connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type TestListener, startListener } from "../harness/listener.js";
import { connectPeer } from "../harness/peer.js";
import {
  Flag,
  FrameType,
  RawPeer,
  headersFrame,
  pingFrame,
  preface,
  requestBlock,
  settingsFrame,
} from "../harness/raw-http2.js";
import { layWire } from "../harness/wire.js";
import { type Siege, besiege } from "./siege.js";

const noError = 0;
const enhanceYourCalm = 0xb;

describe("a connection without a request", () => {
  let siege: Siege;

  afterEach(() => siege.stop());

  it.each([
    ["that says nothing", []],
    ["that stops within the preface", [preface.subarray(0, 10)]],
    ["that says hello and no more", [preface, settingsFrame()]],
    [
      "whose request never ends",
      [preface, settingsFrame(), headersFrame(1, requestBlock({}), { endHeaders: false })],
    ],
  ])("%s is ended after limits.firstRequestSeconds", async (_name, hello) => {
    siege = await besiege();
    const attacker = await siege.stranger();
    attacker.send(...hello);
    await siege.pass(9);
    expect(attacker.closed).toBe(false);
    await siege.pass(2);
    await attacker.whenClosed();
    expect(attacker.goawayCode).toBe(enhanceYourCalm);
    expect(siege.server.limitsMet).toEqual(["first-request"]);
    await siege.expectUnharmed();
  });

  it("is not kept alive by PINGs", async () => {
    siege = await besiege();
    const attacker = await siege.attacker();
    for (let second = 0; second < 12 && !attacker.closed; second++) {
      attacker.send(pingFrame());
      await siege.pass(1);
    }
    await attacker.whenClosed();
    expect(siege.server.limitsMet).toEqual(["first-request"]);
    await siege.expectUnharmed();
  });
});

describe("a connection without open requests", () => {
  let siege: Siege;

  afterEach(() => siege.stop());

  async function afterOneRequest(): Promise<RawPeer> {
    const peer = await siege.attacker();
    peer.send(headersFrame(1, siege.ping));
    await peer.until(() => peer.endedOf(1));
    return peer;
  }

  it("is ended after limits.idleSeconds, in good order", async () => {
    siege = await besiege();
    const peer = await afterOneRequest();
    await siege.pass(599);
    expect(peer.closed).toBe(false);
    await siege.pass(2);
    await peer.whenClosed();
    expect(peer.goawayCode).toBe(noError);
    expect(siege.server.limitsMet).toEqual(["idle"]);
    await siege.expectUnharmed();
  });

  it("is kept while its peer sends a PING now and then", async () => {
    siege = await besiege();
    const peer = await afterOneRequest();
    for (let minute = 0; minute < 30; minute++) {
      peer.send(pingFrame());
      await siege.pass(60);
    }
    expect(peer.closed).toBe(false);
    expect(siege.server.limitsMet).toEqual([]);
  });

  it("is kept while its downchannel is open", async () => {
    siege = await besiege();
    const peer = await siege.attacker();
    peer.send(headersFrame(1, requestBlock({ path: "/v1/directives", token: siege.token })));
    await peer.until(() => peer.statusOf(1) === 200);
    await siege.pass(1_800);
    expect(peer.closed).toBe(false);
    expect(siege.server.limitsMet).toEqual([]);
  });

  it("whose next request never ends is ended too", async () => {
    siege = await besiege();
    const attacker = await afterOneRequest();
    attacker.send(headersFrame(3, siege.ping, { endHeaders: false }));
    await siege.pass(602);
    await attacker.whenClosed();
    await siege.expectUnharmed();
  });

  // Half-open: the device lost its power or its network, and nothing comes any more, no FIN either.
  it("whose peer has vanished after a request is ended when its PING has no ACK", async () => {
    siege = await besiege();
    const wire = await layWire(siege.server.port);
    const peer = await connectPeer(wire.origin, siege.token);
    await peer.request("GET", "/ping").whenEnded();
    wire.freeze();
    await siege.pass(40);
    await expect.poll(() => siege.server.sockets, { interval: 5 }).toBe(1);
    expect(siege.server.limitsMet).toEqual(["unresponsive"]);
    await peer.close();
    await wire.close();
  });

  it("whose peer has vanished with its downchannel open is ended by the gateway's PINGs", async () => {
    siege = await besiege();
    const wire = await layWire(siege.server.port);
    const peer = await connectPeer(wire.origin, siege.token);
    await peer.downchannel();
    await siege.pass(5);
    wire.freeze();
    await siege.pass(360);
    await expect.poll(() => siege.server.sockets, { interval: 5 }).toBe(1);
    expect(siege.server.presence.get("attacker")).toMatchObject({ online: false });
    await peer.close();
    await wire.close();
  });

  // The question whether the frame layer lives must not become a flood of its own.
  it("is PINGed by the server once after its last request, not again and again", async () => {
    siege = await besiege();
    const peer = await afterOneRequest();
    await siege.pass(120);
    expect(peer.framesOf(FrameType.ping).filter(({ flags }) => flags === 0)).toHaveLength(1);
  });
});

describe("a TLS connection", () => {
  let server: TestListener;
  let clock: FakeClock;
  const sockets: Socket[] = [];

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await server.stop();
    expect(clock.pendingTimers).toBe(0);
  });

  async function start(): Promise<void> {
    clock = new FakeClock();
    server = await startListener({ clock });
  }

  async function pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      clock.advance(1_000);
      for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  it.each([
    ["says nothing", Buffer.alloc(0)],
    ["stops within the ClientHello", Buffer.from("16030100ff010000fb0303", "hex")],
  ])("that %s is ended after limits.handshakeSeconds", async (_name, hello) => {
    await start();
    const socket = connect(server.port, "127.0.0.1").on("error", () => undefined);
    sockets.push(socket);
    socket.write(hello);
    await expect.poll(() => server.listener.handshaking, { interval: 5 }).toBe(1);
    await pass(9);
    expect(server.listener.handshaking).toBe(1);
    await pass(2);
    await expect.poll(() => server.listener.openConnections, { interval: 5 }).toBe(0);
    expect(server.listener.handshaking).toBe(0);
    expect(server.limitsMet).toEqual(["handshake"]);
  });

  it("that shook hands and says nothing is ended after limits.firstRequestSeconds", async () => {
    await start();
    const peer = await RawPeer.connect(server.port, { tls: true, acknowledge: false });
    await peer.until(() => peer.framesOf(FrameType.settings).length > 0);
    expect(server.listener.openSessions).toBe(1);
    await pass(12);
    await peer.whenClosed();
    expect(peer.goawayCode).toBe(enhanceYourCalm);
    expect(server.limitsMet).toEqual(["first-request"]);
    await expect.poll(() => server.listener.openConnections, { interval: 5 }).toBe(0);
    expect(server.listener.openSessions).toBe(0);
  });

  it("is PINGed once after its last request: TLS hides no bytes from the count", async () => {
    await start();
    const peer = await RawPeer.greet(server.port, { tls: true });
    peer.send(headersFrame(1, requestBlock({ path: "/hello" })));
    await peer.until(() => peer.endedOf(1));
    for (let second = 0; second < 100; second++) {
      await pass(1);
      await peer.roundTrip();
    }
    const asked = peer.framesOf(FrameType.ping).filter(({ flags }) => (flags & Flag.ack) === 0);
    expect(asked).toHaveLength(1);
    await peer.destroy();
  });
});
