// Speech cut into frames: nothing lost, nothing split, and an end whenever somebody says so.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Capture, type CaptureEnd } from "./capture.js";

const limits = { frameBytes: 320, maxBytes: 1_000_000 };

async function* chunksOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

/** A microphone that gives what it is told, and remembers being closed. */
class Microphone implements AsyncIterableIterator<Uint8Array> {
  closed = false;
  #give: ((result: IteratorResult<Uint8Array>) => void) | undefined;

  next(): Promise<IteratorResult<Uint8Array>> {
    return new Promise((resolve) => (this.#give = resolve));
  }

  give(value: Uint8Array): void {
    this.#give?.({ done: false, value });
  }

  return(): Promise<IteratorResult<Uint8Array>> {
    this.closed = true;
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

async function framesOf(capture: Capture): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = [];
  for await (const frame of capture) frames.push(frame);
  return frames;
}

describe("a recording", () => {
  it("holds every whole sample in order, in frames of one size, however the chunks come", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 1_000 }), { maxLength: 20 }),
        async (chunks) => {
          const ends: CaptureEnd[] = [];
          const frames = await framesOf(
            new Capture(chunksOf(chunks), limits, (end) => ends.push(end)),
          );
          const sent = Buffer.concat(frames);
          const recorded = Buffer.concat(chunks);
          expect(sent.equals(recorded.subarray(0, recorded.length & ~1))).toBe(true);
          expect(frames.slice(0, -1).every(({ length }) => length === 320)).toBe(true);
          expect(ends).toEqual(["finished"]);
        },
      ),
    );
  });

  it("ends at the longest length, and closes the microphone", async () => {
    const ends: CaptureEnd[] = [];
    let closed = false;
    async function* endless() {
      try {
        for (;;) yield new Uint8Array(100);
      } finally {
        closed = true;
      }
    }
    const capture = new Capture(endless(), { frameBytes: 320, maxBytes: 1_000 }, (end) =>
      ends.push(end),
    );
    const frames = await framesOf(capture);
    expect(frames.map(({ length }) => length)).toEqual([320, 320, 320, 40]);
    expect(ends).toEqual(["too-long"]);
    expect(closed).toBe(true);
  });

  it("ends at once when it is stopped, though the microphone gives nothing", async () => {
    const microphone = new Microphone();
    const ends: CaptureEnd[] = [];
    const capture = new Capture(microphone, limits, (end) => ends.push(end));
    const next = capture.next();
    capture.stop("stop-capture");
    expect(await next).toEqual({ done: true, value: undefined });
    expect(microphone.closed).toBe(true);
    capture.stop("stopped");
    expect(ends).toEqual(["stop-capture"]);
  });

  it.each([
    ["stopped", 100],
    ["stop-capture", 0],
  ] as const)("that was %s still gives %i bytes of what was recorded", async (end, bytes) => {
    const microphone = new Microphone();
    const capture = new Capture(microphone, limits, () => undefined);
    const next = capture.next();
    microphone.give(new Uint8Array(100));
    await new Promise((resolve) => setImmediate(resolve));
    capture.stop(end);
    expect((await next).value?.length ?? 0).toBe(bytes);
  });

  it("closes the microphone when it is let go unread", async () => {
    const microphone = new Microphone();
    const ends: CaptureEnd[] = [];
    await new Capture(microphone, limits, (end) => ends.push(end)).return();
    expect(microphone.closed).toBe(true);
    expect(ends).toEqual(["given-up"]);
  });

  it("fails with its microphone", async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(10);
      throw new Error("unplugged");
    }
    const ends: CaptureEnd[] = [];
    const capture = new Capture(broken(), limits, (end) => ends.push(end));
    await expect(capture.next()).rejects.toThrow("unplugged");
    expect(ends).toEqual(["given-up"]);
  });

  it.each([
    ["answers at once", () => ({ done: true, value: undefined })],
    [
      "throws",
      () => {
        throw new Error("no such microphone");
      },
    ],
    ["rejects", () => Promise.reject(new Error("no such microphone"))],
  ])("ends also where the source %s when it is told to stop", (_what, leave) => {
    const source = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}), return: leave }),
    } as unknown as AsyncIterable<Uint8Array>;
    const ends: string[] = [];
    const capture = new Capture(source, { frameBytes: 320, maxBytes: 640 }, (end) =>
      ends.push(end),
    );
    capture.stop("stop-capture");
    expect(ends).toEqual(["stop-capture"]);
    expect(capture.running).toBe(false);
  });
});
