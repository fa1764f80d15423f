// Content-Type as peers write it.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isTrefoilError } from "../errors/index.js";
import { boundaryOf, parseContentType } from "./content-type.js";
import { thrown } from "./recorded.test.support.js";

describe("parseContentType", () => {
  it("reads a type without parameters", () => {
    const parsed = parseContentType("application/json");
    expect(parsed.type).toBe("application/json");
    expect([...parsed.parameters]).toEqual([]);
  });

  it("is tolerant to case and spaces", () => {
    const parsed = parseContentType("  Application/JSON ;  Charset = UTF-8 ;x=1;");
    expect(parsed.type).toBe("application/json");
    expect([...parsed.parameters]).toEqual([
      ["charset", "UTF-8"],
      ["x", "1"],
    ]);
  });

  it("reads quoted values, with semicolons, equals signs and escapes in them", () => {
    const parsed = parseContentType(String.raw`a/b; x="1;2=3"; y="say \"hi\" \\"; z="" ;w="open`);
    expect([...parsed.parameters]).toEqual([
      ["x", "1;2=3"],
      ["y", String.raw`say "hi" \ `.trimEnd()],
      ["z", ""],
      ["w", "open"],
    ]);
  });

  it("takes the first of a repeated parameter and none without a name or a value", () => {
    const parsed = parseContentType("a/b; x=1; X=2; =3; y; ;z=4");
    expect([...parsed.parameters]).toEqual([
      ["x", "1"],
      ["z", "4"],
    ]);
  });

  it("takes parameter names that an object would stumble over", () => {
    expect(parseContentType("a/b; __proto__=1").parameters.get("__proto__")).toBe("1");
  });

  it("is bounded in length and in parameters", () => {
    expect(thrown(() => parseContentType("a".repeat(1025)))).toMatchObject({
      code: "unsupported_media_type",
    });
    const many = `a/b${Array.from({ length: 100 }, (_, index) => `;p${index}=1`).join("")}`;
    expect(parseContentType(many).parameters.size).toBe(32);
  });

  it("reads any short text without an error", () => {
    const text = fc.string({
      unit: fc.constantFrom(...'ab;="\\ \t/,'.split("")),
      maxLength: 60,
    });
    fc.assert(
      fc.property(text, (value) => {
        const { type, parameters } = parseContentType(value);
        expect(type).toBe((value.split(";", 1)[0] ?? "").trim().toLowerCase());
        for (const name of parameters.keys()) expect(name).toMatch(/^[^;=]+$/);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("boundaryOf", () => {
  it("takes a boundary unquoted and quoted", () => {
    for (const header of [
      "multipart/form-data; boundary=abc123",
      'multipart/form-data; boundary="abc123"',
      "Multipart/Form-Data;Boundary=abc123",
      'multipart/form-data ; charset=utf-8; boundary = "abc123" ; x=y',
      "multipart/related; boundary=abc123",
      "multipart/mixed; boundary=abc123",
    ]) {
      expect(boundaryOf(header), header).toBe("abc123");
    }
  });

  it("takes a boundary that begins with dashes", () => {
    expect(boundaryOf("multipart/form-data; boundary=--abcdefg123456")).toBe("--abcdefg123456");
    expect(boundaryOf("multipart/form-data; boundary=----WebKitFormBoundaryx")).toBe(
      "----WebKitFormBoundaryx",
    );
  });

  it("takes every character that RFC 2046 allows, also those that ought to be quoted", () => {
    for (const boundary of ["gc0pJq0M:08jU534c0p", "a'()+_,-./:=?b", "two words", "=x=", "?"]) {
      expect(boundaryOf(`multipart/mixed; boundary="${boundary}"`)).toBe(boundary);
      expect(boundaryOf(`multipart/mixed; boundary=${boundary}`)).toBe(boundary);
    }
  });

  it("refuses what is not multipart with 415", () => {
    for (const header of [
      undefined,
      "",
      "application/json",
      "multipart/byteranges; boundary=x",
      "text/plain; boundary=x",
      "multipart; boundary=x",
    ]) {
      const error = thrown(() => boundaryOf(header));
      expect(error, header).toMatchObject({ code: "unsupported_media_type", wire: { http: 415 } });
      expect((error as Error).message).toMatch(/multipart\/form-data/);
    }
  });

  it("says which type came instead, briefly", () => {
    const error = thrown(() => boundaryOf(`text/${"x".repeat(500)}`)) as Error;
    expect(error.message).toContain('"text/xxx');
    expect(error.message.length).toBeLessThan(300);
  });

  it("takes those types only that it is told to", () => {
    expect(boundaryOf("multipart/related; boundary=x", ["multipart/related"])).toBe("x");
    expect(
      thrown(() => boundaryOf("multipart/mixed; boundary=x", ["multipart/related"])),
    ).toMatchObject({ code: "unsupported_media_type" });
  });

  it("refuses a boundary that is missing, empty, too long or of other characters with 400", () => {
    for (const header of [
      "multipart/form-data",
      "multipart/form-data; boundary",
      "multipart/form-data; boundary=",
      'multipart/form-data; boundary=""',
      'multipart/form-data; boundary="x "',
      `multipart/form-data; boundary=${"a".repeat(71)}`,
      `multipart/form-data; boundary=${"a".repeat(252)}`,
      "multipart/form-data; boundary=a*b",
      "multipart/form-data; boundary=a\r\nb",
      "multipart/form-data; boundary=a\0b",
      "multipart/form-data; boundary=경계",
    ]) {
      expect(
        thrown(() => boundaryOf(header)),
        header,
      ).toMatchObject({ code: "malformed_multipart", wire: { http: 400 } });
    }
    expect(boundaryOf(`multipart/form-data; boundary=${"a".repeat(70)}`)).toHaveLength(70);
  });

  it("answers a usable boundary or throws a TrefoilError, whatever the header is", () => {
    const header = fc
      .array(fc.oneof(fc.string(), fc.constantFrom(";", "boundary=", '"', "x", " ", "\\")))
      .map((pieces) => `multipart/form-data;${pieces.join("")}`);
    fc.assert(
      fc.property(header, (value) => {
        try {
          expect(boundaryOf(value)).toMatch(/^[\x20-\x7e]{1,70}$/);
        } catch (error) {
          if (!isTrefoilError(error)) throw error;
        }
      }),
      { numRuns: 1000 },
    );
  });
});
