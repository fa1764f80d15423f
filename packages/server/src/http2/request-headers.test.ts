// A request's header list: each rule of RFC 9113 sections 8.1 to 8.3, and the bounds.

import { describe, expect, it } from "vitest";
import { type HeaderVerdict, RequestHeaders } from "./request-headers.js";

type Fields = readonly (readonly [name: string, value: string])[];

const roomy = { maxHeaderListSize: 16_384, maxHeaderPairs: 100 };

const get: Fields = [
  [":method", "GET"],
  [":scheme", "https"],
  [":authority", "localhost"],
  [":path", "/"],
];

function read(fields: Fields, limits = roomy): RequestHeaders {
  const headers = new RequestHeaders(limits);
  for (const [name, value] of fields) headers.field(name, value);
  return headers;
}

const verdictOf = (fields: Fields, bodyless = true): HeaderVerdict =>
  read(fields).verdict(bodyless);
const withField = (name: string, value: string): Fields => [...get, [name, value]];
const without = (name: string): Fields => get.filter(([own]) => own !== name);
const replaced = (name: string, value: string): Fields =>
  get.map((field) => (field[0] === name ? [name, value] : field));

describe("RFC 9113 section 8.2.1: field validity", () => {
  const malformed: Fields = [
    ["X-Capital", "a"],
    ["x capital", "a"],
    ["", "a"],
    ["x\u0000", "a"],
    ["x\u007f", "a"],
    ["x\u00e9", "a"],
    ["x:y", "a"],
    ["x", "a\u0000b"],
    ["x", "a\nb"],
    ["x", "a\rb"],
    ["x", "a\u007fb"],
  ];
  it.each(malformed)("a field %j with the value %j is malformed", (name, value) => {
    expect(verdictOf(withField(name, value))).toBe("malformed");
  });

  it("a value may hold tabs, spaces and bytes past ASCII", () => {
    const headers = read(withField("x", "a\tb c\u00e9\u00ff"));
    expect(headers.verdict(true)).toBe("fine");
    expect(headers.get("x")).toBe("a\tb c\u00e9\u00ff");
  });

  it("spaces and tabs around a value are let go, as HTTP/1.1 has it, and nothing else that looks like a space", () => {
    // The last byte of "à" in UTF-8 is a space to Unicode.
    expect(read(withField("x", " \tvoil\u00c3\u00a0\t ")).get("x")).toBe("voil\u00c3\u00a0");
    for (const blank of [" ", "\t", " \t \t"])
      expect(read(withField("x", blank)).get("x")).toBe("");
    const inside = `a${" ".repeat(10_000)}b`;
    expect(read(withField("x", ` ${inside} `)).get("x")).toBe(inside);
  });
});

describe("RFC 9113 section 8.2.2: connection-specific fields", () => {
  it.each(["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"])(
    "%s is malformed",
    (name) => expect(verdictOf(withField(name, "x"))).toBe("malformed"),
  );

  it("te is malformed with any value but `trailers`", () => {
    expect(verdictOf(withField("te", "trailers"))).toBe("fine");
    expect(verdictOf(withField("te", "gzip"))).toBe("malformed");
    expect(verdictOf(withField("te", "trailers, gzip"))).toBe("malformed");
  });
});

describe("RFC 9113 section 8.2.3: the cookie field", () => {
  it("that was split is put together with semicolons, any other field with commas", () => {
    const headers = read([...get, ["cookie", "a=1"], ["x", "1"], ["cookie", "b=2"], ["x", "2"]]);
    expect(headers.get("cookie")).toBe("a=1; b=2");
    expect(headers.get("x")).toBe("1, 2");
    expect(headers.all()).toEqual({ cookie: "a=1; b=2", x: "1, 2" });
  });
});

describe("RFC 9113 section 8.3: pseudo-header fields", () => {
  it("after a regular field is malformed", () => {
    expect(verdictOf([...without(":path"), ["x", "y"], [":path", "/"]])).toBe("malformed");
  });

  it("that is unknown, or a response's, is malformed", () => {
    for (const name of [":unknown", ":status", ":protocol", ":"]) {
      expect(verdictOf([[name, "200"], ...get])).toBe("malformed");
    }
  });

  it.each([":method", ":scheme", ":path", ":authority"])("%s twice is malformed", (name) => {
    const [, value] = get.find(([own]) => own === name)!;
    expect(verdictOf([...get, [name, value]])).toBe("malformed");
  });

  it("in trailers is malformed", () => {
    expect(read([["x", "y"]]).trailerVerdict()).toBe("fine");
    for (const field of get) expect(read([field]).trailerVerdict()).toBe("malformed");
    expect(read([[":status", "200"]]).trailerVerdict()).toBe("malformed");
    expect(read([["X", "y"]]).trailerVerdict()).toBe("malformed");
  });
});

describe("RFC 9113 section 8.3.1: request pseudo-header fields", () => {
  it.each([":method", ":scheme", ":path"])("a request without %s is malformed", (name) => {
    expect(verdictOf(without(name))).toBe("malformed");
  });

  it.each([":method", ":scheme", ":path"])("a request with an empty %s is malformed", (name) => {
    expect(verdictOf(replaced(name, ""))).toBe("malformed");
  });

  it(":method is a token", () => {
    expect(verdictOf(replaced(":method", "M-SEARCH"))).toBe("fine");
    expect(verdictOf(replaced(":method", "GET /"))).toBe("malformed");
    expect(verdictOf(replaced(":method", "GÉT"))).toBe("malformed");
  });

  it(":scheme is one by RFC 3986, not http or https alone", () => {
    expect(verdictOf(replaced(":scheme", "coap+tcp"))).toBe("fine");
    expect(verdictOf(replaced(":scheme", "https://"))).toBe("malformed");
    expect(verdictOf(replaced(":scheme", "1http"))).toBe("malformed");
  });

  it(":path begins with a slash, or is `*` with OPTIONS", () => {
    expect(verdictOf(replaced(":path", "*"))).toBe("malformed");
    expect(verdictOf([...without(":path").slice(1), [":method", "OPTIONS"], [":path", "*"]])).toBe(
      "fine",
    );
    expect(verdictOf(replaced(":path", "events"))).toBe("malformed");
    expect(verdictOf(replaced(":path", "https://localhost/"))).toBe("malformed");
    expect(verdictOf(replaced(":path", "/ HTTP/1.1"))).toBe("malformed");
    expect(verdictOf(replaced(":path", "/\u0000"))).toBe("malformed");
  });

  it("the authority is :authority, or else host, or else nothing", () => {
    expect(read(withField("host", "other")).authority).toBe("localhost");
    expect(read([...without(":authority"), ["host", "other"]]).authority).toBe("other");
    expect(read(without(":authority")).authority).toBe("");
  });
});

describe("RFC 9113 section 8.1.1: content-length", () => {
  it("that is no number, or several, is malformed", () => {
    for (const value of ["", "x", "-1", "1.0", "0x1", "5, 5", "1".repeat(16)]) {
      expect(verdictOf(withField("content-length", value), false)).toBe("malformed");
    }
    const twice: Fields = [...withField("content-length", "5"), ["content-length", "5"]];
    expect(verdictOf(twice, false)).toBe("malformed");
  });

  it("that announces a body where none follows is malformed", () => {
    expect(verdictOf(withField("content-length", "5"), false)).toBe("fine");
    expect(verdictOf(withField("content-length", "5"), true)).toBe("malformed");
    expect(verdictOf(withField("content-length", "0"), true)).toBe("fine");
  });
});

describe("the bounds of a header list", () => {
  const size = (fields: Fields): number =>
    fields.reduce((sum, [name, value]) => sum + name.length + value.length + 32, 0);

  it("a list of exactly the largest size passes, one byte more is refused", () => {
    const fields = withField("x", "y".repeat(100));
    const exact = { ...roomy, maxHeaderListSize: size(fields) };
    expect(read(fields, exact).verdict(true)).toBe("fine");
    expect(read(withField("x", "y".repeat(101)), exact).verdict(true)).toBe("too-large");
    expect(read(withField("xx", "y".repeat(100)), exact).verdict(true)).toBe("too-large");
  });

  it("a list of exactly the most fields passes, one field more is refused", () => {
    const exact = { ...roomy, maxHeaderPairs: get.length + 1 };
    expect(read(withField("x", "y"), exact).verdict(true)).toBe("fine");
    expect(read([...withField("x", "y"), ["x", "z"]], exact).verdict(true)).toBe("too-large");
  });

  it("one that is too large keeps nothing of what it held, whatever follows", () => {
    const headers = read([...get, ["x", "y".repeat(20_000)], ["z", "1"], ["X", "malformed"]]);
    expect(headers.verdict(true)).toBe("too-large");
    expect(headers.all()).toEqual({});
  });

  it("holds for trailers as well", () => {
    expect(read([["x", "y".repeat(20_000)]]).trailerVerdict()).toBe("too-large");
  });

  it("a name that objects have of their own is a field like any other", () => {
    const headers = read([...get, ["__proto__", "a"], ["constructor", "b"]]);
    expect(headers.get("__proto__")).toBe("a");
    expect(Object.entries(headers.all())).toEqual([
      ["__proto__", "a"],
      ["constructor", "b"],
    ]);
    expect(headers.get("toString")).toBeUndefined();
  });
});
