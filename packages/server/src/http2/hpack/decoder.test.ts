// HPACK's decoder: the examples of RFC 7541, its errors by section, and whatever an encoder may choose to do.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CompressionError } from "./compression-error.js";
import { HpackDecoder } from "./decoder.js";
import { staticNames, staticTableSize, staticValues } from "./static-table.js";

type Field = readonly [name: string, value: string];

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ""), "hex");

function decode(decoder: HpackDecoder, block: Buffer): Field[] {
  const fields: Field[] = [];
  // Somewhere in the middle of other bytes, as in a frame.
  const bytes = Buffer.concat([Buffer.alloc(3, 0xff), block, Buffer.alloc(3, 0x82)]);
  decoder.decode(bytes, 3, 3 + block.byteLength, {
    field: (name, value) => void fields.push([name, value]),
  });
  return fields;
}

const decodeOnce = (block: Buffer): Field[] => decode(new HpackDecoder(4_096), block);

describe("RFC 7541 appendix C", () => {
  it("C.1.2: an integer of several octets", () => {
    const decoder = new HpackDecoder(1_337);
    expect(decode(decoder, hex("3f9a0a 82"))).toEqual([[":method", "GET"]]);
    expect(() => decode(new HpackDecoder(1_336), hex("3f9a0a 82"))).toThrow(CompressionError);
  });

  it.each<readonly [name: string, block: string, field: Field]>([
    [
      "C.2.1: a literal with indexing",
      "400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572",
      ["custom-key", "custom-header"],
    ],
    [
      "C.2.2: a literal without indexing",
      "040c 2f73 616d 706c 652f 7061 7468",
      [":path", "/sample/path"],
    ],
    [
      "C.2.3: a literal never indexed",
      "1008 7061 7373 776f 7264 0673 6563 7265 74",
      ["password", "secret"],
    ],
    ["C.2.4: an indexed field", "82", [":method", "GET"]],
  ])("%s", (_name, block, field) => expect(decodeOnce(hex(block))).toEqual([field]));

  const requests: readonly (readonly Field[])[] = [
    [
      [":method", "GET"],
      [":scheme", "http"],
      [":path", "/"],
      [":authority", "www.example.com"],
    ],
    [
      [":method", "GET"],
      [":scheme", "http"],
      [":path", "/"],
      [":authority", "www.example.com"],
      ["cache-control", "no-cache"],
    ],
    [
      [":method", "GET"],
      [":scheme", "https"],
      [":path", "/index.html"],
      [":authority", "www.example.com"],
      ["custom-key", "custom-value"],
    ],
  ];
  const cookie = "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1";
  const responses: readonly (readonly Field[])[] = [
    [
      [":status", "302"],
      ["cache-control", "private"],
      ["date", "Mon, 21 Oct 2013 20:13:21 GMT"],
      ["location", "https://www.example.com"],
    ],
    [
      [":status", "307"],
      ["cache-control", "private"],
      ["date", "Mon, 21 Oct 2013 20:13:21 GMT"],
      ["location", "https://www.example.com"],
    ],
    [
      [":status", "200"],
      ["cache-control", "private"],
      ["date", "Mon, 21 Oct 2013 20:13:22 GMT"],
      ["location", "https://www.example.com"],
      ["content-encoding", "gzip"],
      ["set-cookie", cookie],
    ],
  ];

  it.each([
    [
      "C.3: requests without Huffman coding",
      4_096,
      requests,
      [
        "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
        "8286 84be 5808 6e6f 2d63 6163 6865",
        "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65",
      ],
    ],
    [
      "C.4: requests with Huffman coding",
      4_096,
      requests,
      [
        "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
        "8286 84be 5886 a8eb 1064 9cbf",
        "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
      ],
    ],
    [
      "C.5: responses without Huffman coding, with evictions",
      256,
      responses,
      [
        `4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32
         3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d`,
        "4803 3330 37c1 c0bf",
        `88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970
         7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61
         6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31`,
      ],
    ],
    [
      "C.6: responses with Huffman coding, with evictions",
      256,
      responses,
      [
        `4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad
         1718 63c7 8f0b 97c8 e9ae 82ae 43d3`,
        "4883 640e ffc1 c0bf",
        `88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2
         e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07`,
      ],
    ],
  ] as const)("%s", (_name, tableSize, lists, blocks) => {
    const decoder = new HpackDecoder(tableSize);
    for (const [index, block] of blocks.entries()) {
      expect(decode(decoder, hex(block))).toEqual(lists[index]);
    }
  });
});

describe("a block that cannot be read", () => {
  it.each([
    ["2.3.3: index 0", "80"],
    ["2.3.3: an index past the end of both tables", "be"],
    ["2.3.3: a literal whose name has such an index", "7e 01 61"],
    ["2.3.3: an index of several octets past the end", "ff 80 01"],
    ["5.1: an integer that is cut off", "ff"],
    ["5.1: an integer that is cut off after a continuation", "ff 80"],
    ["5.1: an integer that is too large", "ff ff ff ff 7f"],
    ["5.1: an integer of endless zeros", "ff 80 80 80 80 80 80 80 00"],
    ["5.2: a string without its length", "40"],
    ["5.2: a string that is cut off", "40 03 61 62"],
    ["5.2: a value that is missing", "40 01 61"],
    ["5.2: a string that is longer than any block", "40 7f ff ff 7f 61"],
    ["5.2: Huffman padding of more than seven bits", "40 82 1f ff 01 61"],
    ["5.2: Huffman padding of eight ones alone", "40 81 ff 01 61"],
    ["5.2: Huffman padding with a zero", "40 81 18 01 61"],
    ["5.2: a Huffman string with the end of string", "40 84 ff ff ff ff 01 61"],
    ["5.2: a Huffman string with the end of string between others", "40 85 1f ff ff ff ff 01 61"],
    ["4.2: a table size update after the first field", "82 20"],
    ["4.2: a table size update at the end of a block", "82 84 3f e1 1f"],
    ["6.3: a table that is larger than allowed", "3f e2 1f"],
  ])("%s", (_name, block) => {
    expect(() => decodeOnce(hex(block))).toThrow(CompressionError);
  });

  it("is one in every cut of one that can, unless the cut is between fields", () => {
    const whole = hex("8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff");
    for (let cut = 0; cut < whole.byteLength; cut++) {
      if (cut <= 3) expect(decodeOnce(whole.subarray(0, cut))).toHaveLength(cut);
      else expect(() => decodeOnce(whole.subarray(0, cut))).toThrow(CompressionError);
    }
  });
});

describe("the dynamic table", () => {
  it("6.3: may be resized several times at the beginning of a block, up to what is allowed", () => {
    const decoder = new HpackDecoder(4_096);
    decode(decoder, hex("40 01 61 01 62"));
    expect(decode(decoder, hex("be"))).toEqual([["a", "b"]]);
    expect(decode(decoder, hex("20 3f e1 1f 82"))).toEqual([[":method", "GET"]]);
    expect(() => decode(decoder, hex("be"))).toThrow(CompressionError);
  });

  it("4.4: is emptied by a field that is larger than it, which is no error", () => {
    const decoder = new HpackDecoder(64);
    decode(decoder, hex("40 01 61 01 62"));
    const large = Buffer.concat([hex("40 01 61 21"), Buffer.alloc(0x21, "x")]);
    expect(decode(decoder, large)).toEqual([["a", "x".repeat(0x21)]]);
    expect(() => decode(decoder, hex("be"))).toThrow(CompressionError);
  });

  it("4.4: gives a new field its name from an entry that it drops", () => {
    const decoder = new HpackDecoder(40);
    decode(decoder, hex("40 04 6e616d65 01 62"));
    expect(decode(decoder, hex("7e 02 6363"))).toEqual([["name", "cc"]]);
    expect(decode(decoder, hex("be"))).toEqual([["name", "cc"]]);
  });

  it("4.1: counts 32 bytes for each entry besides name and value", () => {
    const decoder = new HpackDecoder(3 * 34);
    for (const name of ["61", "62", "63"]) decode(decoder, hex(`40 01 ${name} 01 31`));
    expect(decode(decoder, hex("c0 bf be"))).toEqual([
      ["a", "1"],
      ["b", "1"],
      ["c", "1"],
    ]);
    decode(decoder, hex("40 01 64 01 31"));
    expect(decode(decoder, hex("c0"))).toEqual([["b", "1"]]);
    expect(() => decode(decoder, hex("c1"))).toThrow(CompressionError);
  });
});

describe("every Huffman code", () => {
  it.each([
    [0x00, "ff c7"],
    [0x0a, "ff ff ff f3"],
    [0x0d, "ff ff ff f7"],
    [0x16, "ff ff ff fb"],
    [0x7f, "ff ff ff cf"],
    [0xf9, "ff ff ff ef"],
    [0xff, "ff ff fb bf"],
  ])("of byte %i, which no text holds, is that of appendix B", (byte, code) => {
    const bytes = hex(code);
    const block = Buffer.concat([hex("00 01 61"), Buffer.from([0x80 | bytes.byteLength]), bytes]);
    expect(decodeOnce(block)).toEqual([["a", String.fromCharCode(byte)]]);
  });
});

/** What an encoder may do with a field. */
interface Step {
  readonly name: string;
  readonly value: string;
  readonly form: "indexed" | "remembered" | "plain" | "never";
  readonly named: boolean;
  readonly resize: readonly number[];
}

/** An encoder that makes every choice by lot, with the plainest of tables. */
class Gambler {
  #table: Field[] = [];
  #size = 4_096;

  encode({ name, value, form, named, resize }: Step): Buffer {
    const updates = resize.map((size) => {
      this.#size = size;
      this.#evict();
      return integer(size, 5, 0x20);
    });
    return Buffer.concat([...updates, this.#field(name, value, form, named)]);
  }

  #field(name: string, value: string, form: Step["form"], named: boolean): Buffer {
    const all = [...staticFields, ...this.#table];
    const whole = all.findIndex((field) => field[0] === name && field[1] === value) + 1;
    if (form === "indexed" && whole > 0) return integer(whole, 7, 0x80);
    const first = all.findIndex((field) => field[0] === name) + 1;
    const index = named ? first : 0;
    const bits = form === "plain" || form === "never" ? 4 : 6;
    const pattern = { indexed: 0x40, remembered: 0x40, plain: 0, never: 0x10 }[form];
    if (bits === 6) {
      this.#table.unshift([name, value]);
      this.#evict();
    }
    const head = integer(index, bits, pattern);
    return Buffer.concat([head, index === 0 ? text(name) : Buffer.alloc(0), text(value)]);
  }

  #evict(): void {
    const size = (): number =>
      this.#table.reduce((sum, [name, value]) => sum + name.length + value.length + 32, 0);
    while (size() > this.#size) this.#table.pop();
  }
}

const staticFields: readonly Field[] = Array.from({ length: staticTableSize }, (_, index) => [
  staticNames[index + 1]!,
  staticValues[index + 1]!,
]);

function integer(value: number, bits: number, pattern: number): Buffer {
  const limit = 2 ** bits - 1;
  if (value < limit) return Buffer.from([pattern | value]);
  const bytes = [pattern | limit];
  let rest = value - limit;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}

function text(value: string): Buffer {
  return Buffer.concat([integer(value.length, 7, 0), Buffer.from(value, "latin1")]);
}

describe("the decoder", () => {
  it("reads what an encoder wrote that makes every choice by lot, in long sequences (property)", () => {
    const few = fc.constantFrom("a", "x-long-name", ":method", ":path", "cookie", "via", "");
    const step: fc.Arbitrary<Step> = fc.record({
      name: few,
      value: fc.oneof(
        { weight: 5, arbitrary: fc.constantFrom("", "1", "GET", "/", "v".repeat(130)) },
        fc.string({ unit: "binary-ascii", maxLength: 300 }),
        fc.constant("w".repeat(3_000)),
      ),
      form: fc.constantFrom("indexed", "indexed", "remembered", "remembered", "plain", "never"),
      named: fc.boolean(),
      resize: fc.oneof(
        { weight: 8, arbitrary: fc.constant([]) },
        fc.array(fc.integer({ min: 0, max: 4_096 }), { maxLength: 2 }),
      ),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
        const encoder = new Gambler();
        const decoder = new HpackDecoder(4_096);
        for (const each of steps) {
          expect(decode(decoder, encoder.encode(each))).toEqual([[each.name, each.value]]);
        }
      }),
    );
  });

  it("reads any bytes or says that it cannot (property)", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          for (const [name, value] of decodeOnce(Buffer.from(bytes))) {
            expect(name.length + value.length).toBeLessThanOrEqual(2 * 8 * 200);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(CompressionError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
