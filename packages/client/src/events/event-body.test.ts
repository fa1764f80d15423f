// The bytes of an event: what a multipart reader makes of them, in how large pieces they go out, how often.
import * as fc from "fast-check";
import { MultipartReader, boundaryOf } from "@trefoil/protocol/multipart";
import { parseEvent } from "@trefoil/protocol/messages";
import { describe, expect, it } from "vitest";
import { EventBody } from "./event-body.js";

const envelope = {
  context: [],
  event: { header: { namespace: "Test", name: "Event", messageId: "m" }, payload: { text: "hé" } },
};

async function chunksOf(body: EventBody): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body.read()) chunks.push(chunk);
  return chunks;
}

function partsOf(body: EventBody, chunks: readonly Uint8Array[]) {
  const parts: { name: string | undefined; bytes: Buffer }[] = [];
  const reader = new MultipartReader(
    boundaryOf(body.contentType),
    {
      partBegin: (headers) =>
        parts.push({ name: headers["content-disposition"], bytes: Buffer.alloc(0) }),
      partData(bytes) {
        parts.at(-1)!.bytes = Buffer.concat([parts.at(-1)!.bytes, bytes]);
      },
      partEnd: (terminated) => expect(terminated).toBe(true),
    },
    { maxParts: 10, maxPartHeaderBytes: 1_000, maxPartBytes: () => Infinity },
  );
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return parts;
}

describe("an event's body", () => {
  it("is one piece where there is nothing but metadata", async () => {
    const body = new EventBody(envelope, []);
    const chunks = await chunksOf(body);
    expect(chunks).toHaveLength(1);
    const [metadata] = partsOf(body, chunks);
    expect(metadata?.name).toBe('form-data; name="metadata"');
    expect(parseEvent(metadata!.bytes)).toEqual(envelope);
  });

  it("carries any attachments, whole or as streams, byte by byte", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.uint8Array({ maxLength: 2_000 }), { maxLength: 4 }), { maxLength: 4 }),
        fc.integer({ min: 1, max: 500 }),
        async (attachments, frameBytes) => {
          const body = new EventBody(
            envelope,
            attachments.map((chunks, index) => ({
              name: `part "${index}"`,
              frameBytes,
              body:
                index % 2 === 0
                  ? new Uint8Array(Buffer.concat(chunks))
                  : (async function* () {
                      yield* chunks;
                    })(),
            })),
          );
          const chunks = await chunksOf(body);
          const parts = partsOf(body, chunks);
          expect(parts.slice(1).map(({ bytes }) => bytes)).toEqual(
            attachments.map((each) => Buffer.concat(each)),
          );
        },
      ),
      { numRuns: 50 },
    );
  });

  it("goes out in pieces of 320 bytes where it is recorded, of 16 KiB where it is there", async () => {
    async function* recording() {
      yield new Uint8Array(1_000);
    }
    const streamed = await chunksOf(new EventBody(envelope, [{ body: recording() }]));
    expect(streamed.slice(1, -1).map(({ length }) => length)).toEqual([320, 320, 320, 40]);
    const whole = await chunksOf(new EventBody(envelope, [{ body: new Uint8Array(20_000) }]));
    expect(whole.slice(1, -1).map(({ length }) => length)).toEqual([16_384, 3_616]);
  });

  it("can be sent again until the answer has begun", async () => {
    async function* recording() {
      yield new Uint8Array([1, 2, 3]);
    }
    const body = new EventBody(envelope, [{ body: recording() }]);
    const first = await chunksOf(body);
    expect(body.replayable).toBe(true);
    expect(await chunksOf(body)).toEqual(first);
    body.release();
    expect(body.replayable).toBe(false);
  });

  it("refuses a name that could not stand in a header", () => {
    expect(() => new EventBody(envelope, [{ name: "a\r\nb", body: new Uint8Array() }])).toThrow(
      /header/,
    );
  });
});
