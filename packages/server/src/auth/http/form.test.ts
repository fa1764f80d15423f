import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeField, parseForm } from "./form.js";

const wellFormed = fc.string({ unit: "grapheme", maxLength: 30 });

describe("a form", () => {
  it("comes back as URLSearchParams wrote it, whatever stands in it", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(wellFormed, wellFormed), { maxLength: 8 }), (pairs) => {
        const text = new URLSearchParams(pairs).toString();
        expect(parseForm(text).map(({ name, value }) => [name, value])).toEqual(pairs);
      }),
    );
  });

  it("comes back as encodeURIComponent wrote it", () => {
    fc.assert(
      fc.property(wellFormed, (value) => {
        expect(decodeField(encodeURIComponent(value))).toBe(value);
      }),
    );
  });

  it("never throws, and decodes nothing to a replacement character that was not sent", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        for (const { name, value } of parseForm(text)) {
          if (text.includes("\ufffd") || /%ef%bf%bd/i.test(text)) continue;
          expect(`${name}${value}`).not.toContain("\ufffd");
        }
      }),
    );
  });

  it.each([
    ["", []],
    ["&&", []],
    ["a", [["a", ""]]],
    ["a=", [["a", ""]]],
    ["=b", [["", "b"]]],
    ["a=b=c", [["a", "b=c"]]],
    [
      "a=1&a=2",
      [
        ["a", "1"],
        ["a", "2"],
      ],
    ],
    ["a+b=c+d%2B", [["a b", "c d+"]]],
    ["a=%EA%B0%80", [["a", "가"]]],
    ["a=%E", [["a", undefined]]],
    ["a=%FF", [["a", undefined]]],
    ["a=%C0%80", [["a", undefined]]],
    ["%FF=a&b=c", [["b", "c"]]],
    ["a=%EF%BB%BFb", [["a", "\ufeffb"]]],
  ])("%j", (text, expected) => {
    expect(parseForm(text).map(({ name, value }) => [name, value])).toEqual(expected);
  });
});
