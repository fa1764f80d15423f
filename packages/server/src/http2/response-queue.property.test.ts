// Whatever is written, text or bytes, and however the windows cut it: the frames carry its UTF-8, and nothing but it.

import * as fc from "fast-check";
import { expect, it } from "vitest";
import { frameHeadBytes } from "./frames/index.js";
import { ResponseQueue } from "./response-queue.js";

const characters = ["a", "é", "안", "\u{1f44b}", "\ud83d", "\udc4b", "\0", "twenty bytes of text"];
const text = fc.array(fc.constantFrom(...characters), { maxLength: 30 }).map((all) => all.join(""));
const content = fc.oneof(
  text,
  // A view into the middle of its buffer.
  text.map((written) => new Uint8Array(Buffer.from(`##${written}`)).subarray(1)),
);
const step = fc.oneof(
  { weight: 4, arbitrary: content.map((written) => ({ kind: "write" as const, written })) },
  { weight: 3, arbitrary: fc.nat(70).map((bytes) => ({ kind: "take" as const, bytes })) },
  {
    weight: 2,
    arbitrary: fc
      .integer({ min: -40, max: 60 })
      .map((bytes) => ({ kind: "widen" as const, bytes })),
  },
);

it("sends what was written in its order, and tells of each write with the frame of its last byte", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      let window = 50;
      const queue = new ResponseQueue(1, window);
      let written = Buffer.alloc(0);
      let sent = Buffer.alloc(0);
      /** Where each write ends. */
      const ends: number[] = [];
      const told: number[] = [];
      for (const next of steps) {
        if (next.kind === "write") {
          const bytes = Buffer.from(next.written as string);
          const number = ends.length;
          expect(queue.push(next.written, () => told.push(number))).toBe(bytes.byteLength);
          written = Buffer.concat([written, bytes]);
          ends.push(written.byteLength);
        } else if (next.kind === "widen") {
          window += next.bytes;
          queue.widen(next.bytes);
        } else {
          const batch: Buffer[] = [];
          const flushed: (() => void)[] = [];
          const waiting = written.byteLength - sent.byteLength;
          const size = Math.min(next.bytes, Math.max(window, 0), waiting);
          expect(queue.takeFrame(next.bytes, batch, flushed)).toBe(size === 0 ? -1 : size);
          sent = Buffer.concat([sent, ...batch.map((frame) => frame.subarray(frameHeadBytes))]);
          window -= size;
          for (const tell of flushed) tell();
        }
        await Promise.resolve();
        expect(sent.equals(written.subarray(0, sent.byteLength))).toBe(true);
        expect(told).toEqual(
          ends.flatMap((end, number) => (end <= sent.byteLength ? [number] : [])),
        );
      }
    }),
    { numRuns: 300 },
  );
});
