// The downchannel, sentence by sentence of docs/protocol.md.

import { FakeClock } from "@trefoil/protocol/clock";
import { afterEach, describe, expect, it } from "vitest";
import { type TestGateway, startGateway } from "../harness/gateway.js";
import { type Peer, connectPeer } from "../harness/peer.js";
import { layWire } from "../harness/wire.js";

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

describe("the downchannel", () => {
  it("is 200, multipart/related with an unquoted boundary, and begins with Clova.Hello without a dialogRequestId", async () => {
    server = await startGateway();
    const peer = await peerOf(server.tokens.issue("kitchen"));
    const channel = await peer.downchannel();
    expect(channel.status).toBe(200);
    expect(channel.headers["content-type"]).toMatch(/^multipart\/related; boundary=[0-9a-f]{60}$/);
    await channel.until(({ directives }) => directives.length === 1);
    const [hello] = channel.directives;
    expect(hello).toMatchObject({ name: "Clova.Hello", payload: {} });
    expect(hello?.header).not.toHaveProperty("dialogRequestId");
    expect(channel.body.startsWith("--")).toBe(true);
  });

  it("sends each part together with the delimiter line that ends it", async () => {
    server = await startGateway();
    const peer = await peerOf(server.tokens.issue("kitchen"));
    const channel = await peer.downchannel();
    await channel.until(({ directives }) => directives.length === 1);
    const boundary = /boundary=(.*)$/.exec(String(channel.headers["content-type"]))![1]!;
    expect(channel.body.endsWith(`\r\n--${boundary}\r\n`)).toBe(true);
    await server.delivery.send("kitchen", { name: "Clova.RenderText", payload: { text: "오늘" } });
    await channel.until(({ directives }) => directives.length === 2);
    expect(channel.body.endsWith(`\r\n--${boundary}\r\n`)).toBe(true);
    expect(channel.directives[1]).toMatchObject({ payload: { text: "오늘" } });
  });

  it("gives what waited for the device after Clova.Hello, oldest first", async () => {
    server = await startGateway();
    for (const text of ["1", "2", "3"]) {
      await server.delivery.send("kitchen", { name: "Clova.RenderText", payload: { text } });
    }
    const peer = await peerOf(server.tokens.issue("kitchen"));
    const channel = await peer.downchannel();
    await channel.until(({ directives }) => directives.length === 4);
    expect(channel.directives.map(({ payload }) => payload["text"])).toEqual([
      undefined,
      "1",
      "2",
      "3",
    ]);
  });

  it("is ended by END_STREAM, not by a reset, when a newer one is opened on the same connection", async () => {
    server = await startGateway();
    const peer = await peerOf(server.tokens.issue("kitchen"));
    const first = await peer.downchannel();
    const second = await peer.downchannel();
    await first.until(({ closed }) => closed);
    expect(first).toMatchObject({ ended: true, resetCode: 0 });
    expect(second.ended).toBe(false);
    await server.delivery.send("kitchen", { name: "Clova.RenderText", payload: { text: "x" } });
    await second.until(({ directives }) => directives.length === 2);
    expect(first.body).not.toContain("--\r\n--");
  });

  it("is ended by END_STREAM when a newer one is opened on another connection", async () => {
    server = await startGateway();
    const token = server.tokens.issue("kitchen");
    const first = await (await peerOf(token)).downchannel();
    const second = await (await peerOf(token)).downchannel();
    await first.until(({ closed }) => closed);
    expect(first).toMatchObject({ ended: true, resetCode: 0 });
    expect(second.ended).toBe(false);
    expect(server.presence.get("kitchen")).toMatchObject({ online: true });
  });

  it("is refused with 429 and Retry-After on the third request within one second", async () => {
    const clock = new FakeClock();
    server = await startGateway({ clock });
    const peer = await peerOf(server.tokens.issue("kitchen"));
    expect((await peer.downchannel()).status).toBe(200);
    const second = await peer.downchannel();
    expect(second.status).toBe(200);
    const third = await (await peer.downchannel()).whenEnded();
    expect(third.status).toBe(429);
    expect(third.headers["retry-after"]).toBe("1");
    expect(third.directives[0]).toMatchObject({ name: "System.Exception", payload: { code: 429 } });
    expect(second.ended).toBe(false);
    clock.advance(1_000);
    expect((await peer.downchannel()).status).toBe(200);
  });

  it("ends when its token is revoked, and the token stops working at once", async () => {
    server = await startGateway();
    const token = server.tokens.issue("kitchen");
    const peer = await peerOf(token);
    const channel = await peer.downchannel();
    server.tokens.revoke(token);
    await channel.until(({ closed }) => closed);
    expect(channel).toMatchObject({ ended: true, resetCode: 0 });
    const ping = await peer.request("GET", "/ping").whenEnded();
    expect(ping.status).toBe(401);
    expect(ping.headers["www-authenticate"]).toContain('error="invalid_token"');
    expect(server.tokens.listening).toBe(0);
    expect(server.presence.get("kitchen")).toMatchObject({ online: false });
  });

  it("ends within a second of its token's expiry", async () => {
    const clock = new FakeClock();
    server = await startGateway({ clock });
    const peer = await peerOf(server.tokens.issue("kitchen", clock.now() + 60_000));
    const channel = await peer.downchannel();
    clock.advance(59_000);
    await peer.request("GET", "/ping").whenEnded();
    expect(channel.ended).toBe(false);
    clock.advance(2_000);
    await channel.until(({ closed }) => closed);
    expect(channel).toMatchObject({ ended: true, resetCode: 0 });
  });

  it("keeps directives for which no PING ACK came, and sends them again with the same messageId", async () => {
    server = await startGateway();
    const token = server.tokens.issue("kitchen");
    const wire = await layWire(server.port);
    const first = await connectPeer(wire.origin, token);
    const channel = await first.downchannel();
    await channel.until(({ directives }) => directives.length === 1);
    wire.freeze();
    const { messageId } = await server.delivery.send("kitchen", {
      name: "Clova.RenderText",
      payload: { text: "x" },
    });
    const again = await (await peerOf(token)).downchannel();
    await again.until(({ directives }) => directives.length === 2);
    expect(again.directives[1]?.header["messageId"]).toBe(messageId);
    await first.close();
    await wire.close();
  });

  it("empties the mailbox when the PING's ACK came back", async () => {
    server = await startGateway();
    const peer = await peerOf(server.tokens.issue("kitchen"));
    const channel = await peer.downchannel();
    await server.delivery.send("kitchen", { name: "Clova.RenderText", payload: { text: "x" } });
    await channel.until(({ directives }) => directives.length === 2);
    await expect.poll(() => server.mailbox.depth("kitchen")).toBe(0);
  });

  it("drops a peer that does not acknowledge a PING in time", async () => {
    const clock = new FakeClock();
    server = await startGateway({ clock });
    const wire = await layWire(server.port);
    const peer = await connectPeer(wire.origin, server.tokens.issue("kitchen"));
    const channel = await peer.downchannel();
    await channel.until(({ directives }) => directives.length === 1);
    wire.freeze();
    await server.delivery.send("kitchen", { name: "Clova.RenderText", payload: { text: "x" } });
    // Until the bytes are flushed there is no PING whose deadline could pass.
    await expect
      .poll(() => {
        clock.advance(31_000);
        return server.sessions.size;
      })
      .toBe(0);
    expect(await server.mailbox.depth("kitchen")).toBe(1);
    await peer.close();
    await wire.close();
  });
});
