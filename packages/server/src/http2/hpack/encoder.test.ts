// The header blocks of responses: what is written there can be read, and what may not be written is not.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HpackDecoder } from "./decoder.js";
import { encodeResponse, forgetTable } from "./encoder.js";

function decoded(block: Buffer, headSize = 0): [string, string][] {
  const fields: [string, string][] = [];
  new HpackDecoder(4_096).decode(block, headSize, block.byteLength, {
    field: (name, value) => void fields.push([name, value]),
  });
  return fields;
}

describe("the header block of a response", () => {
  it("is read back as it was meant, whatever stands in it (property)", () => {
    const name = fc
      .string({
        unit: fc.constantFrom(..."abcxyz0189-_.!#$%&'*+^`|~".split("")),
        minLength: 1,
        maxLength: 200,
      })
      .filter((text) => text !== "date");
    const value = fc.oneof(
      fc
        .string({
          unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)),
        })
        .map((text) => text.replaceAll("\u007f", "")),
      fc.integer({ min: 100, max: 40_000 }).map((length) => "v".repeat(length)),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 599 }),
        fc.dictionary(name, fc.oneof(value, fc.array(value, { maxLength: 3 })), { maxKeys: 20 }),
        fc.boolean(),
        (status, headers, isFirst) => {
          const prefix = isFirst ? forgetTable : undefined;
          const block = encodeResponse(9, prefix, status, headers, "now");
          expect(decoded(block, 9)).toEqual([
            [":status", String(status)],
            ...Object.entries(headers).flatMap(([own, values]) =>
              [values].flat().map((one) => [own, one]),
            ),
            ["date", "now"],
          ]);
        },
      ),
    );
  });

  it("says nothing that a table would have to remember", () => {
    const block = encodeResponse(0, undefined, 200, { location: "/", "x-other": "a" }, "now");
    const again = encodeResponse(0, undefined, 200, { location: "/", "x-other": "a" }, "now");
    expect(again.equals(block)).toBe(true);
    expect(() =>
      new HpackDecoder(0).decode(block, 0, block.byteLength, { field() {} }),
    ).not.toThrow();
  });

  it("has the date once, that of the response where it has one", () => {
    const dates = (headers: Record<string, string>) =>
      decoded(encodeResponse(0, undefined, 200, headers, "now")).filter(
        ([name]) => name === "date",
      );
    expect(dates({})).toEqual([["date", "now"]]);
    expect(dates({ date: "then" })).toEqual([["date", "then"]]);
  });

  it("has names in lower case", () => {
    expect(decoded(encodeResponse(0, undefined, 200, { "X-Name": "Value" }))).toEqual([
      [":status", "200"],
      ["x-name", "Value"],
    ]);
  });

  it.each([
    ["x", "a\r\nset-cookie: b"],
    ["x", "a\u0000"],
    ["x", "\u3042"],
    ["x\r\n", "a"],
    ["x y", "a"],
    ["", "a"],
    ["\u3042", "a"],
  ])("is not written with the field %j: %j", (name, value) => {
    expect(() => encodeResponse(0, undefined, 200, { [name]: value })).toThrow(TypeError);
    // What was begun has left nothing behind.
    expect(decoded(encodeResponse(0, undefined, 204, {}))).toEqual([[":status", "204"]]);
  });
});
