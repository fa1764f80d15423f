// The reader against bodies and chunkings that nobody thought of.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isTrefoilError } from "../errors/index.js";
import { closingDelimiter, delimiter, openingDelimiter, partHead } from "./part-head.js";
import { MultipartReader } from "./reader.js";
import {
  type RecordedPart,
  RecordingSink,
  bytes,
  latin1,
  readBody,
  wideLimits,
} from "./recorded.test.support.js";

const boundaryCharacters =
  "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'()+_,-./:=? ";

/** Any boundary; short ones of few characters often, as they are the ones that data comes close to. */
const boundary = fc
  .oneof(
    fc.string({ unit: fc.constantFrom("-", "a", "b"), minLength: 1, maxLength: 5 }),
    fc.string({
      unit: fc.constantFrom(...boundaryCharacters.split("")),
      minLength: 1,
      maxLength: 70,
    }),
  )
  .filter((text) => !text.endsWith(" "));

/** Bytes made of pieces of delimiters, and random ones. */
const nearDelimiters = (edge: string): fc.Arbitrary<string> =>
  fc
    .array(
      fc.oneof(
        fc.constantFrom("\r", "\n", "\r\n", "-", "--", " ", "\t", "x"),
        fc.nat(edge.length + 4).map((length) => `\r\n--${edge}`.slice(0, length)),
        fc.constant(`\r\n--${edge}x`),
        fc.uint8Array({ maxLength: 8 }).map((data) => latin1(data)),
      ),
      { maxLength: 20 },
    )
    .map((pieces) => pieces.join(""));

/** Whether a reader would find a delimiter in this data, which is then no data that may stand in a part. */
function holdsDelimiter(edge: string, data: string): boolean {
  // The empty line's CRLF may begin one, and whatever follows the data must not complete one.
  const escaped = edge.replaceAll(/[\\'()+.?/]/g, String.raw`\$&`);
  return new RegExp(`\\r\\n--${escaped}(--|-?$|[ \\t]*(\\r\\n|\\r?$))`).test(`\r\n${data}`);
}

const headerName = fc.string({
  unit: fc.constantFrom(..."abcXYZ019-_".split("")),
  minLength: 1,
  maxLength: 12,
});
const headerValue = fc
  .string({ unit: fc.constantFrom(..."abc ;=\"'/:,<>\t".split("")), maxLength: 20 })
  .map((value) => value.trim());
const headers = fc.uniqueArray(fc.tuple(headerName, headerValue), {
  maxLength: 5,
  selector: ([name]) => name.toLowerCase(),
});

const body = boundary.chain((edge) =>
  fc.record({
    edge: fc.constant(edge),
    parts: fc.array(
      fc.record({
        headers,
        data: nearDelimiters(edge).filter((data) => !holdsDelimiter(edge, data)),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    terminated: fc.boolean(),
  }),
);

const cuts = fc.array(fc.nat(), { maxLength: 30 });

/** The bytes cut at these places, each taken modulo the length. */
function cutInto(data: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = places.map((place) => place % (data.length + 1)).sort((a, b) => a - b);
  return [...at, data.length].map((end, index) => data.slice(at[index - 1] ?? 0, end));
}

function write({ edge, parts, terminated }: typeof body extends fc.Arbitrary<infer T> ? T : never) {
  const pieces: Uint8Array[] = [];
  for (const [index, part] of parts.entries()) {
    pieces.push(index === 0 ? openingDelimiter(edge) : delimiter(edge));
    pieces.push(partHead(part.headers), bytes(part.data));
  }
  if (terminated) pieces.push(closingDelimiter(edge));
  return bytes(pieces.map((piece) => latin1(piece)).join(""));
}

/** Reads with these cuts; answers what was seen and what was thrown. */
function read(edge: string, pieces: readonly Uint8Array[]) {
  const sink = new RecordingSink();
  const reader = new MultipartReader(edge, sink, { ...wideLimits, maxPartHeaderBytes: 512 });
  try {
    for (const piece of pieces) reader.push(piece);
    reader.end();
    return { parts: sink.parts, error: undefined };
  } catch (error) {
    return { parts: sink.parts, error };
  }
}

const shown = (parts: readonly RecordedPart[]) =>
  parts.map((part) => ({ lines: part.rawLines, body: latin1(part.body), end: part.terminated }));

describe("any body", () => {
  it("comes back as it was written, whatever its parts and wherever it is cut", () => {
    fc.assert(
      fc.property(body, cuts, (written, places) => {
        const { parts, error } = read(written.edge, cutInto(write(written), places));
        expect(error).toBeUndefined();
        expect(shown(parts)).toEqual(
          written.parts.map((part, index) => ({
            lines: part.headers.map(([name, value]) => `${name}: ${value}`),
            body: part.data,
            end: written.terminated || index < written.parts.length - 1,
          })),
        );
        for (const [index, part] of parts.entries()) {
          for (const [name, value] of written.parts[index]?.headers ?? []) {
            expect(part.headers[name.toLowerCase()]).toBe(value);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it("reads the same in any chunks as in one-byte chunks, also where it is damaged", () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.constantFrom(..."\r\n-: \tx\0".split(""))), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(body, damage, cuts, (written, changes, places) => {
        const data = write(written);
        for (const [place, character] of changes) {
          data[place % data.length] = character.charCodeAt(0);
        }
        const whole = read(written.edge, cutInto(data, places));
        const single = read(
          written.edge,
          Array.from(data, (byte) => Uint8Array.of(byte)),
        );
        // Where the body is malformed the parts before that are the same; the last one may have come further in
        // small chunks, as an error within a chunk comes before the data of that chunk.
        if (whole.error === undefined) {
          expect(single.error).toBeUndefined();
          expect(shown(whole.parts)).toEqual(shown(single.parts));
        } else {
          expect(single.error).toMatchObject({
            code: isTrefoilError(whole.error) ? whole.error.code : "never",
            message: (whole.error as Error).message,
          });
        }
      }),
      { numRuns: 500 },
    );
  });

  it("that is garbage is read or refused with a TrefoilError, and never hangs", () => {
    const garbage = boundary.chain((edge) =>
      fc.tuple(
        fc.constant(edge),
        fc.array(
          fc.oneof(
            nearDelimiters(edge),
            fc.constantFrom(`--${edge}\r\n`, `\r\n--${edge}\r\n`, `\r\n--${edge}--`, "A: b\r\n"),
          ),
          { maxLength: 12 },
        ),
        cuts,
      ),
    );
    fc.assert(
      fc.property(garbage, ([edge, pieces, places]) => {
        const data = bytes(pieces.join(""));
        const { error, parts } = read(edge, cutInto(data, places));
        if (error === undefined) expect(parts.length).toBeGreaterThan(0);
        else expect(isTrefoilError(error) && error.code).toBe("malformed_multipart");
        // Nothing is made up: what was delivered stood in the body.
        for (const part of parts) expect(latin1(data)).toContain(latin1(part.body));
      }),
      { numRuns: 500 },
    );
  });

  it("of random bytes is refused", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (data) => {
        expect(() => readBody("0123456789abcdef", data)).toThrow(/before its first part/);
      }),
    );
  });
});
