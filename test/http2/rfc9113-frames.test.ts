// Conformance to RFC 9113 section 6: what each type of frame may be.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  Flag,
  FrameType,
  Setting,
  dataFrame,
  frame,
  headersFrame,
  pingFrame,
  settingsFrame,
} from "../harness/raw-http2.js";
import {
  Code,
  expectAlive,
  expectAnswer,
  expectConnectionError,
  expectStreamError,
  get,
  padded,
  post,
  serveAll,
} from "./conformance.js";
import { type EngineServer, startEngine } from "./engine-server.js";

let server: EngineServer;

beforeEach(async () => {
  server = await startEngine(serveAll);
});

afterEach(() => server.stop());

const openPost = headersFrame(1, post, { endStream: false });

/** Sends these, and expects the connection to end so. */
async function connectionError(code: number, ...bytes: readonly Uint8Array[]): Promise<void> {
  const peer = await server.connect();
  peer.send(...bytes);
  await expectConnectionError(peer, code);
}

describe("6.1: DATA", () => {
  it("on stream 0 must be a connection error PROTOCOL_ERROR", () =>
    connectionError(Code.protocolError, dataFrame(0, Buffer.from("x"))));

  it("with padding as long as the payload or longer must be a connection error PROTOCOL_ERROR", async () => {
    for (const payload of [[1], [2, 0], [255, 0, 0]]) {
      await connectionError(
        Code.protocolError,
        openPost,
        frame(FrameType.data, Flag.padded, 1, Buffer.from(payload)),
      );
    }
  });

  it("that is padded without the padding's length is FRAME_SIZE_ERROR", () =>
    connectionError(Code.frameSizeError, openPost, frame(FrameType.data, Flag.padded, 1)));

  it("with padding, of any length, or with padding alone, is a body", async () => {
    let body = "";
    await server.stop();
    server = await startEngine((stream) => {
      serveAll(stream);
      stream.receive({
        data: (bytes) => void (body += Buffer.from(bytes).toString()),
        end() {
          stream.respond(200, {});
          stream.end(Buffer.from("hello"));
        },
        aborted: () => undefined,
      });
    });
    const peer = await server.connect();
    peer.send(
      openPost,
      padded(FrameType.data, 0, 1, Buffer.from("ab"), 0),
      padded(FrameType.data, 0, 1, Buffer.alloc(0), 255),
      padded(FrameType.data, Flag.endStream, 1, Buffer.from("c"), 9),
    );
    await expectAnswer(peer, 1);
    expect(body).toBe("abc");
  });
});

describe("6.2: HEADERS", () => {
  it("on stream 0 must be a connection error PROTOCOL_ERROR", () =>
    connectionError(Code.protocolError, headersFrame(0, get)));

  it("with padding that leaves no room must be a connection error PROTOCOL_ERROR", async () => {
    const lying = Buffer.concat([Buffer.from([get.byteLength + 1]), get]);
    await connectionError(Code.protocolError, frame(FrameType.headers, 0xd, 1, lying));
    const withPriority = Buffer.concat([Buffer.from([get.byteLength + 1]), Buffer.alloc(5), get]);
    await connectionError(Code.protocolError, frame(FrameType.headers, 0x2d, 1, withPriority));
  });

  it("too short for its padding's length or its priority is FRAME_SIZE_ERROR", async () => {
    await connectionError(Code.frameSizeError, frame(FrameType.headers, 0xd, 1));
    await connectionError(Code.frameSizeError, frame(FrameType.headers, 0x25, 1, Buffer.alloc(4)));
  });

  it("with padding and priority is a request", async () => {
    const peer = await server.connect();
    const block = Buffer.concat([Buffer.from([0x80, 0, 0, 0, 15]), get]);
    peer.send(padded(FrameType.headers, 0x25, 1, block, 100));
    await expectAnswer(peer, 1);
  });
});

describe("6.3: PRIORITY", () => {
  it("on stream 0 must be a connection error PROTOCOL_ERROR", () =>
    connectionError(Code.protocolError, frame(FrameType.priority, 0, 0, Buffer.alloc(5))));

  it("of a length other than 5 must be a stream error FRAME_SIZE_ERROR", async () => {
    for (const length of [0, 4, 6]) {
      const peer = await server.connect();
      peer.send(openPost, frame(FrameType.priority, 0, 1, Buffer.alloc(length)));
      await expectStreamError(peer, 1, Code.frameSizeError);
    }
  });
});

describe("6.4: RST_STREAM", () => {
  it("on stream 0 must be a connection error PROTOCOL_ERROR", () =>
    connectionError(Code.protocolError, frame(FrameType.rstStream, 0, 0, Buffer.alloc(4))));

  it("of a length other than 4 must be a connection error FRAME_SIZE_ERROR", async () => {
    for (const length of [3, 5]) {
      const short = frame(FrameType.rstStream, 0, 1, Buffer.alloc(length));
      await connectionError(Code.frameSizeError, openPost, short);
    }
  });

  it("with an error code that nobody knows is one like any other", async () => {
    const peer = await server.connect();
    peer.send(openPost, frame(FrameType.rstStream, 0, 1, Buffer.alloc(4, 0xff)));
    await expectAlive(peer, 3);
  });
});

describe("6.5: SETTINGS", () => {
  it("that acknowledge and have a payload must be a connection error FRAME_SIZE_ERROR", () =>
    connectionError(Code.frameSizeError, frame(FrameType.settings, Flag.ack, 0, Buffer.alloc(6))));

  it("on a stream must be a connection error PROTOCOL_ERROR", () =>
    connectionError(Code.protocolError, frame(FrameType.settings, 0, 1, Buffer.alloc(6))));

  it("of a length that is no multiple of 6 must be a connection error FRAME_SIZE_ERROR", async () => {
    for (const length of [1, 5, 7]) {
      await connectionError(
        Code.frameSizeError,
        frame(FrameType.settings, 0, 0, Buffer.alloc(length)),
      );
    }
  });
});

describe("6.5.2: defined settings", () => {
  it.each([
    ["ENABLE_PUSH other than 0 or 1", Setting.enablePush, 2, Code.protocolError],
    ["INITIAL_WINDOW_SIZE past 2^31-1", Setting.initialWindowSize, 2 ** 31, Code.flowControlError],
    ["MAX_FRAME_SIZE below 2^14", Setting.maxFrameSize, 16_383, Code.protocolError],
    ["MAX_FRAME_SIZE past 2^24-1", Setting.maxFrameSize, 2 ** 24, Code.protocolError],
  ])("%s must be a connection error", (_name, setting, value, code) =>
    connectionError(code, settingsFrame({ [setting]: value })),
  );

  it("at their bounds are taken", async () => {
    const { enablePush, initialWindowSize, maxFrameSize, maxConcurrentStreams } = Setting;
    const peer = await server.connect({
      settings: { [enablePush]: 1, [initialWindowSize]: 2 ** 31 - 1, [maxFrameSize]: 16_384 },
    });
    peer.send(
      settingsFrame({ [enablePush]: 0, [maxFrameSize]: 2 ** 24 - 1, [maxConcurrentStreams]: 0 }),
    );
    await expectAlive(peer, 1);
  });

  it("HEADER_TABLE_SIZE that shrinks is answered by a table size update in the next block (RFC 7541 section 4.2)", async () => {
    const peer = await server.connect({ settings: { [Setting.headerTableSize]: 4_096 } });
    await expectAlive(peer, 1);
    // The last value alone would hide that it was smaller in between.
    const twice = Buffer.from([0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0x10, 0]);
    peer.send(frame(FrameType.settings, 0, 0, twice));
    await expectAlive(peer, 3);
    await expectAlive(peer, 5);
    const first = (id: number) => peer.framesOf(FrameType.headers, id)[0]?.payload[0];
    expect([first(1), first(3), first(5)]).toEqual([0x88, 0x20, 0x88]);
  });
});

describe("6.5.3: settings synchronization", () => {
  it("an endpoint must immediately acknowledge SETTINGS, each one", async () => {
    const peer = await server.connect();
    peer.send(settingsFrame({ [Setting.initialWindowSize]: 100 }), settingsFrame());
    const acks = () =>
      peer.framesOf(FrameType.settings).filter(({ flags }) => flags === Flag.ack).length;
    await peer.until(() => acks() === 3);
    await peer.roundTrip();
    expect(acks()).toBe(3);
  });

  it("values must be processed in the order in which they appear", async () => {
    const peer = await server.connect();
    const twice = Buffer.alloc(12);
    for (const [at, window] of [100, 1].entries()) {
      twice.writeUInt16BE(Setting.initialWindowSize, at * 6);
      twice.writeUInt32BE(window, at * 6 + 2);
    }
    peer.send(frame(FrameType.settings, 0, 0, twice), headersFrame(1, get));
    await peer.until(() => peer.dataOf(1).length > 0);
    await peer.roundTrip();
    expect(peer.dataOf(1)).toBe("h");
  });
});

describe("6.6: PUSH_PROMISE", () => {
  it("of a client must be a connection error PROTOCOL_ERROR", () =>
    connectionError(
      Code.protocolError,
      openPost,
      frame(FrameType.pushPromise, Flag.endHeaders, 1, Buffer.concat([Buffer.of(0, 0, 0, 2), get])),
    ));
});

describe("6.7: PING", () => {
  it("must be answered with an ACK of the identical payload", async () => {
    const peer = await server.connect();
    peer.send(pingFrame(Buffer.from("h2spec!!")));
    await peer.until(() => peer.framesOf(FrameType.ping).length > 0);
    expect(peer.framesOf(FrameType.ping)).toEqual([
      { type: FrameType.ping, flags: Flag.ack, streamId: 0, payload: Buffer.from("h2spec!!") },
    ]);
  });

  it("on a stream must be a connection error PROTOCOL_ERROR", () =>
    connectionError(Code.protocolError, frame(FrameType.ping, 0, 1, Buffer.alloc(8))));

  it("of a length other than 8 must be a connection error FRAME_SIZE_ERROR", async () => {
    for (const length of [0, 7, 9]) {
      await connectionError(Code.frameSizeError, frame(FrameType.ping, 0, 0, Buffer.alloc(length)));
    }
  });

  it("of the server is acknowledged in any order, and an ACK is not answered", async () => {
    const peer = await server.connect({ acknowledge: false });
    await expectAlive(peer, 1);
    const [session] = server.sessions;
    const answered: string[] = [];
    session!.ping((isAcknowledged) => answered.push(`first ${isAcknowledged}`));
    session!.ping((isAcknowledged) => answered.push(`second ${isAcknowledged}`));
    await peer.until(() => peer.framesOf(FrameType.ping).length === 2);
    const [one, other] = peer.framesOf(FrameType.ping).map(({ payload }) => payload);
    peer.send(pingFrame(other, true));
    peer.send(pingFrame(one, true));
    await expectAlive(peer, 3);
    expect(answered).toEqual(["second true", "first true"]);
    expect(peer.framesOf(FrameType.ping)).toHaveLength(2);
  });
});

describe("6.10: CONTINUATION", () => {
  const piece = (from: number, to: number, flags = 0) =>
    frame(FrameType.continuation, flags, 1, get.subarray(from, to));
  const begin = headersFrame(1, get.subarray(0, 3), { endHeaders: false });

  it("frames of any number and size are one block", async () => {
    const peer = await server.connect();
    peer.send(begin, piece(3, 10), piece(10, 10), piece(10, 11), piece(11, 200, Flag.endHeaders));
    await expectAnswer(peer, 1);
  });

  it("may come long after what they continue", async () => {
    const peer = await server.connect();
    peer.send(begin);
    await new Promise((resolve) => setImmediate(resolve));
    peer.send(piece(3, 200, Flag.endHeaders));
    await expectAnswer(peer, 1);
  });

  it("on stream 0 must be a connection error PROTOCOL_ERROR", () =>
    connectionError(Code.protocolError, begin, frame(FrameType.continuation, 4, 0, get)));

  it.each([
    ["HEADERS that end the block", headersFrame(1, get)],
    ["a CONTINUATION that ends the block", Buffer.concat([begin, piece(3, 200, Flag.endHeaders)])],
    ["DATA", Buffer.concat([openPost, dataFrame(1, Buffer.from("x"))])],
  ])("after %s must be a connection error PROTOCOL_ERROR", (_name, before) =>
    connectionError(Code.protocolError, before, piece(0, 3, Flag.endHeaders)),
  );

  it("without end is cut off", async () => {
    const peer = await server.connect();
    peer.send(begin, ...Array.from({ length: 17 }, () => piece(3, 3)));
    await expectConnectionError(peer, Code.enhanceYourCalm, Code.protocolError);
    expect(server.limitsMet).toEqual(["frame-flood"]);
  });
});
