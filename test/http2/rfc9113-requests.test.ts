// Conformance to RFC 9113 section 8: how requests and responses are framed, and what makes them malformed.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  Flag,
  FrameType,
  dataFrame,
  frame,
  headerBlock,
  headersFrame,
  requestBlock,
} from "../harness/raw-http2.js";
import {
  Code,
  expectAlive,
  expectAnswer,
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

const plain = [
  [":method", "GET"],
  [":scheme", "https"],
  [":authority", "localhost"],
  [":path", "/"],
] as const;

/** The fields are malformed: the stream alone is ended, and nobody hears of the request. */
async function malformed(fields: readonly (readonly [string, string])[]): Promise<void> {
  const peer = await server.connect();
  peer.send(headersFrame(1, headerBlock(fields)));
  await expectStreamError(peer, 1, Code.protocolError);
  await expectAlive(peer, 3);
  expect(server.streams.map(({ id }) => id)).toEqual([3]);
}

describe("8.1: HTTP message framing", () => {
  it("a request with a body and trailers is answered", async () => {
    const peer = await server.connect();
    peer.send(
      headersFrame(1, post, { endStream: false }),
      dataFrame(1, Buffer.from("x")),
      headersFrame(1, headerBlock([["x-trailer", "y"]])),
    );
    await expectAnswer(peer, 1);
  });

  it("trailers may follow right after the header fields, and in several frames", async () => {
    const peer = await server.connect();
    const trailers = headerBlock([["x-trailer", "y"]]);
    peer.send(
      headersFrame(1, post, { endStream: false }),
      headersFrame(1, trailers.subarray(0, 4), { endHeaders: false }),
      frame(FrameType.continuation, Flag.endHeaders, 1, trailers.subarray(4)),
    );
    await expectAnswer(peer, 1);
  });

  it("a second HEADERS without END_STREAM is malformed", async () => {
    const peer = await server.connect();
    peer.send(
      headersFrame(1, post, { endStream: false }),
      headersFrame(1, headerBlock([["x-trailer", "y"]]), { endStream: false }),
    );
    await expectStreamError(peer, 1, Code.protocolError);
  });

  it("a server may answer before the request is complete, then ask with NO_ERROR to stop", async () => {
    await server.stop();
    server = await startEngine((stream) => stream.respond(413, {}, { end: true }));
    const peer = await server.connect();
    peer.send(headersFrame(1, post, { endStream: false }));
    await peer.until(() => peer.statusOf(1) === 413);
    peer.send(dataFrame(1, Buffer.from("more")));
    await peer.roundTrip();
    expect(peer.endedOf(1)).toBe(false);
    server.clock.advance(1_000);
    await peer.until(() => peer.resetCodeOf(1) === Code.noError);
    const [last] = peer.framesOf(FrameType.data, 1).slice(-1);
    expect(last!.flags & Flag.endStream).toBe(Flag.endStream);
    await peer.roundTrip();
    expect(server.sessions[0]!.openStreams).toBe(0);
  });
});

describe("8.1.1: malformed messages", () => {
  it.each([
    ["longer than announced", "3", ["abcd"]],
    ["longer than announced, in several frames", "3", ["ab", "cd"]],
    ["shorter than announced", "3", ["a", "b"]],
    ["none where one was announced", "3", []],
  ] as const)("a body that is %s is PROTOCOL_ERROR", async (_name, length, pieces) => {
    const peer = await server.connect();
    const block = requestBlock({ method: "POST", path: "/", extra: [["content-length", length]] });
    if (pieces.length === 0) peer.send(headersFrame(1, block));
    else peer.send(headersFrame(1, block, { endStream: false }));
    for (const [index, text] of pieces.entries()) {
      peer.send(dataFrame(1, Buffer.from(text), { endStream: index === pieces.length - 1 }));
    }
    await expectStreamError(peer, 1, Code.protocolError);
    await expectAlive(peer, 3);
  });

  it("a body that is shorter than announced is PROTOCOL_ERROR where trailers end it, too", async () => {
    const peer = await server.connect();
    const block = requestBlock({ method: "POST", path: "/", extra: [["content-length", "3"]] });
    peer.send(
      headersFrame(1, block, { endStream: false }),
      dataFrame(1, Buffer.from("ab")),
      headersFrame(1, headerBlock([["x", "y"]])),
    );
    await expectStreamError(peer, 1, Code.protocolError);
  });

  it("a body as long as announced is answered, padding and all", async () => {
    const peer = await server.connect();
    const block = requestBlock({ method: "POST", path: "/", extra: [["content-length", "3"]] });
    peer.send(
      headersFrame(1, block, { endStream: false }),
      frame(FrameType.data, Flag.padded, 1, Buffer.from([5, 97, 98, 99, 0, 0, 0, 0, 0])),
      dataFrame(1, Buffer.alloc(0), { endStream: true }),
    );
    await expectAnswer(peer, 1);
  });
});

describe("8.2.1: field validity", () => {
  it.each([
    ["a name in upper case", ["X-TEST", "ok"]],
    ["a name with a space", ["x test", "ok"]],
    ["an empty name", ["", "ok"]],
    ["a line break in a value", ["x", "a\r\nb"]],
    ["NUL in a value", ["x", "a\u0000"]],
  ] as const)("%s must be malformed", (_name, field) => malformed([...plain, field]));
});

describe("8.2.2: connection-specific header fields", () => {
  it.each([
    ["connection", "keep-alive"],
    ["keep-alive", "timeout=5"],
    ["proxy-connection", "keep-alive"],
    ["transfer-encoding", "chunked"],
    ["upgrade", "h2c"],
    ["te", "trailers, deflate"],
  ] as const)("%s: %s must be malformed", (name, value) => malformed([...plain, [name, value]]));

  it("te: trailers is allowed", async () => {
    const peer = await server.connect();
    peer.send(headersFrame(1, headerBlock([...plain, ["te", "trailers"]])));
    await expectAnswer(peer, 1);
  });
});

describe("8.3: HTTP control data", () => {
  it("an unknown pseudo-header field must be malformed", () =>
    malformed([...plain, [":test", "x"]]));
  it("a response's pseudo-header field must be malformed", () =>
    malformed([[":status", "200"], ...plain]));
  it("a pseudo-header field after a regular one must be malformed", () =>
    malformed([...plain.slice(0, 3), ["x", "y"], [":path", "/"]]));
  it("a pseudo-header field twice must be malformed", () => malformed([...plain, [":path", "/"]]));

  it.each(plain)(
    "the pseudo-header field %s in trailers must be malformed",
    async (name, value) => {
      const peer = await server.connect();
      peer.send(
        headersFrame(1, post, { endStream: false }),
        headersFrame(1, headerBlock([[name, value]])),
      );
      await expectStreamError(peer, 1, Code.protocolError);
      await expectAlive(peer, 3);
    },
  );
});

describe("8.3.1: request pseudo-header fields", () => {
  it.each([":method", ":scheme", ":path"])("a request without %s must be malformed", (name) =>
    malformed(plain.filter(([own]) => own !== name)),
  );
  it.each([":method", ":scheme", ":path"])("a request with two of %s must be malformed", (name) =>
    malformed([...plain, plain.find(([own]) => own === name)!]),
  );
  it("an empty :path must be malformed", () => malformed([...plain.slice(0, 3), [":path", ""]]));
});

describe("the bounds of a request's header list", () => {
  const size = (fields: readonly (readonly [string, string])[]) =>
    fields.reduce((sum, [name, value]) => sum + name.length + value.length + 32, 0);
  const filled = (bytes: number) =>
    headerBlock([...plain, ["x", "y".repeat(bytes - size(plain) - 33)]]);

  it("6.5.2: a list of exactly SETTINGS_MAX_HEADER_LIST_SIZE passes, one byte more is refused", async () => {
    await server.stop();
    server = await startEngine(serveAll, { maxHeaderListSize: 1_000 });
    const peer = await server.connect();
    const [settings] = peer.framesOf(FrameType.settings);
    expect(settings!.payload.indexOf(Buffer.from([0, 6, 0, 0, 0x03, 0xe8])) % 6).toBe(0);
    peer.send(headersFrame(1, filled(1_000)), headersFrame(3, filled(1_001)));
    await expectStreamError(peer, 3, Code.enhanceYourCalm);
    await expectAnswer(peer, 1);
    await expectAlive(peer, 5);
  });

  it("exactly as many fields as are allowed pass, one more is refused", async () => {
    await server.stop();
    server = await startEngine(serveAll, { maxHeaderPairs: 6 });
    const peer = await server.connect();
    const fields = (count: number) =>
      headerBlock([...plain, ...Array.from({ length: count - 4 }, () => ["x", "y"] as const)]);
    peer.send(headersFrame(1, fields(6)), headersFrame(3, fields(7)));
    await expectStreamError(peer, 3, Code.enhanceYourCalm);
    await expectAnswer(peer, 1);
  });

  it("trailers have the same bounds", async () => {
    const peer = await server.connect();
    peer.send(
      headersFrame(1, post, { endStream: false }),
      headersFrame(1, headerBlock(Array.from({ length: 101 }, () => ["x", "y"] as const))),
    );
    await expectStreamError(peer, 1, Code.protocolError, Code.enhanceYourCalm);
    peer.send(headersFrame(3, get));
    await expectAnswer(peer, 3);
  });
});
