// A request's body: its order, its window, and what becomes of it when nobody wants it or it is not what was announced.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultWindow } from "./frames/index.js";
import { RequestBody } from "./request-body.js";

/** A body, and what became of it. */
function body(announced?: number, ended = false) {
  const said: string[] = [];
  let credit = 0;
  const made = new RequestBody(announced, ended, (bytes) => void (credit += bytes));
  return {
    body: made,
    said,
    credit: () => credit,
    sink: {
      data: (bytes: Uint8Array) => void said.push(Buffer.from(bytes).toString("latin1")),
      end: () => void said.push("<end>"),
      aborted: () => void said.push("<aborted>"),
    },
  };
}

const bytes = (text: string) => Buffer.from(text, "latin1");

describe("a request's body", () => {
  it("that comes before anybody takes it is passed on in order, then what follows", () => {
    const { body: made, said, sink } = body();
    made.data(bytes("a"), 1);
    made.data(bytes("b"), 1);
    made.offered();
    made.receive(sink);
    made.flow();
    made.data(bytes("c"), 1);
    expect(made.end()).toBe("fine");
    expect(said.join("")).toBe("abc<end>");
  });

  it("that is empty ends at once", () => {
    const { body: made, said, sink } = body(undefined, true);
    made.receive(sink);
    made.offered();
    expect(said).toEqual(["<end>"]);
  });

  it("passes on no piece that is empty", () => {
    const { body: made, said, sink } = body();
    made.receive(sink);
    made.data(bytes(""), 20);
    made.data(bytes("a"), 1);
    made.data(bytes(""), 0);
    made.end();
    expect(said).toEqual(["a", "<end>"]);
  });

  it("passes on small pieces of large chunks as copies, which stay as they are, and others where they lie", () => {
    const pieces: Uint8Array[] = [];
    const { body: made, sink } = body();
    made.offered();
    made.receive({ ...sink, data: (piece) => void pieces.push(piece) });
    const chunk = Buffer.allocUnsafeSlow(64_000);
    for (let index = 0; index < 60_000; index += 600) {
      chunk.fill(index / 600, index, index + 600);
      made.data(chunk.subarray(index, index + 600), 600);
    }
    made.data(chunk.subarray(0, 2_000), 2_000);
    expect(pieces.at(-1)!.buffer).toBe(chunk.buffer);
    chunk.fill(0xff);
    for (const [index, piece] of pieces.slice(0, -1).entries()) {
      expect(Buffer.from(piece)).toEqual(Buffer.alloc(600, index));
    }
  });

  it("gives no credit for what is not taken", () => {
    const { body: made, said, credit } = body();
    made.offered();
    expect(made.data(Buffer.alloc(40_000), 40_000)).toBe("fine");
    expect(made.data(Buffer.alloc(25_535), 25_535)).toBe("fine");
    expect(credit()).toBe(0);
    expect(made.data(Buffer.alloc(1), 1)).toBe("past-window");
    expect(said).toEqual([]);
  });

  it("gives credit for what is taken, once it is worth a frame", () => {
    const { body: made, sink, credit } = body();
    made.receive(sink);
    made.data(Buffer.alloc(32_766), 32_766);
    expect(credit()).toBe(0);
    made.data(Buffer.alloc(1), 1);
    expect(credit()).toBe(32_767);
  });

  it("gives credit for padding, taken or not", () => {
    const { body: made, credit } = body();
    for (let frame = 0; frame < 128; frame++) made.data(Buffer.alloc(0), 256);
    expect(credit()).toBe(128 * 256);
  });

  it("that is paused in the middle of what is kept goes on where it stopped", async () => {
    const { body: made, said } = body();
    for (const text of ["a", "b", "c"]) made.data(bytes(text), 1);
    made.receive({
      data(piece) {
        said.push(Buffer.from(piece).toString());
        made.pause();
      },
      end: () => void said.push("<end>"),
      aborted: () => undefined,
    });
    made.flow();
    made.end();
    expect(said).toEqual(["a"]);
    for (let step = 0; step < 3; step++) {
      made.resume();
      await Promise.resolve();
    }
    expect(said.join("")).toBe("abc<end>");
  });

  it("that is paused when it ends tells of its end when it is resumed", async () => {
    const { body: made, said, sink } = body();
    made.receive(sink);
    made.pause();
    made.end();
    expect(said).toEqual([]);
    made.resume();
    await Promise.resolve();
    expect(said).toEqual(["<end>"]);
  });

  it("is wrong where it is longer than announced, as soon as it is, or shorter", () => {
    const longer = body(3);
    expect(longer.body.data(bytes("abc"), 3)).toBe("fine");
    expect(longer.body.data(bytes("d"), 1)).toBe("wrong-length");
    const shorter = body(3);
    shorter.body.receive(shorter.sink);
    expect(shorter.body.data(bytes("ab"), 2)).toBe("fine");
    expect(shorter.body.end()).toBe("wrong-length");
    expect(shorter.said).toEqual(["ab"]);
    const exact = body(3);
    expect(exact.body.data(bytes("abc"), 3)).toBe("fine");
    expect(exact.body.end()).toBe("fine");
  });

  it("that nobody wants when the answer is complete is let go, and the peer may go on", () => {
    const { body: made, credit } = body();
    made.data(Buffer.alloc(40_000), 40_000);
    expect(credit()).toBe(0);
    made.answered();
    expect(credit()).toBe(40_000);
    made.data(Buffer.alloc(40_000), 40_000);
    expect(credit()).toBe(80_000);
  });

  it("that is taken goes on when the answer is complete", () => {
    const { body: made, said, sink } = body();
    made.receive(sink);
    made.answered();
    made.data(bytes("late"), 4);
    made.end();
    expect(said).toEqual(["late", "<end>"]);
  });

  it("that is cut off tells so once, and passes on nothing more", async () => {
    const { body: made, said, sink } = body();
    made.receive(sink);
    made.pause();
    made.data(bytes("kept"), 4);
    made.abort();
    made.resume();
    await Promise.resolve();
    made.abort();
    expect(said).toEqual(["<aborted>"]);
  });

  it("that was passed on whole is not cut off by the stream's end", () => {
    const { body: made, said, sink } = body();
    made.receive(sink);
    made.end();
    made.abort();
    expect(said).toEqual(["<end>"]);
  });

  it("that was cut off or let go before it is asked for tells so, never that it is complete", async () => {
    for (const lose of ["abort", "discard"] as const) {
      const { body: made, said, sink } = body();
      made.data(bytes("a"), 1);
      made[lose]();
      made.receive(sink);
      made.end();
      await Promise.resolve();
      expect(said).toEqual(["<aborted>"]);
    }
  });

  it("arrives whole, and within the window that its credit makes, whatever is paused when (property)", async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 0, max: 16_384 }) },
      fc.constantFrom("pause", "resume", "offer", "receive"),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        let window = defaultWindow;
        const sent: Buffer[] = [];
        const got: Buffer[] = [];
        let ends = 0;
        let isReceiving = false;
        const made = new RequestBody(undefined, false, (credit) => void (window += credit));
        const receive = (): void => {
          if (isReceiving) return;
          isReceiving = true;
          made.offered();
          made.receive({
            data: (piece) => void got.push(Buffer.from(piece)),
            end: () => void ends++,
            aborted: () => expect.unreachable(),
          });
          made.flow();
        };
        for (const [index, each] of steps.entries()) {
          if (typeof each === "number") {
            const size = Math.min(each, window);
            window -= size;
            const piece = Buffer.alloc(size, index);
            sent.push(piece);
            expect(made.data(piece, size)).toBe("fine");
          } else if (each === "offer") made.offered();
          else if (each === "receive") receive();
          else made[each]();
          await Promise.resolve();
        }
        receive();
        expect(made.end()).toBe("fine");
        made.resume();
        await Promise.resolve();
        expect(ends).toBe(1);
        expect(Buffer.concat(got).equals(Buffer.concat(sent))).toBe(true);
      }),
    );
  });
});
