// The headers of a part, and the questions that are asked of them.

import { describe, expect, it } from "vitest";
import {
  contentIdOf,
  contentTypeOf,
  dispositionName,
  parsePartHeaders,
  rawLinesOf,
} from "./part-headers.js";

const headersOf = (...lines: readonly string[]) =>
  parsePartHeaders(new TextEncoder().encode(lines.join("\r\n")));

describe("the headers of a part", () => {
  it("are values by lower-case name, without the space around them", () => {
    const headers = headersOf("Content-Type:  text/plain\t", "X-Empty:", "X-Colon: a:b");
    expect({ ...headers }).toMatchObject({
      "content-type": "text/plain",
      "x-empty": "",
      "x-colon": "a:b",
    });
  });

  it("stand in a record without a prototype", () => {
    expect(Object.getPrototypeOf(headersOf("A: b"))).toBeNull();
    expect(headersOf()["constructor"]).toBeUndefined();
  });

  it("show nothing but names to whoever lists or serialises them", () => {
    const headers = headersOf("A: b");
    expect(Object.keys(headers)).toEqual(["a"]);
    expect(JSON.stringify(headers)).toBe('{"a":"b"}');
  });

  it("are folded lines joined by one space", () => {
    const headers = headersOf("Content-Disposition: form-data;", "\t  name=metadata", "A: b");
    expect(headers["content-disposition"]).toBe("form-data; name=metadata");
    expect(dispositionName(headers)).toBe("metadata");
    expect(rawLinesOf(headers)).toHaveLength(3);
  });

  it("are UTF-8, and what is not becomes a replacement character", () => {
    expect(headersOf("X: 한글")["x"]).toBe("한글");
    expect(parsePartHeaders(Uint8Array.of(0x58, 0x3a, 0xff))["x"]).toBe("\ufffd");
  });

  it("may not begin with a byte order mark", () => {
    expect(() => headersOf("\ufeffA: b")).toThrow(/Name: value/);
  });
});

describe("the name of a disposition", () => {
  it("is read as any client writes it", () => {
    for (const [value, name] of [
      ['form-data; name="metadata"', "metadata"],
      ["form-data; name=metadata", "metadata"],
      ['Form-Data;NAME="metadata";filename="x.json"', "metadata"],
      ['form-data; filename="name=x"; name="audio"', "audio"],
      [String.raw`form-data; name="a\"b"`, 'a"b'],
      ['form-data; name=""', ""],
    ] as const) {
      expect(dispositionName(headersOf(`Content-Disposition: ${value}`)), value).toBe(name);
    }
  });

  it("is undefined where there is none", () => {
    expect(dispositionName(headersOf("Content-Disposition: form-data"))).toBeUndefined();
    expect(dispositionName(headersOf("Content-Type: a/b"))).toBeUndefined();
  });
});

describe("the other questions", () => {
  it("answer the content type with its parameters", () => {
    const type = contentTypeOf(headersOf("Content-Type: Application/JSON; charset=UTF-8"));
    expect(type?.type).toBe("application/json");
    expect(type?.parameters.get("charset")).toBe("UTF-8");
    expect(contentTypeOf(headersOf())).toBeUndefined();
  });

  it("answer the content id with and without angle brackets alike", () => {
    expect(contentIdOf(headersOf("Content-Id: a1"))).toBe("a1");
    expect(contentIdOf(headersOf("Content-ID: <a1@host>"))).toBe("a1@host");
    expect(contentIdOf(headersOf("Content-ID: <a1"))).toBe("<a1");
    expect(contentIdOf(headersOf())).toBeUndefined();
  });
});
