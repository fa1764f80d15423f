// Attack: thousands of open requests on one connection; node:http2 by itself accepts them all. Rule: a connection has at most
// `gateway.maxConcurrentStreams` open. The server says so in its SETTINGS; what comes past it is refused, and who goes on is
// disconnected.
// @see https://www.rfc-editor.org/rfc/rfc9113#section-5.1.2

import { afterEach, describe, expect, it } from "vitest";
import { FrameType, headersFrame, requestBlock } from "../harness/raw-http2.js";
import { type Siege, besiege, pieces, streamId } from "./siege.js";

let siege: Siege;

afterEach(() => siege.stop());

/** RFC 9113 section 7: not processed, may be tried again. */
const refusedStream = 0x7;

const maxConcurrentStreams = 0x3;

describe("many open requests", () => {
  it("are told their limit before the first of them", async () => {
    siege = await besiege();
    const attacker = await siege.attacker();
    const [settings] = attacker.framesOf(FrameType.settings);
    const entries = new Map<number, number>();
    for (let at = 0; at < settings!.payload.byteLength; at += 6) {
      entries.set(settings!.payload.readUInt16BE(at), settings!.payload.readUInt32BE(at + 2));
    }
    expect(entries.get(maxConcurrentStreams)).toBe(100);
  });

  // 5,000 uploads begun by a peer that knows the limit, or that never says whether it does.
  it.each([
    ["acknowledged", true],
    ["did not acknowledge", false],
  ])(
    "past a limit that the peer %s are refused, and soon end the connection",
    async (_how, acknowledge) => {
      siege = await besiege();
      const { server, post } = siege;
      const attacker = await siege.attacker({ acknowledge });
      attacker.send(
        ...pieces(5_000, (index) => headersFrame(streamId(index), post, { endStream: false })),
      );
      await attacker.whenClosed();
      expect(attacker.resetCodeOf(streamId(100))).toBe(refusedStream);
      expect(server.tokens.verifications - 1).toBeLessThanOrEqual(100);
      expect(server.limitsMet).toEqual(["stream-resets"]);
      await siege.expectUnharmed();
    },
  );

  // Honest: a device that opens one too many in the moment before it has read the SETTINGS loses that one alone.
  it("that are one too many cost that one alone, and the refusal says that it may be tried again", async () => {
    siege = await besiege({ config: { maxConcurrentStreams: 3 } });
    const { server, ping, post } = siege;
    const device = await siege.attacker({ acknowledge: false });
    device.send(...pieces(4, (index) => headersFrame(streamId(index), post, { endStream: false })));
    await device.until(() => device.endedOf(streamId(3)));
    expect(device.resetCodeOf(streamId(3))).toBe(refusedStream);
    await siege.pass(2);
    // The three were refused for want of a downchannel: their places are free again.
    device.send(headersFrame(streamId(10), ping));
    await device.until(() => device.endedOf(streamId(10)));
    expect(device.statusOf(streamId(10))).toBe(204);
    expect(server.limitsMet).toEqual([]);
  });

  // One connection after another, each with all that it may have.
  it("on 20 connections at once do not keep a healthy client from its answers", async () => {
    siege = await besiege();
    const token = siege.token;
    const block = requestBlock({
      method: "POST",
      path: "/v1/events",
      token,
      extra: [["content-type", "multipart/form-data; boundary=b"]],
    });
    const attackers = await Promise.all(Array.from({ length: 20 }, () => siege.attacker()));
    for (const attacker of attackers) {
      attacker.send(
        ...pieces(100, (index) => headersFrame(streamId(index), block, { endStream: false })),
      );
    }
    await Promise.all(attackers.map((attacker) => attacker.roundTrip()));
    expect((await siege.healthy.request("GET", "/ping").whenEnded()).status).toBe(204);
    await Promise.all(attackers.map((attacker) => attacker.destroy()));
    await siege.expectUnharmed();
  });
});
