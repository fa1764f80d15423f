// Attack: headers that are large, many, or small on the wire and large when unpacked. Rule: a header list has at most
// `gateway.maxHeaderBytes` and 100 fields; a request past that is reset with ENHANCE_YOUR_CALM before any of our code sees it, and
// its connection goes on.
// @see https://www.rfc-editor.org/rfc/rfc7541#section-7.3

import { afterEach, describe, expect, it } from "vitest";
import {
  FrameType,
  Flag,
  frame,
  headerBlock,
  headersFrame,
  requestBlock,
} from "../harness/raw-http2.js";
import { type Siege, besiege, pieces, streamId } from "./siege.js";

let siege: Siege;

afterEach(() => siege.stop());

const enhanceYourCalm = 0xb;

describe("a header bomb", () => {
  it("of 30 KB in two frames is reset, and the next request is answered", async () => {
    siege = await besiege();
    const { server, token, ping } = siege;
    const large = requestBlock({ path: "/ping", token, extra: [["x", "y".repeat(15_000)]] });
    const attacker = await siege.attacker();
    attacker.send(
      headersFrame(1, large, { endHeaders: false }),
      frame(FrameType.continuation, Flag.endHeaders, 1, headerBlock([["z", "y".repeat(15_000)]])),
      headersFrame(3, ping),
    );
    await attacker.until(() => attacker.endedOf(1) && attacker.endedOf(3));
    expect(attacker.resetCodeOf(1)).toBe(enhanceYourCalm);
    expect(attacker.statusOf(3)).toBe(204);
    expect(server.tokens.verifications).toBe(2);
  });

  it("of 200 fields is reset, and the next request is answered", async () => {
    siege = await besiege();
    const { token, ping } = siege;
    const extra = Array.from({ length: 200 }, (_, index) => [`x-${index}`, "y"] as const);
    const attacker = await siege.attacker();
    attacker.send(
      headersFrame(1, requestBlock({ path: "/ping", token, extra })),
      headersFrame(3, ping),
    );
    await attacker.until(() => attacker.endedOf(1) && attacker.endedOf(3));
    expect(attacker.resetCodeOf(1)).toBe(enhanceYourCalm);
    expect(attacker.statusOf(3)).toBe(204);
  });

  // CVE-2016-6581, the HPACK bomb: one field of 4 KB in the dynamic table, and 16,000 references to it of a byte each: 64 MB.
  it("that unpacks to 64 MB is reset before it is unpacked", async () => {
    siege = await besiege();
    const { server, ping, token } = siege;
    const field = Buffer.concat([
      Buffer.from([0x40, 0x01]),
      Buffer.from("x"),
      // 4,000 as an integer of RFC 7541 section 5.1 with a prefix of 7 bits.
      Buffer.from([0x7f, 0xa1, 0x1e]),
      Buffer.alloc(4_000, "a"),
    ]);
    const attacker = await siege.attacker({ settings: {} });
    attacker.send(headersFrame(1, Buffer.concat([ping, field])));
    await attacker.until(() => attacker.endedOf(1));
    expect(attacker.statusOf(1)).toBe(204);
    const before = process.memoryUsage().rss;
    attacker.send(
      ...pieces(50, (index) =>
        headersFrame(
          streamId(index + 1),
          Buffer.concat([requestBlock({ path: "/ping", token }), Buffer.alloc(16_000, 0xbe)]),
        ),
      ),
    );
    await attacker.until(() => attacker.endedOf(streamId(50)));
    expect(attacker.resetCodeOf(streamId(50))).toBe(enhanceYourCalm);
    expect(server.tokens.verifications).toBe(2);
    // All of them unpacked would be 3.2 GB.
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
    await attacker.destroy();
    await siege.expectUnharmed();
  });

  it("of an HPACK block that cannot be read ends the connection, also when the peer says nothing more", async () => {
    siege = await besiege();
    const { server, ping } = siege;
    const attacker = await siege.attacker();
    attacker.send(headersFrame(1, ping));
    await attacker.until(() => attacker.endedOf(1));
    attacker.send(headersFrame(3, Buffer.alloc(5, 0xff)));
    await siege.pass(10);
    await attacker.whenClosed();
    expect(server.limitsMet).toEqual(["protocol-error"]);
    await siege.expectUnharmed();
  });

  it("does not count against a request with as much as is allowed", async () => {
    siege = await besiege();
    const { token } = siege;
    const extra = [["x", "y".repeat(15_500)]] as const;
    const device = await siege.attacker();
    device.send(headersFrame(1, requestBlock({ path: "/ping", token, extra })));
    await device.until(() => device.endedOf(1));
    expect(device.statusOf(1)).toBe(204);
  });
});
