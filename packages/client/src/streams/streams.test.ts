// Streams of bytes between a producer that pushes and a consumer that pulls: nothing lost, everything bounded.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteStream, Latch, ReplayableBytes, byteArrayOf } from "./index.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (chunks: readonly Uint8Array[]) =>
  chunks.map((chunk) => new TextDecoder().decode(chunk)).join("");

async function readAll(source: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return text(chunks);
}

describe("a byte stream", () => {
  it("hands over what was pushed before and after reading began, in order", async () => {
    const stream = new ByteStream();
    stream.push(bytes("a"));
    const read = readAll(stream);
    await Promise.resolve();
    stream.push(bytes("b"));
    stream.push(bytes("c"));
    stream.end();
    expect(await read).toBe("abc");
  });

  it("hands over what came before a failure, then fails", async () => {
    const stream = new ByteStream();
    stream.push(bytes("a"));
    stream.fail(new Error("cut"));
    const got: string[] = [];
    const read = (async () => {
      for await (const chunk of stream) got.push(text([chunk]));
    })();
    await expect(read).rejects.toThrow("cut");
    expect(got).toEqual(["a"]);
  });

  it("can fail without handing over what came before", async () => {
    const stream = new ByteStream();
    stream.push(bytes("a"));
    stream.end();
    stream.fail(new Error("too much"), "dropped");
    await expect(readAll(stream)).rejects.toThrow("too much");
  });

  it("counts what waits, and tells when some is taken", async () => {
    const taken: number[] = [];
    const stream = new ByteStream({ taken: (queued) => taken.push(queued) });
    stream.push(bytes("abc"));
    stream.push(bytes("de"));
    expect(stream.queued).toBe(5);
    stream.end();
    await readAll(stream);
    expect(taken).toEqual([5, 2, 0]);
  });

  it("tells its producer when the reader leaves, and takes nothing any more", async () => {
    let cancelled = 0;
    const stream = new ByteStream({ cancelled: () => cancelled++ });
    stream.push(bytes("a"));
    for await (const _ of stream) break;
    stream.push(bytes("b"));
    expect(cancelled).toBe(1);
    expect(stream.queued).toBe(0);
    expect(stream.open).toBe(false);
  });

  it("ends a read that waits when it is cancelled", async () => {
    const stream = new ByteStream();
    const read = readAll(stream);
    await Promise.resolve();
    stream.cancel();
    expect(await read).toBe("");
  });

  it("cannot be read twice", async () => {
    const stream = new ByteStream();
    stream.end();
    await readAll(stream);
    await expect(readAll(stream)).rejects.toThrow(TypeError);
  });
});

describe("collecting", () => {
  it("stops at its limit", async () => {
    async function* source() {
      yield bytes("abc");
      yield bytes("def");
    }
    expect(text([await byteArrayOf(source(), 6)])).toBe("abcdef");
    await expect(byteArrayOf(source(), 5)).rejects.toMatchObject({ code: "payload_too_large" });
  });
});

describe("a latch", () => {
  it("lets everybody through who waits, and closes again", async () => {
    const latch = new Latch();
    let passed = 0;
    const waiters = [1, 2].map(() => latch.passed().then(() => passed++));
    latch.open();
    latch.close();
    await Promise.all(waiters);
    expect(passed).toBe(2);
    void latch.passed().then(() => passed++);
    await Promise.resolve();
    expect(passed).toBe(2);
  });
});

describe("replayable bytes", () => {
  /** A recording that yields what it is told. */
  function recording() {
    const chunks: string[] = [];
    let wake = () => {};
    let ended = false;
    let returned = false;
    const source: AsyncIterable<Uint8Array> = {
      async *[Symbol.asyncIterator]() {
        try {
          for (;;) {
            const chunk = chunks.shift();
            if (chunk !== undefined) yield bytes(chunk);
            else if (ended) return;
            else await new Promise<void>((resolve) => (wake = resolve));
          }
        } finally {
          returned = true;
        }
      },
    };
    return {
      source,
      say: (...more: string[]) => {
        chunks.push(...more);
        wake();
      },
      end: () => {
        ended = true;
        wake();
      },
      get returned() {
        return returned;
      },
    };
  }

  it("send the same bytes again, also those that came between two attempts", async () => {
    const { source, say, end } = recording();
    const replayable = new ReplayableBytes(source, 1_000);
    say("a", "b");
    const first = replayable.read();
    expect(text([(await first.next()).value as Uint8Array])).toBe("a");
    expect(text([(await first.next()).value as Uint8Array])).toBe("b");
    const waiting = first.next();
    const second = readAll(replayable.read());
    say("c");
    end();
    expect(await second).toBe("abc");
    // The first attempt was replaced: what came goes to the second one alone.
    expect((await waiting).done).toBe(true);
  });

  it("cannot be sent again past their bound", async () => {
    const { source, say, end } = recording();
    const replayable = new ReplayableBytes(source, 2);
    say("a", "b", "c");
    end();
    expect(await readAll(replayable.read())).toBe("abc");
    expect(replayable.replayable).toBe(false);
  });

  it("go on to their end after no further attempt will be made, also while they are being replayed", async () => {
    const { source, say, end } = recording();
    const replayable = new ReplayableBytes(source, 1_000);
    say("a", "b");
    const first = replayable.read();
    await first.next();
    await first.next();
    const second = replayable.read();
    expect(text([(await second.next()).value as Uint8Array])).toBe("a");
    replayable.release();
    say("c");
    end();
    const rest: Uint8Array[] = [];
    for await (const chunk of second) rest.push(chunk);
    expect(text(rest)).toBe("bc");
  });

  it("tell their source to stop when nobody reads on", async () => {
    const held = recording();
    const replayable = new ReplayableBytes(held.source, 1_000);
    held.say("a");
    await replayable.read().next();
    replayable.dispose();
    await new Promise(setImmediate);
    expect(held.returned).toBe(true);
  });

  it("are the source's bytes for any chunks and any moments of beginning anew", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ minLength: 1, maxLength: 5, unit: "grapheme-ascii" }), {
          maxLength: 20,
        }),
        fc.array(fc.nat(20), { maxLength: 4 }),
        async (chunks, restarts) => {
          async function* source() {
            for (const chunk of chunks) yield bytes(chunk);
          }
          const replayable = new ReplayableBytes(source(), 10_000);
          for (const count of restarts) {
            const attempt = replayable.read();
            for (let index = 0; index < count; index++) await attempt.next();
          }
          expect(await readAll(replayable.read())).toBe(chunks.join(""));
        },
      ),
    );
  });
});
