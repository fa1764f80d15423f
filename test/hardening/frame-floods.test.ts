// Attack: floods of frames that cost a few bytes to send and work to receive. Rule: PING and SETTINGS have a budget a
// connection, and so have frames that carry nothing; a header block has few frames. Each is counted, and the connection ends,
// socket and all.
// @see https://www.rfc-editor.org/rfc/rfc9113#section-10.5

import { afterEach, describe, expect, it } from "vitest";
import { eventBody } from "../harness/peer.js";
import {
  Flag,
  FrameType,
  Setting,
  dataFrame,
  frame,
  headerBlock,
  headersFrame,
  pingFrame,
  preface,
  priorityFrame,
  requestBlock,
  settingsFrame,
  windowUpdateFrame,
} from "../harness/raw-http2.js";
import { type Siege, besiege, pieces, streamId } from "./siege.js";

let siege: Siege;

afterEach(() => siege.stop());

const enhanceYourCalm = 0xb;

describe("a flood of", () => {
  // CVE-2019-9512 and CVE-2019-9515, by a peer that reads the answers, so that no queue grows.
  it.each([
    ["PING frames", pingFrame()],
    ["empty SETTINGS frames", settingsFrame()],
    ["SETTINGS that change a window", settingsFrame({ [Setting.initialWindowSize]: 70_000 })],
  ])("%s is met with ENHANCE_YOUR_CALM", async (_name, piece) => {
    siege = await besiege();
    const { server } = siege;
    const attacker = await siege.attacker();
    attacker.send(...pieces(5_000, () => piece));
    await attacker.whenClosed();
    expect(attacker.goawayCode).toBe(enhanceYourCalm);
    expect(server.limitsMet).toEqual(["control-frames"]);
    await siege.expectUnharmed();
  });

  // The same by a peer that reads nothing, so that the acknowledgements pile up.
  it.each([
    ["PING frames", pingFrame()],
    ["SETTINGS frames", settingsFrame()],
  ])("%s whose answers are not read ends the connection", async (_name, piece) => {
    siege = await besiege();
    const { server } = siege;
    const attacker = await siege.stranger();
    attacker.socket.pause();
    attacker.send(preface, settingsFrame(), ...pieces(100_000, () => piece));
    await expect.poll(() => server.sockets, { interval: 5 }).toBe(1);
    expect(server.limitsMet).toEqual(["control-frames"]);
    await attacker.destroy();
    await siege.expectUnharmed();
  });

  // CVE-2024-27983 and its kin: a header block that never ends.
  it.each([
    ["empty CONTINUATION frames", () => frame(FrameType.continuation, 0, streamId(0))],
    [
      "CONTINUATION frames with headers",
      (index: number) =>
        frame(
          FrameType.continuation,
          0,
          streamId(0),
          headerBlock([[`x-${index}`, "y".repeat(1_000)]]),
        ),
    ],
  ])("%s ends the connection", async (_name, piece) => {
    siege = await besiege();
    const { server, post } = siege;
    const attacker = await siege.attacker();
    attacker.send(headersFrame(streamId(0), post, { endHeaders: false }), ...pieces(5_000, piece));
    await attacker.whenClosed();
    expect(server.tokens.verifications).toBe(1);
    expect(server.limitsMet).toEqual(["frame-flood"]);
    await siege.expectUnharmed();
  });

  // CVE-2019-9518: DATA without data.
  it("empty DATA frames ends the connection", async () => {
    siege = await besiege();
    const { server, post } = siege;
    const attacker = await siege.attacker();
    attacker.send(
      headersFrame(streamId(0), post, { endStream: false }),
      ...pieces(20_000, () => dataFrame(streamId(0), Buffer.alloc(0))),
    );
    await attacker.whenClosed();
    expect(server.limitsMet).toEqual(["frame-flood"]);
    await siege.expectUnharmed();
  });

  // CVE-2019-9513 (PRIORITY) and its kin: frames that change nothing, for as long as their peer likes.
  it.each([
    ["PRIORITY frames", (index: number) => priorityFrame(streamId(index))],
    ["WINDOW_UPDATE frames", () => windowUpdateFrame(0, 1)],
    ["WINDOW_UPDATE frames for a stream that has ended", () => windowUpdateFrame(1, 1)],
    ["frames of an unknown type", () => frame(0xfa, 0, 0, Buffer.alloc(8))],
    ["DATA frames of padding alone", () => frame(FrameType.data, Flag.padded, 3, Buffer.from([0]))],
  ])("%s is met with ENHANCE_YOUR_CALM", async (_name, piece) => {
    siege = await besiege();
    const { ping, post, server } = siege;
    const attacker = await siege.attacker();
    attacker.send(headersFrame(1, ping), headersFrame(3, post, { endStream: false }));
    await attacker.until(() => attacker.endedOf(1));
    attacker.send(...pieces(20_000, piece));
    await attacker.whenClosed();
    expect(attacker.goawayCode).toBe(enhanceYourCalm);
    expect(server.limitsMet).toEqual(["frame-flood"]);
    await siege.expectUnharmed();
  });

  // No attack: who takes a long answer tells of it twice a frame, once for the stream and once for the connection.
  it("WINDOW_UPDATE frames that the answers' DATA makes good is no flood", async () => {
    siege = await besiege({
      handlers: {
        "TextRecognizer.Recognize": async function* () {
          yield {
            kind: "attachment",
            attachment: { contentId: "long", body: Buffer.alloc(12_000_000) },
          };
        },
      },
    });
    const device = await siege.attacker();
    const { post, token } = siege;
    device.send(headersFrame(1, requestBlock({ path: "/v1/directives", token })));
    await device.until(() => device.statusOf(1) === 200);
    const event = Buffer.from(eventBody("TextRecognizer.Recognize", { text: "x" }));
    device.send(
      headersFrame(3, post, { endStream: false }),
      dataFrame(3, event, { endStream: true }),
    );
    let told = 0;
    while (!device.endedOf(3)) {
      await device.until(() => device.frames.length > told);
      const news = device.frames.slice(told).filter(({ type }) => type === FrameType.data);
      told = device.frames.length;
      device.send(
        ...news.flatMap(({ streamId: id, payload }) => [
          windowUpdateFrame(0, payload.byteLength),
          windowUpdateFrame(id, payload.byteLength),
        ]),
      );
    }
    expect(device.framesOf(FrameType.data, 3).length).toBeGreaterThan(700);
    await device.roundTrip();
    expect(siege.server.limitsMet).toEqual([]);
  });

  // No attack: a device that PINGs as often as its stack pleases, within the budget.
  it("ten PINGs a second for a minute is answered", async () => {
    siege = await besiege();
    const { server, clock, ping } = siege;
    const device = await siege.attacker();
    device.send(headersFrame(1, ping));
    for (let second = 0; second < 60; second++) {
      device.send(...pieces(10, () => pingFrame()));
      await device.roundTrip();
      clock.advance(1_000);
    }
    const acks = device.framesOf(FrameType.ping).filter(({ flags }) => (flags & Flag.ack) !== 0);
    expect(acks).toHaveLength(660);
    expect(server.limitsMet).toEqual([]);
  });
});
