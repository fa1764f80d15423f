// Attack: rapid reset. A peer opens requests and takes each back at once: it never has many open, while the server begins
// work for every one. Rule: what is taken back in the same breath is never begun, and past a budget of broken-off requests the
// connection ends with ENHANCE_YOUR_CALM, socket and all.
// @see https://www.rfc-editor.org/rfc/rfc9113#section-10.5

import { afterEach, describe, expect, it } from "vitest";
import { eventBody } from "../harness/peer.js";
import {
  FrameType,
  type RawPeer,
  dataFrame,
  frame,
  headersFrame,
  requestBlock,
  rstStreamFrame,
  windowUpdateFrame,
} from "../harness/raw-http2.js";
import { type Siege, besiege, pieces, streamId } from "./siege.js";

let siege: Siege;

afterEach(() => siege.stop());

const enhanceYourCalm = 0xb;

describe("rapid reset", () => {
  // CVE-2023-44487: HEADERS and RST_STREAM in pairs, thousands in one segment.
  it("begins none of the requests that were taken back in the same breath, and ends the connection", async () => {
    siege = await besiege();
    const { server, ping } = siege;
    const attacker = await siege.attacker();
    attacker.send(
      ...pieces(5_000, (index) =>
        Buffer.concat([headersFrame(streamId(index), ping), rstStreamFrame(streamId(index))]),
      ),
    );
    await attacker.whenClosed();
    expect(server.tokens.verifications).toBe(1);
    expect(attacker.goawayCode).toBe(enhanceYourCalm);
    expect(server.limitsMet).toEqual(["stream-resets"]);
    await siege.expectUnharmed();
  });

  // The same with more connections at once: node:http2 alone was left with every one of them open for ever.
  it("leaves no connection behind after 60 of them", async () => {
    siege = await besiege();
    const { server, ping } = siege;
    const attackers = await Promise.all(Array.from({ length: 60 }, () => siege.attacker()));
    const flood = pieces(2_000, (index) =>
      Buffer.concat([headersFrame(streamId(index), ping), rstStreamFrame(streamId(index))]),
    );
    for (const attacker of attackers) attacker.send(...flood);
    await Promise.all(attackers.map((attacker) => attacker.whenClosed()));
    expect(server.tokens.verifications).toBe(1);
    expect(server.limitsMet).toEqual(attackers.map(() => "stream-resets"));
    await siege.expectUnharmed();
  });

  // The slow form: each reset follows when the request has certainly been begun.
  it("begins no more requests than the budget allows when resets come a round trip later", async () => {
    siege = await besiege({ limits: { resetBurst: 50 } });
    const { server, post } = siege;
    const attacker = await siege.attacker();
    // With a downchannel its events are begun, and wait for their bodies.
    attacker.send(headersFrame(1, requestBlock({ path: "/v1/directives", token: siege.token })));
    await attacker.until(() => attacker.statusOf(1) === 200);
    for (let round = 0; !isOver(attacker) && round < 20; round++) {
      const ids = Array.from({ length: 10 }, (_, index) => streamId(round * 10 + index + 1));
      attacker.send(...ids.map((id) => headersFrame(id, post, { endStream: false })));
      await attacker.roundTrip().catch(() => undefined);
      attacker.send(...ids.map((id) => rstStreamFrame(id)));
      await attacker.roundTrip().catch(() => undefined);
    }
    await attacker.whenClosed();
    expect(attacker.goawayCode).toBe(enhanceYourCalm);
    expect(server.limitsMet).toEqual(["stream-resets"]);
    expect(server.tokens.verifications - 2).toBeLessThanOrEqual(60);
    await siege.expectUnharmed();
  });

  // CVE-2025-8671, "MadeYouReset": the peer sends what makes the server reset its stream, so that no RST_STREAM of the peer
  // is ever counted. Each trick ends the connection at once, or is counted like a reset.
  it.each([
    ["a WINDOW_UPDATE of zero", (id: number) => windowUpdateFrame(id, 0)],
    ["a window past 2^31", (id: number) => windowUpdateFrame(id, 0x7f_ff_ff_ff)],
    ["more than its content-length", (id: number) => dataFrame(id, Buffer.from("xxx"))],
    ["a second request on the stream", (id: number) => headersFrame(id, requestBlock({}))],
    [
      "a PRIORITY of the stream on itself",
      (id: number) => frame(FrameType.priority, 0, id, dependsOn(id)),
    ],
    [
      "a PRIORITY of the wrong size",
      (id: number) => frame(FrameType.priority, 0, id, Buffer.alloc(4)),
    ],
  ])("counts what makes the server reset: %s", async (_name, trick) => {
    siege = await besiege();
    const { server, token } = siege;
    const attacker = await siege.attacker();
    const post = requestBlock({
      method: "POST",
      path: "/v1/events",
      token,
      extra: [
        ["content-type", "multipart/form-data; boundary=b"],
        ["content-length", "1"],
      ],
    });
    for (let index = 0; !isOver(attacker) && index < 2_000; index += 20) {
      attacker.send(
        ...pieces(20, (offset) => {
          const id = streamId(index + offset);
          return Buffer.concat([headersFrame(id, post, { endStream: false }), trick(id)]);
        }),
      );
      await attacker.roundTrip().catch(() => undefined);
      // What the server does not take as a reset, the peer has to end itself.
      attacker.send(...pieces(20, (offset) => rstStreamFrame(streamId(index + offset))));
    }
    // For some, node ends the connection by itself and without telling: it is found out within seconds.
    await siege.pass(60);
    await attacker.whenClosed();
    expect(server.limitsMet).toHaveLength(1);
    expect(server.tokens.verifications - 1).toBeLessThanOrEqual(500);
    expect(siege.handled).toBe(0);
    await siege.expectUnharmed();
  });

  // No attack: a person who interrupts the device all the time (barge-in) breaks off a request every second or two.
  it("lets an honest device break off a request each second for a quarter of an hour", async () => {
    siege = await besiege();
    const { server, post } = siege;
    const device = await siege.attacker();
    // nghttp2 has a budget of 1,000 by a clock of its own, which the test's time cannot fill again.
    const speech = Buffer.from(eventBody("SpeechRecognizer.Recognize", {}, {}, "\r\n--b\r\n"));
    for (let second = 0; second < 900; second++) {
      const id = streamId(second);
      device.send(
        headersFrame(id, post, { endStream: false }),
        dataFrame(id, speech),
        rstStreamFrame(id),
      );
      siege.clock.advance(1_000);
      if (second % 20 === 0) await device.roundTrip();
    }
    await device.roundTrip();
    expect(device.closed).toBe(false);
    expect(server.limitsMet).toEqual([]);
  });
});

function isOver(attacker: RawPeer): boolean {
  return attacker.closed || (attacker.goawayCode ?? 0) !== 0;
}

function dependsOn(id: number): Buffer {
  const payload = Buffer.alloc(5);
  payload.writeUInt32BE(id);
  return payload;
}
