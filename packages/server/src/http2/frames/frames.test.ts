// Frames as bytes: any cut of any sequence is the same frames, and what is none is told so once.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FrameReader } from "./frame-reader.js";
import {
  dataFrame,
  goawayFrame,
  headersFrame,
  pingAckFrame,
  pingFrame,
  rstStreamFrame,
  settingsAck,
  settingsFrame,
  windowUpdateFrame,
} from "./frame-writer.js";
import { clientPreface, frameHeadBytes } from "./wire.js";

/** What a reader made of the bytes it got. */
function reading(goesOn: () => boolean = () => true) {
  const seen: string[] = [];
  const reader = new FrameReader({
    frame(type, flags, id, bytes, start, end) {
      seen.push(`${type} ${flags} ${id} ${bytes.toString("latin1", start, end)}`);
      return goesOn();
    },
    notHttp2: () => void seen.push("not HTTP/2"),
    frameTooLarge: () => void seen.push("too large"),
  });
  return { reader, seen };
}

function frame(type: number, flags: number, id: number, payload: string): Buffer {
  const bytes = Buffer.alloc(frameHeadBytes + payload.length);
  bytes.writeUIntBE(payload.length, 0, 3);
  bytes[3] = type;
  bytes[4] = flags;
  bytes.writeUInt32BE(id, 5);
  bytes.write(payload, frameHeadBytes, "latin1");
  return bytes;
}

const anyFrame = fc.record({
  type: fc.integer({ min: 0, max: 255 }),
  flags: fc.integer({ min: 0, max: 255 }),
  id: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  payload: fc.oneof(
    fc.string({ unit: "binary-ascii", maxLength: 40 }),
    fc.integer({ min: 16_380, max: 16_384 }).map((length) => "x".repeat(length)),
  ),
});

describe("frames that are read", () => {
  it("are the same, however they are cut (property)", () => {
    fc.assert(
      fc.property(
        fc.array(anyFrame, { maxLength: 12 }),
        fc.array(fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 40_000 })), {
          minLength: 1,
        }),
        (frames, cuts) => {
          const { reader, seen } = reading();
          const bytes = Buffer.concat([
            clientPreface,
            ...frames.map(({ type, flags, id, payload }) => frame(type, flags, id, payload)),
          ]);
          for (let at = 0, cut = 0; at < bytes.byteLength; cut++) {
            const size = cuts[cut % cuts.length]!;
            // A buffer that is used again: nothing of it may be needed later.
            const piece = Buffer.from(bytes.subarray(at, at + size));
            reader.push(piece);
            piece.fill(0xff);
            at += size;
          }
          expect(seen).toEqual(
            frames.map(({ type, flags, id, payload }) => `${type} ${flags} ${id} ${payload}`),
          );
          expect(reader.isMidFrame).toBe(false);
        },
      ),
    );
  });

  it("have a stream id of 31 bits, whatever the reserved bit says", () => {
    const { reader, seen } = reading();
    reader.push(Buffer.concat([clientPreface, frame(0, 0, 0xff_ff_ff_ff, "")]));
    expect(seen).toEqual([`0 0 ${2 ** 31 - 1} `]);
  });

  it("come after the preface, of which any byte may be wrong", () => {
    for (let wrong = 0; wrong < clientPreface.byteLength; wrong++) {
      for (const cut of [0, wrong, wrong + 1]) {
        const bytes = Buffer.concat([clientPreface, frame(6, 0, 0, "x")]);
        bytes[wrong]! ^= 0x20;
        const { reader, seen } = reading();
        reader.push(bytes.subarray(0, cut));
        reader.push(bytes.subarray(cut));
        reader.push(bytes);
        expect(seen).toEqual(["not HTTP/2"]);
        expect(reader.isMidFrame).toBe(false);
      }
    }
  });

  it("of one byte more than 16 KiB are refused by their head alone, and nothing follows", () => {
    const large = frame(0, 0, 1, "x".repeat(16_385));
    for (let cut = 1; cut <= frameHeadBytes; cut++) {
      const { reader, seen } = reading();
      reader.push(Buffer.concat([clientPreface, large.subarray(0, cut)]));
      expect(seen).toEqual(cut === frameHeadBytes ? ["too large"] : []);
      reader.push(large.subarray(cut, frameHeadBytes));
      reader.push(large.subarray(Math.max(cut, frameHeadBytes)));
      expect(seen).toEqual(["too large"]);
    }
  });

  it("stop where their taker says so", () => {
    const { reader, seen } = reading(() => false);
    const one = frame(6, 0, 0, "12345678");
    reader.push(Buffer.concat([clientPreface, one, one]));
    reader.push(one);
    expect(seen).toEqual(["6 0 0 12345678"]);
    expect(reader.isMidFrame).toBe(false);
  });

  it("that are not whole are known to be", () => {
    const { reader } = reading();
    const one = frame(6, 0, 0, "12345678");
    reader.push(clientPreface);
    for (let cut = 1; cut < one.byteLength; cut++) {
      reader.push(one.subarray(0, cut));
      expect(reader.isMidFrame).toBe(true);
      reader.push(one.subarray(cut));
      expect(reader.isMidFrame).toBe(false);
    }
  });
});

describe("frames that are written", () => {
  const hex = (bytes: Buffer): string => bytes.toString("hex");

  it("are those of RFC 9113 section 6, byte by byte", () => {
    expect(hex(dataFrame(5, 16_384, true).subarray(0, frameHeadBytes))).toBe("004000000100000005");
    expect(hex(dataFrame(5, 1, false).subarray(0, frameHeadBytes))).toBe("000001000000000005");
    expect(hex(rstStreamFrame(7, 8))).toBe("00000403000000000700000008");
    expect(hex(settingsFrame([[3, 100]]))).toBe("000006040000000000000300000064");
    expect(hex(settingsAck)).toBe("000000040100000000");
    expect(hex(pingFrame(0x01_02))).toBe("0000080600000000000000000000000102");
    expect(hex(pingAckFrame(Buffer.from("xx12345678"), 2))).toBe(
      "0000080601000000003132333435363738",
    );
    expect(hex(goawayFrame(9, 11))).toBe("000008070000000000000000090000000b");
    expect(hex(windowUpdateFrame(0, 2 ** 31 - 1))).toBe("0000040800000000007fffffff");
  });

  it("with a header block are one HEADERS, and CONTINUATION for each 16 KiB more", () => {
    for (const size of [0, 1, 16_383, 16_384, 16_385, 32_768, 32_769]) {
      for (const isLast of [false, true]) {
        const block = Buffer.alloc(frameHeadBytes + size);
        for (let at = 0; at < size; at++) block[frameHeadBytes + at] = at % 251;
        const payload = Buffer.from(block.subarray(frameHeadBytes)).toString("latin1");
        const { reader, seen } = reading();
        reader.push(Buffer.concat([clientPreface, headersFrame(3, block, isLast)]));
        const pieces = Math.max(1, Math.ceil(size / 16_384));
        expect(seen).toEqual(
          Array.from({ length: pieces }, (_, index) => {
            const type = index === 0 ? 1 : 9;
            const flags = (index === 0 && isLast ? 1 : 0) | (index === pieces - 1 ? 4 : 0);
            return `${type} ${flags} 3 ${payload.slice(index * 16_384, (index + 1) * 16_384)}`;
          }),
        );
      }
    }
  });
});
