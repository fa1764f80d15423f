// Attack: a breach of the protocol that leaves a connection half-dead. On some, nghttp2 sends its GOAWAY and stops reading, while
// node:http2 tells nobody: the socket stays for ever, even when the peer has long gone. Rule: every connection that a breach
// has ended is gone within seconds, whatever the breach; the others are not touched.
// @see https://www.rfc-editor.org/rfc/rfc9113#section-5.4.1

import { afterEach, describe, expect, it } from "vitest";
import {
  Flag,
  FrameType,
  type RawPeer,
  Setting,
  dataFrame,
  frame,
  goawayFrame,
  headerBlock,
  headersFrame,
  pingFrame,
  requestBlock,
  rstStreamFrame,
  settingsAck,
  settingsFrame,
  windowUpdateFrame,
} from "../harness/raw-http2.js";
import { type Siege, besiege, pieces, streamId } from "./siege.js";

let siege: Siege;

afterEach(() => siege.stop());

const protocolError = 0x1;

type Breach = (siege: Siege) => readonly Uint8Array[];

const breaches: readonly (readonly [name: string, breach: Breach])[] = [
  ["DATA after END_STREAM", ({ ping }) => [headersFrame(3, ping), dataFrame(3, Buffer.from("x"))]],
  ["HEADERS after END_STREAM", ({ ping }) => [headersFrame(3, ping), headersFrame(3, ping)]],
  ["DATA on an idle stream", () => [dataFrame(99, Buffer.from("x"))]],
  ["DATA on stream 0", () => [dataFrame(0, Buffer.from("x"))]],
  ["RST_STREAM on an idle stream", () => [rstStreamFrame(99)]],
  ["thousands of RST_STREAM on a closed stream", () => pieces(5_000, () => rstStreamFrame(1))],
  ["an even stream id", ({ ping }) => [headersFrame(2, ping)]],
  ["an HPACK block that cannot be read", () => [headersFrame(3, Buffer.alloc(5, 0xff))]],
  ["a frame past the largest size", () => [frame(FrameType.data, 0, 3, Buffer.alloc(20_000))]],
  ["a PING of the wrong size", () => [frame(FrameType.ping, 0, 0, Buffer.alloc(7))]],
  ["a PING on a stream", () => [frame(FrameType.ping, 0, 3, Buffer.alloc(8))]],
  ["an ACK of no PING", () => [pingFrame(Buffer.alloc(8, 1), true)]],
  ["SETTINGS of the wrong size", () => [frame(FrameType.settings, 0, 0, Buffer.alloc(5))]],
  ["SETTINGS out of range", () => [settingsFrame({ [Setting.initialWindowSize]: 0xff_ff_ff_ff })]],
  ["ACKs of no SETTINGS", () => [settingsAck, settingsAck]],
  ["a PUSH_PROMISE", () => [frame(FrameType.pushPromise, Flag.endHeaders, 3, Buffer.alloc(10))]],
  ["a CONTINUATION from nowhere", () => [frame(FrameType.continuation, Flag.endHeaders, 3)]],
  [
    "another frame inside a header block",
    ({ ping }) => [headersFrame(3, ping, { endHeaders: false }), pingFrame()],
  ],
  ["a WINDOW_UPDATE of zero", () => [windowUpdateFrame(0, 0)]],
  ["a window past 2^31", () => [windowUpdateFrame(0, 0x7f_ff_ff_ff)]],
  [
    "padding longer than its frame",
    () => [frame(FrameType.data, Flag.padded, 3, Buffer.from([9]))],
  ],
  ["no HTTP/2 at all", () => [Buffer.from("GET / HTTP/1.1\r\n\r\n")]],
  ["a GOAWAY with an error", () => [goawayFrame(2)]],
  ["a GOAWAY without one", () => [goawayFrame(0)]],
];

describe("after a breach of the protocol", () => {
  it.each(breaches)("%s: the connection is gone within seconds", async (_name, breach) => {
    siege = await besiege();
    const attacker = await afterOneRequest();
    attacker.send(...breach(siege));
    await siege.pass(60);
    await attacker.whenClosed();
    await siege.expectUnharmed();
  });

  // The attacker hangs up at once: the half-dead connections of a hundred of them pile up.
  it.each(breaches)("%s: nothing is left of 20 peers that hang up", async (_name, breach) => {
    siege = await besiege();
    const attackers = await Promise.all(Array.from({ length: 20 }, afterOneRequest));
    for (const attacker of attackers) attacker.send(...breach(siege));
    await siege.healthy.request("GET", "/ping").whenEnded();
    await Promise.all(attackers.map((attacker) => attacker.destroy()));
    await siege.pass(60);
    await siege.expectUnharmed();
  });

  // A frame that is announced and never comes swallows whatever follows, the ACKs of the server's PINGs too. The downchannel keeps
  // the connection from being idle, and the peer is not silent.
  it("a frame that swallows all that follows: the connection is gone within a minute, its downchannel too", async () => {
    siege = await besiege();
    const attacker = await siege.attacker();
    attacker.send(headersFrame(1, requestBlock({ path: "/v1/directives", token: siege.token })));
    await attacker.until(() => attacker.statusOf(1) === 200);
    attacker.send(frame(0xfa, 0, 0, Buffer.alloc(1), 16_000));
    await siege.pass(60);
    await attacker.whenClosed();
    expect(siege.server.limitsMet).toEqual(["unresponsive"]);
    expect(siege.server.presence.get("attacker")).toMatchObject({ online: false });
    await siege.expectUnharmed();
  });

  it.each([
    ["an upper-case header name", [["UPPER", "x"]] as const],
    ["a connection header", [["connection", "close"]] as const],
    ["a pseudo header twice", [[":path", "/ping"]] as const],
    ["an unknown pseudo header", [[":x", "y"]] as const],
  ])("%s: the request never reaches the gateway", async (_name, extra) => {
    siege = await besiege();
    const attacker = await afterOneRequest();
    const before = siege.server.tokens.verifications;
    attacker.send(headersFrame(3, requestBlock({ path: "/ping", token: siege.token, extra })));
    await attacker.roundTrip().catch(() => undefined);
    expect(siege.server.tokens.verifications).toBe(before);
    await attacker.destroy();
    await siege.expectUnharmed();
  });

  // Header injection: a value that would be two headers in HTTP/1.1 or two lines in a log.
  it.each(["a\r\nx-admin: yes", "a\nb", "a\0b", "a\u007fb"])(
    "a header value with a character that it may not have: the request never reaches the gateway (%j)",
    async (value) => {
      siege = await besiege();
      const attacker = await afterOneRequest();
      const before = siege.server.tokens.verifications;
      const extra = [["user-agent", value]] as const;
      attacker.send(headersFrame(3, requestBlock({ path: "/ping", token: siege.token, extra })));
      await attacker.until(() => attacker.endedOf(3));
      expect(attacker.resetCodeOf(3)).toBe(protocolError);
      expect(siege.server.tokens.verifications).toBe(before);
      await attacker.destroy();
      await siege.expectUnharmed();
    },
  );

  it("without pseudo headers: the request never reaches the gateway", async () => {
    siege = await besiege();
    const attacker = await afterOneRequest();
    const before = siege.server.tokens.verifications;
    attacker.send(
      ...pieces(10, (index) => headersFrame(streamId(index + 1), headerBlock([["x", "y"]]))),
    );
    await attacker.roundTrip().catch(() => undefined);
    expect(siege.server.tokens.verifications).toBe(before);
    await attacker.destroy();
    await siege.expectUnharmed();
  });
});

/** A peer that has behaved so far: no deadline for silence ends it. */
async function afterOneRequest(): Promise<RawPeer> {
  const attacker = await siege.attacker();
  attacker.send(headersFrame(1, siege.ping));
  await attacker.until(() => attacker.endedOf(1));
  return attacker;
}
