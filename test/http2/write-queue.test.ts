// What the engine promises of writes: their order, when they count as flushed, and what is left of them when the stream ends.

import { once } from "node:events";
import { type AddressInfo, type Server, createServer } from "node:net";
import { FakeClock } from "@trefoil/protocol/clock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { configSchema } from "../../packages/server/src/config/index.js";
import {
  type CloseReason,
  type ServerStream,
  createHttp2Engine,
  engineLimits,
} from "../../packages/server/src/http2/index.js";
import {
  Flag,
  FrameType,
  RawPeer,
  Setting,
  headersFrame,
  requestBlock,
  rstStreamFrame,
  windowUpdateFrame,
} from "../harness/raw-http2.js";

let server: Server;
let peer: RawPeer;
let streams: ServerStream[];

beforeEach(async () => {
  streams = [];
  const engine = createHttp2Engine({
    limits: engineLimits(configSchema.parse({})),
    clock: new FakeClock(),
  });
  server = createServer((socket) => {
    socket.on("error", () => undefined);
    engine.serve(socket, () => ({ stream: (stream) => void streams.push(stream) }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterEach(async () => {
  await peer.destroy();
  server.close();
  await once(server, "close");
});

/** Opens a stream whose window holds so many bytes at first. */
async function open(initialWindowSize = 65_535): Promise<ServerStream> {
  const { port } = server.address() as AddressInfo;
  peer = await RawPeer.greet(port, {
    settings: { [Setting.initialWindowSize]: initialWindowSize },
  });
  peer.send(headersFrame(1, requestBlock({})));
  await expect.poll(() => streams.length, { interval: 1 }).toBe(1);
  const [stream] = streams;
  stream!.respond(200, {});
  return stream!;
}

/** Lets through so many bytes more. */
async function grant(bytes: number): Promise<void> {
  peer.send(windowUpdateFrame(0, bytes), windowUpdateFrame(1, bytes));
  await peer.roundTrip();
}

describe("writes to a stream", () => {
  it("arrive in their order, whatever their sizes, and the last frame carries END_STREAM", async () => {
    const stream = await open();
    const parts = [3, 20_000, 1, 1, 16_384, 5_000, 0, 7].map((size, index) =>
      Buffer.alloc(size, String(index)),
    );
    for (const part of parts.slice(0, -1)) stream.write(part);
    stream.end(parts.at(-1));
    await peer.until(() => peer.endedOf(1));
    expect(peer.dataOf(1)).toBe(Buffer.concat(parts).toString());
    const last = peer.framesOf(FrameType.data, 1).at(-1);
    expect(last!.flags & Flag.endStream).toBe(Flag.endStream);
    expect(peer.resetCodeOf(1)).toBeUndefined();
  });

  it("that are the whole answer go out as one frame", async () => {
    const stream = await open();
    stream.end(Buffer.from("all of it"));
    await peer.until(() => peer.endedOf(1));
    expect(peer.framesOf(FrameType.data, 1)).toHaveLength(1);
  });

  it("count as flushed when the peer's window has let them through, not before", async () => {
    const stream = await open(0);
    const flushed: string[] = [];
    stream.write(Buffer.alloc(100), () => flushed.push("a"));
    stream.write(Buffer.alloc(20_000), () => flushed.push("b"));
    stream.write(Buffer.alloc(50), () => flushed.push("c"));
    await peer.roundTrip();
    expect(flushed).toEqual([]);
    expect(stream.bytesQueued).toBe(20_150);
    await grant(100);
    await expect.poll(() => flushed.join(""), { interval: 1 }).toBe("a");
    await grant(16_384);
    await peer.until(() => peer.dataOf(1).length === 16_484);
    expect(flushed).toEqual(["a"]);
    await grant(10_000);
    await expect.poll(() => flushed.join(""), { interval: 1 }).toBe("abc");
    expect(stream.bytesQueued).toBe(0);
    expect(stream.session.bytesQueued).toBe(0);
  });

  it("that the peer never took are no longer queued when it resets the stream, and never count as flushed", async () => {
    const stream = await open(0);
    const flushed: string[] = [];
    const reasons: CloseReason[] = [];
    stream.onClose((reason) => reasons.push(reason));
    for (let index = 0; index < 10; index++) {
      stream.write(Buffer.alloc(10_000), () => flushed.push("x"));
    }
    expect(stream.session.bytesQueued).toBe(100_000);
    peer.send(rstStreamFrame(1, 8));
    await expect.poll(() => reasons, { interval: 1 }).toEqual([{ kind: "reset", code: 8 }]);
    expect(flushed).toEqual([]);
    expect(stream.session.bytesQueued).toBe(0);
    expect(stream.session.openStreams).toBe(0);
  });

  it("tell when little is left of them", async () => {
    const stream = await open(0);
    let drained = 0;
    stream.write(Buffer.alloc(50_000));
    stream.onceDrained(() => drained++);
    await grant(16_384);
    expect(drained).toBe(0);
    await grant(33_000);
    await expect.poll(() => drained, { interval: 1 }).toBe(1);
    expect(stream.bytesQueued).toBeLessThanOrEqual(16_384);
  });
});
