// Attack: a request whose body never ends, or trickles, or goes on though the request was refused. Rule: a body has
// `gateway.maxBodySeconds` (over HTTP/2 to the authorization server or the admin API `limits.requestSeconds`); a refusal is sent
// at once, what still comes is discarded, and the stream ends with the body, or after a moment with NO_ERROR. The connection goes on.
// @see https://www.rfc-editor.org/rfc/rfc9113#section-8.1

import { FakeClock } from "@trefoil/protocol/clock";
import { afterEach, describe, expect, it } from "vitest";
import { type TestListener, startListener } from "../harness/listener.js";
import { eventBody } from "../harness/peer.js";
import {
  Flag,
  FrameType,
  RawPeer,
  dataFrame,
  headersFrame,
  requestBlock,
} from "../harness/raw-http2.js";
import { type Siege, besiege } from "./siege.js";

const noError = 0;
const multipart = ["content-type", "multipart/form-data; boundary=b"] as const;

describe("an event whose body stays open", () => {
  let siege: Siege;

  afterEach(() => siege.stop());

  it("is 400 after gateway.maxBodySeconds, then reset with NO_ERROR; its connection goes on", async () => {
    siege = await besiege();
    const attacker = await siege.attacker();
    attacker.send(headersFrame(1, requestBlock({ path: "/v1/directives", token: siege.token })));
    attacker.send(headersFrame(3, siege.post, { endStream: false }));
    await attacker.until(() => attacker.statusOf(1) === 200);
    // A byte a second: something always comes.
    const body = Buffer.from(eventBody("TextRecognizer.Recognize", { text: "x" }));
    for (let second = 0; second < 59; second++) {
      attacker.send(dataFrame(3, body.subarray(second, second + 1)));
      await siege.pass(1);
    }
    expect(attacker.statusOf(3)).toBeUndefined();
    await siege.pass(2);
    await attacker.until(() => attacker.endedOf(3));
    expect(attacker.statusOf(3)).toBe(400);
    expect(attacker.dataOf(3)).toContain("after 60 seconds");
    await siege.pass(2);
    await attacker.until(() => attacker.resetCodeOf(3) !== undefined);
    expect(attacker.resetCodeOf(3)).toBe(noError);
    attacker.send(headersFrame(5, siege.ping));
    await attacker.until(() => attacker.statusOf(5) === 204);
    expect(siege.handled).toBe(0);
  });

  // The handler has answered while the device is still sending its speech, and the device does not stop.
  it("after its answer is complete is reset with NO_ERROR a moment later", async () => {
    siege = await besiege();
    const attacker = await siege.attacker();
    attacker.send(headersFrame(1, requestBlock({ path: "/v1/directives", token: siege.token })));
    await attacker.until(() => attacker.statusOf(1) === 200);
    const speech = '\r\n--b\r\nContent-Disposition: form-data; name="audio"\r\n\r\n';
    attacker.send(
      headersFrame(3, siege.post, { endStream: false }),
      dataFrame(3, Buffer.from(eventBody("TextRecognizer.Recognize", { text: "x" }, {}, speech))),
    );
    await attacker.until(() => attacker.endedOf(3));
    expect(attacker.statusOf(3)).toBe(204);
    expect(siege.handled).toBe(1);
    attacker.send(dataFrame(3, Buffer.alloc(10_000)));
    await attacker.roundTrip();
    expect(attacker.resetCodeOf(3)).toBeUndefined();
    await siege.pass(2);
    await attacker.until(() => attacker.resetCodeOf(3) !== undefined);
    expect(attacker.resetCodeOf(3)).toBe(noError);
    expect(siege.server.limitsMet).toEqual([]);
  });
});

describe("a refused request whose body is still open", () => {
  let siege: Siege;

  afterEach(() => siege.stop());

  const refusals: readonly (readonly [number, (token: string) => Buffer])[] = [
    [401, () => requestBlock({ method: "POST", path: "/v1/events", extra: [multipart] })],
    [404, (token) => requestBlock({ method: "POST", path: "/v1/nothing", token })],
    [405, (token) => requestBlock({ method: "PUT", path: "/v1/events", token })],
    [
      412,
      (token) => requestBlock({ method: "POST", path: "/v1/events", token, extra: [multipart] }),
    ],
  ];

  it.each(refusals)(
    "%i is answered at once, and the stream ended with NO_ERROR after a moment",
    async (status, block) => {
      siege = await besiege();
      const attacker = await siege.attacker();
      attacker.send(headersFrame(1, block(siege.token), { endStream: false }));
      await attacker.until(() => attacker.dataOf(1).includes(`"code":${status}`));
      expect(attacker.statusOf(1)).toBe(status);
      expect(attacker.endedOf(1)).toBe(false);
      await siege.pass(2);
      await attacker.until(() => attacker.resetCodeOf(1) !== undefined);
      const [last, reset] = attacker.frames.filter(({ streamId: id }) => id === 1).slice(-2);
      expect(last!.flags & Flag.endStream).toBe(Flag.endStream);
      expect(reset!.type).toBe(FrameType.rstStream);
      expect(attacker.resetCodeOf(1)).toBe(noError);
      const open = [...siege.server.sessions].map(({ openStreams }) => openStreams);
      expect(open.toSorted((a, b) => a - b)).toEqual([0, 1]);
    },
  );

  // Some clients wait for ever where the answer ends in the middle of their body (curl 7.88), others where it is reset (Java 17).
  it.each(refusals)("%i ends when the body does, without a reset", async (status, block) => {
    siege = await besiege();
    const device = await siege.attacker();
    device.send(headersFrame(1, block(siege.token), { endStream: false }));
    await device.until(() => device.dataOf(1).includes(`"code":${status}`));
    device.send(dataFrame(1, Buffer.from("x")));
    await device.roundTrip();
    expect(device.endedOf(1)).toBe(false);
    device.send(dataFrame(1, Buffer.from("y"), { endStream: true }));
    await device.until(() => device.endedOf(1));
    await siege.pass(3);
    expect(device.resetCodeOf(1)).toBeUndefined();
  });

  it("has what is on its way discarded, and its connection goes on", async () => {
    siege = await besiege();
    const attacker = await siege.attacker();
    const block = requestBlock({ method: "POST", path: "/v1/events", extra: [multipart] });
    attacker.send(headersFrame(1, block, { endStream: false }));
    // More than the 64 KiB that the windows hold at first.
    for (let sent = 0; sent < 20; sent++) {
      attacker.send(dataFrame(1, Buffer.alloc(8_000)));
      await attacker.roundTrip();
    }
    const granted = attacker
      .framesOf(FrameType.windowUpdate, 0)
      .reduce((sum, { payload }) => sum + payload.readUInt32BE(0), 0);
    expect(granted).toBeGreaterThan(65_535);
    attacker.send(headersFrame(3, siege.ping));
    await attacker.until(() => attacker.endedOf(3));
    expect(attacker.statusOf(3)).toBe(204);
    expect(siege.server.limitsMet).toEqual([]);
  });
});

describe("a request that is answered well while its body is still open", () => {
  let siege: Siege;

  afterEach(() => siege.stop());

  /** An event that is answered as soon as it is read, whatever else is on its way. */
  async function early(): Promise<RawPeer> {
    siege = await besiege();
    const device = await siege.attacker();
    device.send(headersFrame(1, requestBlock({ path: "/v1/directives", token: siege.token })));
    await device.until(() => device.statusOf(1) === 200);
    device.send(headersFrame(3, siege.post, { endStream: false }));
    device.send(
      dataFrame(
        3,
        Buffer.from(eventBody("TextRecognizer.Recognize", { text: "x" }, {}, "\r\n--b\r\n")),
      ),
    );
    await device.until(() => device.endedOf(3));
    expect(device.statusOf(3)).toBe(204);
    expect(device.resetCodeOf(3)).toBeUndefined();
    return device;
  }

  it("is reset with NO_ERROR after a moment", async () => {
    const device = await early();
    await siege.pass(2);
    await device.until(() => device.resetCodeOf(3) !== undefined);
    expect(device.resetCodeOf(3)).toBe(noError);
  });

  it("is not reset where it ends in good order", async () => {
    const device = await early();
    device.send(dataFrame(3, Buffer.from("x"), { endStream: true }));
    await device.roundTrip();
    await siege.pass(3);
    expect(device.resetCodeOf(3)).toBeUndefined();
  });
});

describe("a request to a web application whose body stays open", () => {
  let server: TestListener;
  let attacker: RawPeer;

  afterEach(async () => {
    await attacker.destroy();
    await server.stop();
  });

  it("is 400 after limits.requestSeconds, then reset with NO_ERROR; its connection goes on", async () => {
    const clock = new FakeClock();
    server = await startListener({ clock });
    attacker = await RawPeer.greet(server.port, { tls: true });
    attacker.send(
      headersFrame(1, requestBlock({ method: "POST", path: "/token" }), { endStream: false }),
    );
    for (let second = 0; second < 29; second++) {
      attacker.send(dataFrame(1, Buffer.from("x")));
      await attacker.roundTrip();
      clock.advance(1_000);
    }
    expect(attacker.statusOf(1)).toBeUndefined();
    clock.advance(1_000);
    await attacker.until(() => attacker.statusOf(1) !== undefined);
    expect(attacker.statusOf(1)).toBe(400);
    clock.advance(1_000);
    await attacker.until(() => attacker.resetCodeOf(1) !== undefined);
    expect(attacker.resetCodeOf(1)).toBe(noError);
    attacker.send(headersFrame(3, requestBlock({ path: "/hello" })));
    await attacker.until(() => attacker.statusOf(3) === 200);
    expect(server.limitsMet).toEqual(["slow-request"]);
  });

  it("is 413 past a mebibyte, and the rest of it is discarded", async () => {
    server = await startListener({ clock: new FakeClock() });
    attacker = await RawPeer.greet(server.port, { tls: true });
    attacker.send(
      headersFrame(1, requestBlock({ method: "POST", path: "/token" }), { endStream: false }),
    );
    for (let sent = 0; attacker.statusOf(1) === undefined && sent < 180; sent++) {
      attacker.send(dataFrame(1, Buffer.alloc(8_000)));
      await attacker.roundTrip();
    }
    expect(attacker.statusOf(1)).toBe(413);
  });
});
