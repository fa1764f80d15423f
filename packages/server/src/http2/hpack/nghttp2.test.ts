// HPACK against an encoder and a decoder that others have written: those of nghttp2, in node:http2's client.

import { once } from "node:events";
import { type ClientHttp2Session, type IncomingHttpHeaders, connect } from "node:http2";
import { type AddressInfo, type Server, type Socket, createServer } from "node:net";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  Flag,
  FrameReader,
  FrameType,
  Setting,
  frameHeadBytes,
  headersFrame,
  settingsAck,
  settingsFrame,
} from "../frames/index.js";
import { HpackDecoder } from "./decoder.js";
import { type ResponseHeaders, encodeResponse } from "./encoder.js";

type Field = readonly [name: string, value: string];

let server: Server;
let client: ClientHttp2Session;
let socket: Socket;
let requests: Field[][];
/** What the next response is. */
let answer: ResponseHeaders;

beforeEach(async () => {
  requests = [];
  answer = {};
  server = createServer((accepted) => {
    socket = accepted;
    socket.on("error", () => undefined);
    socket.write(settingsFrame([[Setting.maxConcurrentStreams, 100]]));
    const decoder = new HpackDecoder(4_096);
    let pieces: Buffer[] = [];
    const reader = new FrameReader({
      notHttp2: () => expect.unreachable(),
      frameTooLarge: () => expect.unreachable(),
      frame(type, flags, id, bytes, start, end) {
        if (type === FrameType.settings && (flags & Flag.ack) === 0) socket.write(settingsAck);
        if (type !== FrameType.headers && type !== FrameType.continuation) return true;
        const from =
          (flags & Flag.priority) !== 0 && type === FrameType.headers ? start + 5 : start;
        pieces.push(Buffer.from(bytes.subarray(from, end)));
        if ((flags & Flag.endHeaders) === 0) return true;
        const block = Buffer.concat(pieces);
        pieces = [];
        const fields: Field[] = [];
        decoder.decode(block, 0, block.byteLength, {
          field: (name, value) => void fields.push([name, value]),
        });
        requests.push(fields);
        socket.write(
          headersFrame(id, encodeResponse(frameHeadBytes, undefined, 200, answer), true),
        );
        return true;
      },
    });
    socket.on("data", (bytes: Buffer) => reader.push(bytes));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  client = connect(`http://127.0.0.1:${port}`);
  await once(client, "remoteSettings");
});

afterEach(async () => {
  client.destroy();
  socket.destroy();
  server.close();
  await once(server, "close");
});

/** Sends a request. @returns what its response came to */
async function request(headers: Record<string, string>): Promise<IncomingHttpHeaders> {
  const stream = client.request({ ":path": "/", ...headers }, { endStream: true });
  const [response] = (await once(stream, "response")) as [IncomingHttpHeaders];
  stream.close();
  return response;
}

const value = fc.string({
  unit: fc
    .oneof(fc.integer({ min: 0x21, max: 0x7e }), fc.integer({ min: 0x80, max: 0xff }))
    .map((code) => String.fromCharCode(code)),
  maxLength: 60,
});

describe("HPACK", () => {
  it("reads what nghttp2 writes, with its table, its Huffman code and resizes of the table in between (property)", async () => {
    const name = fc.constantFrom("x-a", "x-b", "user-agent", "referer", "x-long", "range", "etag");
    const requestStep = fc.dictionary(name, value, { maxKeys: 6 });
    const resizeStep = fc.constantFrom(0, 64, 256, 1_024, 4_096);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof({ weight: 6, arbitrary: requestStep }, resizeStep), { maxLength: 30 }),
        async (steps) => {
          for (const step of steps) {
            if (typeof step === "number") {
              socket.write(settingsFrame([[Setting.headerTableSize, step]]));
              await once(client, "remoteSettings");
              continue;
            }
            await request(step);
            const fields = Object.fromEntries(requests.at(-1)!);
            expect(fields).toMatchObject({ ":method": "GET", ":path": "/", ...step });
            expect(Object.keys(fields)).toHaveLength(4 + Object.keys(step).length);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it("reads every byte that may stand in a value as nghttp2 codes it", async () => {
    for (let code = 0x21; code <= 0xff; code++) {
      if (code === 0x7f) continue;
      const text = String.fromCharCode(code).repeat(9);
      await request({ "x-byte": text });
      expect(Object.fromEntries(requests.at(-1)!)["x-byte"]).toBe(text);
    }
  });

  it("writes what nghttp2 reads (property)", async () => {
    const name = fc.constantFrom("x-a", "x-b", "cache-control", "location", "vary", "x-long");
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, value, { maxKeys: 6 }), async (headers) => {
        answer = headers;
        expect(await request({})).toMatchObject({ ":status": 200, ...headers });
      }),
      { numRuns: 50 },
    );
  });

  it.each([16_000, 16_384, 16_385, 33_000, 60_000])(
    "writes a block of %i bytes and more so that nghttp2 reads it, in CONTINUATION frames where it has to",
    async (size) => {
      answer = { "x-large": "v".repeat(size), "x-last": "here" };
      expect(await request({})).toMatchObject({ "x-large": "v".repeat(size), "x-last": "here" });
    },
  );
});
