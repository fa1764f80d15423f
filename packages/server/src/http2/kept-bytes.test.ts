// What is kept of a body: every byte in order, at a cost that the sizes of the peer's frames do not multiply.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeptBytes } from "./kept-bytes.js";

function drain(kept: KeptBytes): Buffer[] {
  const pieces: Buffer[] = [];
  while (!kept.isEmpty) pieces.push(Buffer.from(kept.shift()));
  return pieces;
}

const sizeOf = (pieces: readonly Uint8Array[]): number =>
  pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);

describe("bytes that are kept", () => {
  it("come out in order, whenever they are taken and whenever it is known that they stay (property)", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            { weight: 6, arbitrary: fc.integer({ min: 0, max: 6_000 }) },
            fc.constantFrom("take", "for long"),
          ),
        ),
        (steps) => {
          const kept = new KeptBytes();
          const put: Buffer[] = [];
          const taken: Buffer[] = [];
          for (const [index, step] of steps.entries()) {
            if (step === "for long") kept.keepForLong();
            else if (step === "take") {
              if (!kept.isEmpty) taken.push(Buffer.from(kept.shift()));
            } else {
              const bytes = Buffer.alloc(step, index);
              put.push(bytes);
              kept.add(bytes);
            }
          }
          expect(kept.byteLength).toBe(sizeOf(put) - sizeOf(taken));
          taken.push(...drain(kept));
          expect(Buffer.concat(taken).equals(Buffer.concat(put))).toBe(true);
          expect(taken.every((piece) => piece.byteLength > 0)).toBe(true);
        },
      ),
    );
  });

  it("that were given away do not change when more follows", () => {
    const kept = new KeptBytes();
    for (const text of ["a", "b", "c"]) kept.add(Buffer.from(text));
    kept.keepForLong();
    const first = kept.shift();
    kept.add(Buffer.from("d"));
    expect(Buffer.from(first).toString()).toBe("abc");
    expect(Buffer.from(kept.shift()).toString()).toBe("d");
  });

  it("of one piece lie where they came, as long as nothing follows", () => {
    const kept = new KeptBytes();
    const piece = Buffer.from("a small body");
    kept.add(piece);
    kept.keepForLong();
    expect(kept.shift()).toBe(piece);
  });

  it("in 65,535 pieces of a byte are a few buffers, which hold on to nothing else", () => {
    const kept = new KeptBytes();
    kept.keepForLong();
    let chunk = Buffer.allocUnsafeSlow(65_536);
    for (let index = 0; index < 65_535; index++) {
      if (index % 1_000 === 0) chunk = Buffer.allocUnsafeSlow(65_536);
      kept.add(chunk.subarray(index, index + 1));
      kept.keepForLong();
    }
    const pieces: Uint8Array[] = [];
    while (!kept.isEmpty) pieces.push(kept.shift());
    expect(pieces.length).toBeLessThan(20);
    const held = new Set(pieces.map(({ buffer }) => buffer));
    expect([...held].reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeLessThan(200_000);
  });
});
