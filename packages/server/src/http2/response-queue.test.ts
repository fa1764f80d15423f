// What waits of an answer: its order, its window, its end, and who is told when.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Flag, frameHeadBytes } from "./frames/index.js";
import { ResponseQueue } from "./response-queue.js";

/** Takes one frame. @returns its payload and flags, and who was to be told */
function take(queue: ResponseQueue, allowance = 16_384) {
  const batch: Buffer[] = [];
  const flushed: (() => void)[] = [];
  const sent = queue.takeFrame(allowance, batch, flushed);
  if (sent < 0) {
    expect(batch).toEqual([]);
    return undefined;
  }
  const frame = Buffer.concat(batch);
  expect(frame.readUIntBE(0, 3)).toBe(sent);
  expect(frame.byteLength).toBe(frameHeadBytes + sent);
  expect(frame.readUInt32BE(5)).toBe(5);
  return {
    payload: frame.subarray(frameHeadBytes).toString("latin1"),
    isLast: frame[4] === Flag.endStream,
    tell: () => flushed.forEach((each) => each()),
    told: flushed.length,
  };
}

const bytes = (text: string) => Buffer.from(text, "latin1");

describe("the queue of an answer", () => {
  it("has nothing to send before anything is written, and END_STREAM alone where nothing ever is", () => {
    const queue = new ResponseQueue(5, 0);
    expect(queue.isSendable).toBe(false);
    expect(take(queue)).toBeUndefined();
    queue.end();
    expect(queue.isSendable).toBe(true);
    expect(take(queue)).toMatchObject({ payload: "", isLast: true });
    expect(queue.isSendable).toBe(false);
    expect(take(queue)).toBeUndefined();
  });

  it("sends several writes in one frame, and one write in several", () => {
    const queue = new ResponseQueue(5);
    for (const text of ["ab", "cd", "efghij"]) queue.push(bytes(text), undefined);
    queue.end();
    expect(take(queue, 5)).toMatchObject({ payload: "abcde", isLast: false });
    expect(take(queue, 1)).toMatchObject({ payload: "f", isLast: false });
    expect(take(queue, 4)).toMatchObject({ payload: "ghij", isLast: true });
  });

  it("sends as much as the window lets through, and nothing while it is used up or below zero", () => {
    const queue = new ResponseQueue(5, 3);
    queue.push(bytes("abcdef"), undefined);
    queue.end();
    expect(take(queue)?.payload).toBe("abc");
    expect(queue.isSendable).toBe(false);
    expect(take(queue)).toBeUndefined();
    expect(queue.widen(-2)).toBe(true);
    expect(queue.widen(2)).toBe(true);
    expect(take(queue)).toBeUndefined();
    expect(queue.widen(3)).toBe(true);
    expect(take(queue)).toMatchObject({ payload: "def", isLast: true });
  });

  it("ends without a window where nothing is left but the end", () => {
    const queue = new ResponseQueue(5, 3);
    queue.push(bytes("abc"), undefined);
    expect(take(queue)?.isLast).toBe(false);
    queue.end();
    expect(queue.isSendable).toBe(true);
    expect(take(queue, 0)).toMatchObject({ payload: "", isLast: true });
  });

  it("knows a window past 2^31-1", () => {
    const queue = new ResponseQueue(5, 0);
    expect(queue.widen(2 ** 31 - 1)).toBe(true);
    expect(queue.widen(1)).toBe(false);
  });

  it("tells of a write with the frame that has its last byte, of an empty one with what precedes it", () => {
    const queue = new ResponseQueue(5);
    const told: string[] = [];
    queue.push(bytes("abc"), () => told.push("abc"));
    queue.push(bytes(""), () => told.push("empty"));
    queue.push(bytes("d"), () => told.push("d"));
    expect(take(queue, 2)?.told).toBe(0);
    take(queue, 1)?.tell();
    expect(told).toEqual(["abc", "empty"]);
    take(queue)?.tell();
    expect(told).toEqual(["abc", "empty", "d"]);
  });

  it("tells of an empty write that waits for nothing in a moment", async () => {
    const queue = new ResponseQueue(5);
    let told = 0;
    queue.push(bytes(""), () => told++);
    expect(told).toBe(0);
    await Promise.resolve();
    expect(told).toBe(1);
    expect(take(queue)).toBeUndefined();
  });

  it("that was cleared sends nothing, not even its end", () => {
    const queue = new ResponseQueue(5);
    queue.push(bytes("abc"), () => expect.unreachable());
    take(queue, 1);
    queue.end();
    queue.clear();
    expect(queue.isSendable).toBe(false);
    expect(take(queue)).toBeUndefined();
  });

  it("sends every byte once, in order, within window and allowance, and tells of each write once (property)", async () => {
    const step = fc.oneof(
      fc.record({ write: fc.integer({ min: 0, max: 300 }) }),
      fc.record({ widen: fc.integer({ min: 0, max: 400 }) }),
      fc.record({ take: fc.integer({ min: 0, max: 500 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step), fc.integer({ min: 0, max: 300 }), async (steps, initial) => {
        const queue = new ResponseQueue(5, initial);
        let window = initial;
        let written = "";
        let sent = "";
        let writes = 0;
        const told: number[] = [];
        const takeOne = (allowance: number): boolean => {
          const frame = take(queue, allowance);
          if (frame === undefined) return false;
          expect(frame.payload.length).toBeLessThanOrEqual(Math.min(window, allowance));
          window -= frame.payload.length;
          sent += frame.payload;
          frame.tell();
          return frame.isLast;
        };
        for (const each of steps) {
          if ("write" in each) {
            const number = writes++;
            const text = String.fromCharCode(65 + (number % 26)).repeat(each.write);
            written += text;
            queue.push(bytes(text), () => told.push(number));
          } else if ("widen" in each) {
            window += each.widen;
            queue.widen(each.widen);
          } else takeOne(each.take);
        }
        queue.end();
        queue.widen(written.length);
        window += written.length;
        for (let frame = 0; !takeOne(100); frame++) expect(frame).toBeLessThan(10_000);
        expect(sent).toBe(written);
        await Promise.resolve();
        expect(told.toSorted((one, other) => one - other)).toEqual(
          Array.from({ length: writes }, (_, number) => number),
        );
      }),
    );
  });
});
