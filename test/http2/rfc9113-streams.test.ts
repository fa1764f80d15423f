// Conformance to RFC 9113: stream states (5.1), identifiers (5.1.1), concurrency (5.1.2), priority (5.3).

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  FrameType,
  Setting,
  dataFrame,
  frame,
  headersFrame,
  priorityFrame,
  rstStreamFrame,
  windowUpdateFrame,
} from "../harness/raw-http2.js";
import {
  Code,
  expectAlive,
  expectAnswer,
  expectConnectionError,
  expectStreamError,
  get,
  post,
  serveAll,
} from "./conformance.js";
import { type EngineServer, startEngine } from "./engine-server.js";

let server: EngineServer;

beforeEach(async () => {
  server = await startEngine(serveAll, { maxConcurrentStreams: 3 });
});

afterEach(() => server.stop());

describe("5.1: idle", () => {
  it.each([
    ["DATA", dataFrame(1, Buffer.from("x"))],
    ["RST_STREAM", rstStreamFrame(1)],
    ["WINDOW_UPDATE", windowUpdateFrame(1, 100)],
    ["CONTINUATION", frame(FrameType.continuation, 4, 1, get)],
    ["WINDOW_UPDATE on a stream of the server's", windowUpdateFrame(2, 100)],
    ["RST_STREAM on a stream of the server's", rstStreamFrame(2)],
  ])(
    "any frame other than HEADERS or PRIORITY must be a connection error PROTOCOL_ERROR: %s",
    async (_name, bytes) => {
      const peer = await server.connect();
      peer.send(bytes);
      await expectConnectionError(peer, Code.protocolError);
    },
  );
});

describe("5.1: half-closed (remote)", () => {
  const halfClosed = async () => {
    const peer = await server.connect({ settings: { [Setting.initialWindowSize]: 0 } });
    peer.send(headersFrame(1, get));
    await peer.until(() => peer.statusOf(1) === 200);
    return peer;
  };

  it.each([
    ["DATA", dataFrame(1, Buffer.from("x"))],
    ["HEADERS", headersFrame(1, get)],
  ])(
    "any frame but WINDOW_UPDATE, PRIORITY and RST_STREAM must be a stream error STREAM_CLOSED: %s",
    async (_name, bytes) => {
      const peer = await halfClosed();
      peer.send(bytes);
      await expectStreamError(peer, 1, Code.streamClosed);
    },
  );

  it("WINDOW_UPDATE and PRIORITY are taken", async () => {
    const peer = await halfClosed();
    peer.send(priorityFrame(1), windowUpdateFrame(1, 100));
    await expectAnswer(peer, 1);
  });

  it("RST_STREAM closes the stream", async () => {
    const peer = await halfClosed();
    peer.send(rstStreamFrame(1));
    await peer.roundTrip();
    expect(server.sessions[0]!.openStreams).toBe(0);
  });
});

describe("5.1: closed", () => {
  it.each([
    ["DATA", dataFrame(1, Buffer.from("x"))],
    ["HEADERS", headersFrame(1, get)],
  ])("by RST_STREAM of the client: %s must be STREAM_CLOSED", async (_name, bytes) => {
    const peer = await server.connect();
    peer.send(headersFrame(1, post, { endStream: false }), rstStreamFrame(1), bytes);
    await expectStreamError(peer, 1, Code.streamClosed);
  });

  it.each([
    ["DATA", dataFrame(1, Buffer.from("x"))],
    ["HEADERS", headersFrame(1, get)],
  ])(
    "by END_STREAM of both sides: %s must be a connection error STREAM_CLOSED",
    async (_name, bytes) => {
      const peer = await server.connect();
      await expectAlive(peer, 1);
      peer.send(bytes);
      await expectConnectionError(peer, Code.streamClosed);
    },
  );

  it("WINDOW_UPDATE, RST_STREAM and PRIORITY may still come, and are ignored", async () => {
    const peer = await server.connect();
    await expectAlive(peer, 1);
    peer.send(windowUpdateFrame(1, 10), rstStreamFrame(1), priorityFrame(1));
    await expectAlive(peer, 3);
  });

  it("frames that come after the server's RST_STREAM must be ignored for a time, and count for the connection's window", async () => {
    const peer = await server.connect();
    peer.send(headersFrame(1, post, { endStream: false }));
    await peer.roundTrip();
    server.streams[0]!.reset(Code.cancel);
    await peer.until(() => peer.resetCodeOf(1) === Code.cancel);
    for (let index = 0; index < 3; index++) peer.send(dataFrame(1, Buffer.alloc(16_000)));
    await peer.roundTrip();
    const credit = peer.framesOf(FrameType.windowUpdate, 0);
    expect(credit.reduce((sum, { payload }) => sum + payload.readUInt32BE(0), 0)).toBe(48_000);
    await expectAlive(peer, 3);
  });
});

describe("5.1.1: stream identifiers", () => {
  it.each([0, 2])("a client must use odd ones: HEADERS on stream %i", async (id) => {
    const peer = await server.connect();
    peer.send(headersFrame(id, get));
    await expectConnectionError(peer, Code.protocolError);
  });

  it("must be greater than all that were opened before", async () => {
    const peer = await server.connect();
    await expectAlive(peer, 5);
    // To open stream 5 closed stream 3, so that both errors are right.
    peer.send(headersFrame(3, get));
    await expectConnectionError(peer, Code.protocolError, Code.streamClosed);
    expect(server.streams).toHaveLength(1);
  });

  it("the first use of one closes all lower ones that are idle", async () => {
    const peer = await server.connect();
    await expectAlive(peer, 5);
    peer.send(dataFrame(3, Buffer.from("x")));
    await expectConnectionError(peer, Code.streamClosed, Code.protocolError);
  });

  it("go up to 2^31-1", async () => {
    const peer = await server.connect();
    await expectAlive(peer, 2 ** 31 - 1);
  });
});

describe("5.1.2: stream concurrency", () => {
  it("past the announced number must be a stream error PROTOCOL_ERROR or REFUSED_STREAM; the others go on", async () => {
    const peer = await server.connect();
    const [settings] = peer.framesOf(FrameType.settings);
    expect(settings!.payload.indexOf(Buffer.from([0, 3, 0, 0, 0, 3])) % 6).toBe(0);
    for (const id of [1, 3, 5, 7]) peer.send(headersFrame(id, post, { endStream: false }));
    await expectStreamError(peer, 7, Code.protocolError, Code.refusedStream);
    for (const id of [1, 3, 5]) peer.send(dataFrame(id, Buffer.from("x"), { endStream: true }));
    for (const id of [1, 3, 5]) await expectAnswer(peer, id);
    await expectAlive(peer, 9);
  });

  it("a stream counts until both sides have ended it", async () => {
    const peer = await server.connect();
    for (const id of [1, 3, 5]) peer.send(headersFrame(id, post, { endStream: false }));
    await peer.roundTrip();
    peer.send(rstStreamFrame(1), dataFrame(3, Buffer.from("x"), { endStream: true }));
    await expectAnswer(peer, 3);
    peer.send(headersFrame(7, get), headersFrame(9, get));
    await expectAnswer(peer, 7);
    await expectAnswer(peer, 9);
  });
});

describe("5.3: priority, which is deprecated", () => {
  it("PRIORITY may come in every state, before the stream is open and after it is closed", async () => {
    const peer = await server.connect();
    peer.send(priorityFrame(1, 3), priorityFrame(7, 1, 255));
    await expectAlive(peer, 1);
    peer.send(priorityFrame(1), priorityFrame(3, 0x80_00_00_01));
    await expectAlive(peer, 3);
  });

  it("a stream that depends on itself may be PROTOCOL_ERROR, in PRIORITY and in HEADERS", async () => {
    for (const bytes of [priorityFrame(1, 1), selfDependent]) {
      const peer = await server.connect();
      peer.send(bytes);
      await expectStreamError(peer, 1, Code.protocolError);
    }
  });
});

const selfDependent = frame(
  FrameType.headers,
  0x25,
  1,
  Buffer.concat([Buffer.from([0, 0, 0, 1, 15]), get]),
);
