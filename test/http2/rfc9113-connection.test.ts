// Conformance to RFC 9113: starting HTTP/2 (3.4), frames (4.1 to 4.3), errors (5.4), extensions (5.5).

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  Flag,
  FrameType,
  Setting,
  dataFrame,
  frame,
  goawayFrame,
  headerBlock,
  headersFrame,
  pingFrame,
  preface,
  priorityFrame,
  settingsAck,
  settingsFrame,
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
  server = await startEngine(serveAll);
});

afterEach(() => server.stop());

describe("3.4: the connection preface", () => {
  it("the server's consists of a SETTINGS frame that is the first frame it sends", async () => {
    const peer = await server.stranger({ acknowledge: false });
    await peer.until(() => peer.frames.length > 0);
    expect(peer.frames[0]).toMatchObject({ type: FrameType.settings, flags: 0, streamId: 0 });
  });

  it("the client may send frames right after its preface, without waiting for the server's", async () => {
    const peer = await server.stranger();
    peer.send(preface, settingsFrame({ [Setting.headerTableSize]: 0 }), headersFrame(1, get));
    await expectAnswer(peer, 1);
  });

  it.each([
    ["HTTP/1.1", "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n"],
    ["a wrong last line", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\r"],
    ["nonsense", "INVALID CONNECTION PREFACE\r\n\r\n"],
  ])("an invalid preface ends the connection: %s", async (_name, text) => {
    const peer = await server.stranger();
    peer.send(Buffer.from(text));
    await peer.whenClosed();
    expect([Code.protocolError, undefined]).toContain(peer.goawayCode);
  });

  it.each([
    ["HEADERS", headersFrame(1, get)],
    ["PING", pingFrame()],
    ["an acknowledgement of SETTINGS", settingsAck],
  ])("the client's preface must be followed by SETTINGS: not by %s", async (_name, bytes) => {
    const peer = await server.stranger();
    peer.send(preface, bytes);
    await expectConnectionError(peer, Code.protocolError);
  });

  it("SETTINGS in the preface may be empty", async () => {
    const peer = await server.stranger();
    peer.send(preface, settingsFrame());
    await expectAlive(peer, 1);
  });
});

describe("4.1: frame format", () => {
  it("frames of unknown types must be ignored and discarded", async () => {
    const peer = await server.connect();
    peer.send(
      frame(0x16, 0, 0, Buffer.alloc(8)),
      frame(0xff, 0xff, 1, Buffer.alloc(0)),
      frame(0x16, 0, 7, Buffer.alloc(100)),
    );
    await peer.roundTrip();
    await expectAlive(peer, 1);
  });

  it("flags that have no meaning for a frame's type must be ignored", async () => {
    const peer = await server.connect();
    peer.send(frame(FrameType.ping, 0x16, 0, Buffer.alloc(8)));
    await peer.until(() => peer.framesOf(FrameType.ping).length > 0);
    expect(peer.framesOf(FrameType.ping)[0]?.flags).toBe(Flag.ack);
    peer.send(frame(FrameType.settings, 0xf0, 0), frame(FrameType.headers, 0xc5, 1, get));
    await expectAnswer(peer, 1);
  });

  it("the reserved bit must be ignored", async () => {
    const peer = await server.connect();
    const head = pingFrame();
    head[5] = 0x80;
    peer.send(head);
    await peer.until(() => peer.framesOf(FrameType.ping).length > 0);
    const headers = headersFrame(1, get);
    headers[5] = 0x80;
    peer.send(headers);
    await expectAnswer(peer, 1);
  });
});

describe("4.2: frame size", () => {
  it("all implementations must be able to take frames of 2^14 bytes", async () => {
    const peer = await server.connect();
    peer.send(
      headersFrame(1, post, { endStream: false }),
      dataFrame(1, Buffer.alloc(16_384), { endStream: true }),
    );
    await expectAnswer(peer, 1);
  });

  it.each([
    ["DATA", FrameType.data],
    ["HEADERS", FrameType.headers],
    ["SETTINGS", FrameType.settings],
    ["an unknown type", 0x99],
  ])("a larger frame is FRAME_SIZE_ERROR: %s", async (_name, type) => {
    const peer = await server.connect();
    peer.send(headersFrame(1, post, { endStream: false }));
    peer.send(frame(type, 0, type === FrameType.settings ? 0 : 1, Buffer.alloc(16_386)));
    await expectConnectionError(peer, Code.frameSizeError);
  });

  it("a larger frame is refused by its head, before its payload", async () => {
    const peer = await server.connect();
    peer.send(frame(FrameType.headers, 0, 1, Buffer.alloc(0), 2 ** 24 - 1));
    await expectConnectionError(peer, Code.frameSizeError);
  });
});

describe("4.3: field section compression", () => {
  it.each([
    ["an index that does not exist", Buffer.from([0xff, 0xff, 0x00])],
    ["a literal that is cut off", Buffer.from([0x40, 0x01])],
    [
      "a table size update after a field (RFC 7541 section 4.2)",
      Buffer.concat([get, Buffer.of(0x20)]),
    ],
    ["index 0 (RFC 7541 section 6.1)", Buffer.concat([get, Buffer.of(0x80)])],
    [
      "a table past the announced size (RFC 7541 section 6.3)",
      Buffer.concat([Buffer.of(0x3f, 0xe2, 0x1f), get]),
    ],
    [
      "a Huffman string with EOS (RFC 7541 section 5.2)",
      Buffer.concat([get, Buffer.of(0x00, 0x84, 0xff, 0xff, 0xff, 0xff, 0x01, 0x61)]),
    ],
    [
      "Huffman padding of more than seven bits (RFC 7541 section 5.2)",
      Buffer.concat([get, Buffer.of(0x00, 0x82, 0x1f, 0xff, 0x01, 0x61)]),
    ],
    [
      "Huffman padding of zeros (RFC 7541 section 5.2)",
      Buffer.concat([get, Buffer.of(0x00, 0x81, 0x18, 0x01, 0x61)]),
    ],
  ])("a decoding error must be a connection error COMPRESSION_ERROR: %s", async (_name, block) => {
    const peer = await server.connect();
    peer.send(headersFrame(1, block));
    await expectConnectionError(peer, Code.compressionError);
  });

  it("a decoding error in trailers is one as well", async () => {
    const peer = await server.connect();
    peer.send(headersFrame(1, post, { endStream: false }), headersFrame(1, Buffer.of(0x80)));
    await expectConnectionError(peer, Code.compressionError);
  });

  it("a block of a request that is refused still counts for the table", async () => {
    const peer = await server.connect();
    // The first block is malformed, and leaves `x-kept: 1` in the table, to which the second one refers.
    const kept = Buffer.concat([Buffer.of(0x40), headerBlock([["x-kept", "1"]]).subarray(1)]);
    peer.send(headersFrame(1, kept), headersFrame(3, Buffer.concat([get, Buffer.of(0xbe)])));
    await expectStreamError(peer, 1, Code.protocolError);
    await expectAnswer(peer, 3);
    expect(server.streams[0]?.header("x-kept")).toBe("1");
  });

  it.each([
    ["a frame of another type", () => priorityFrame(3)],
    ["a frame of an unknown type", () => frame(0x99, 0, 1)],
    ["a frame of another stream", () => headersFrame(3, get)],
    [
      "a CONTINUATION of another stream",
      () => frame(FrameType.continuation, Flag.endHeaders, 3, get),
    ],
    ["SETTINGS", () => settingsFrame()],
    ["HEADERS again", () => headersFrame(1, get)],
  ])("a field block must be contiguous: not interleaved with %s", async (_name, between) => {
    const peer = await server.connect();
    peer.send(headersFrame(1, get.subarray(0, 5), { endHeaders: false }), between());
    await expectConnectionError(peer, Code.protocolError);
  });
});

describe("5.4.1: connection error handling", () => {
  it("an endpoint should first send a GOAWAY with the last stream that it took, and must close the connection", async () => {
    const peer = await server.connect();
    await expectAlive(peer, 1);
    await expectAlive(peer, 5);
    peer.send(dataFrame(0, Buffer.from("x")));
    await expectConnectionError(peer, Code.protocolError);
    expect(peer.framesOf(FrameType.goaway).at(-1)?.payload.readUInt32BE(0)).toBe(5);
  });

  it("what follows the breach in the same bytes is not looked at", async () => {
    const peer = await server.connect();
    peer.send(pingFrame(Buffer.alloc(7)), headersFrame(1, get));
    await peer.whenClosed();
    expect(server.streams).toEqual([]);
    expect(peer.framesOf(FrameType.goaway)).toHaveLength(1);
  });
});

describe("5.4.2: stream error handling", () => {
  it("the connection goes on, and frames that were on their way are taken", async () => {
    const peer = await server.connect();
    peer.send(headersFrame(1, headerBlock([["X", "y"]]), { endStream: false }));
    await expectStreamError(peer, 1, Code.protocolError);
    peer.send(
      dataFrame(1, Buffer.from("late")),
      windowUpdateFrame(1, 100),
      headersFrame(1, headerBlock([["x", "y"]])),
      frame(FrameType.rstStream, 0, 1, Buffer.alloc(4)),
    );
    await expectAlive(peer, 3);
    expect(peer.framesOf(FrameType.rstStream, 1)).toHaveLength(1);
  });

  it("an RST_STREAM must not be answered with an RST_STREAM", async () => {
    const peer = await server.connect();
    peer.send(
      headersFrame(1, post, { endStream: false }),
      frame(FrameType.rstStream, 0, 1, Buffer.from([0, 0, 0, 8])),
    );
    await peer.roundTrip();
    expect(peer.framesOf(FrameType.rstStream)).toEqual([]);
  });
});

describe("5.5: extending HTTP/2", () => {
  it("unknown settings must be ignored", async () => {
    const peer = await server.connect({ settings: { 0xff: 1, 0x8: 1, 0x9: 1 } });
    await expectAlive(peer, 1);
  });

  it("an extension frame in the middle of a field block must be a connection error PROTOCOL_ERROR", async () => {
    const peer = await server.connect();
    peer.send(headersFrame(1, get, { endHeaders: false }), frame(0x16, 0, 0, Buffer.alloc(8)));
    await expectConnectionError(peer, Code.protocolError);
  });
});

describe("6.8: GOAWAY", () => {
  it("on a stream must be a connection error PROTOCOL_ERROR", async () => {
    const peer = await server.connect();
    peer.send(frame(FrameType.goaway, 0, 1, Buffer.alloc(8)));
    await expectConnectionError(peer, Code.protocolError);
  });

  it("that is too short is FRAME_SIZE_ERROR", async () => {
    const peer = await server.connect();
    peer.send(frame(FrameType.goaway, 0, 0, Buffer.alloc(7)));
    await expectConnectionError(peer, Code.frameSizeError);
  });

  it("of the client lets the streams that are open end, then the connection is closed", async () => {
    const peer = await server.connect();
    peer.send(headersFrame(1, post, { endStream: false }), goawayFrame());
    await peer.roundTrip();
    peer.send(dataFrame(1, Buffer.from("x"), { endStream: true }));
    await expectAnswer(peer, 1);
    await peer.whenClosed();
  });

  it("of the client may have debug data", async () => {
    const peer = await server.connect();
    peer.send(frame(FrameType.goaway, 0, 0, Buffer.concat([Buffer.alloc(8), Buffer.from("bye")])));
    await peer.whenClosed();
    expect([undefined, Code.noError]).toContain(peer.goawayCode);
  });

  it("of the server names the last stream that it takes; open ones go on, later ones are dropped", async () => {
    const peer = await server.connect();
    peer.send(headersFrame(1, post, { endStream: false }));
    await peer.roundTrip();
    server.sessions[0]!.close();
    await peer.until(() => peer.goawayCode === Code.noError);
    expect(peer.framesOf(FrameType.goaway)[0]?.payload.readUInt32BE(0)).toBe(1);
    peer.send(
      headersFrame(3, post, { endStream: false }),
      dataFrame(3, Buffer.from("x")),
      windowUpdateFrame(3, 1),
      dataFrame(3, Buffer.from("x"), { endStream: true }),
      dataFrame(1, Buffer.from("x"), { endStream: true }),
    );
    await expectAnswer(peer, 1);
    await peer.whenClosed();
    expect(server.streams).toHaveLength(1);
    expect(peer.goawayCode).toBe(Code.noError);
  });
});
