// What one connection can make the server hold: no more of what came than is needed, and nothing once it was used.

import type { Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { FakeClock } from "@trefoil/protocol/clock";
import { describe, expect, it } from "vitest";
import { configSchema } from "../../packages/server/src/config/index.js";
import {
  type ServerStream,
  createHttp2Engine,
  engineLimits,
} from "../../packages/server/src/http2/index.js";
import {
  dataFrame,
  headersFrame,
  preface,
  requestBlock,
  settingsFrame,
} from "../harness/raw-http2.js";
import { SlowSocket, settled } from "./slow-socket.js";

const post = requestBlock({ method: "POST", path: "/" });

/** The engine on a socket of its own, after the preface. */
async function connection(serve: (stream: ServerStream) => void): Promise<SlowSocket> {
  const engine = createHttp2Engine({
    limits: engineLimits(configSchema.parse({})),
    clock: new FakeClock(),
  });
  const socket = new SlowSocket();
  engine.serve(socket as unknown as Socket, () => ({ stream: serve }));
  socket.push(Buffer.concat([preface, settingsFrame()]));
  await settled();
  return socket;
}

/** A chunk as the transport makes them: a buffer of its own. */
function chunk(...frames: readonly Buffer[]): Buffer {
  const bytes = Buffer.concat(frames);
  const own = Buffer.allocUnsafeSlow(bytes.byteLength);
  bytes.copy(own);
  return own;
}

function heldBy(pieces: readonly Uint8Array[]): number {
  const buffers = new Set(pieces.map(({ buffer }) => buffer));
  return [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0);
}

describe("a connection", () => {
  it("of which a sink keeps a byte of each chunk holds on to these bytes, not to the chunks", async () => {
    const kept: Uint8Array[] = [];
    const socket = await connection((stream) =>
      stream.receive({
        data: (bytes) => void (stream.id === 1 && kept.push(bytes)),
        end: () => undefined,
        aborted: () => undefined,
      }),
    );
    socket.push(chunk(...[1, 3].map((id) => headersFrame(id, post, { endStream: false }))));
    for (let index = 0; index < 20; index++) {
      socket.push(chunk(dataFrame(1, Buffer.of(index)), dataFrame(3, Buffer.alloc(16_000))));
      await socket.takeOne();
    }
    expect(Buffer.concat(kept)).toEqual(Buffer.from(kept.map((_, index) => index)));
    expect(kept).toHaveLength(20);
    expect(heldBy(kept)).toBeLessThan(4_096);
  });

  it("with a body that nobody takes holds on to a window of it, however small its frames", async () => {
    let stream: ServerStream | undefined;
    const socket = await connection((opened) => void (stream = opened));
    socket.push(chunk(headersFrame(1, post, { endStream: false })));
    await socket.takeOne();
    for (let sent = 0; sent < 65_000; sent += 1_000) {
      socket.push(chunk(...Array.from({ length: 1_000 }, () => dataFrame(1, Buffer.from("x")))));
      await socket.takeOne();
    }
    const pieces: Uint8Array[] = [];
    stream!.receive({
      data: (bytes) => void pieces.push(bytes),
      end: () => undefined,
      aborted: () => undefined,
    });
    await settled();
    expect(Buffer.concat(pieces)).toEqual(Buffer.alloc(65_000, "x"));
    expect(pieces.length).toBeLessThan(30);
    expect(heldBy(pieces)).toBeLessThan(100_000);
  });

  it("that is idle holds on to nothing of its requests: neither what came, nor streams, nor answers", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const refs: WeakRef<object>[] = [];
    const socket = await connection((stream) => {
      refs.push(new WeakRef(stream));
      const sink = {
        data: () => undefined,
        end() {
          stream.respond(200, { "x-header": "y".repeat(100) });
          const answer = Buffer.allocUnsafeSlow(20_000);
          refs.push(new WeakRef(answer.buffer));
          stream.end(answer);
        },
        aborted: () => undefined,
      };
      refs.push(new WeakRef(sink));
      stream.receive(sink);
    });
    // In a function of its own, so that no variable of this one refers to what was sent.
    const request = (id: number): void => {
      const bytes = chunk(
        headersFrame(id, post, { endStream: false }),
        dataFrame(id, Buffer.alloc(5_000), { endStream: true }),
      );
      refs.push(new WeakRef(bytes.buffer));
      socket.push(bytes);
    };
    for (const id of [1, 3, 5]) {
      request(id);
      for (let batch = 0; batch < 4; batch++) await socket.takeOne();
    }
    socket.written.length = 0;
    expect(refs).toHaveLength(12);
    for (let turn = 0; turn < 5; turn++) {
      await settled();
      collect();
    }
    expect(refs.filter((ref) => ref.deref() !== undefined)).toEqual([]);
  });
});
