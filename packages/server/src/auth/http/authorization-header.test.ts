import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { basicOf, bearerOf, isBasic } from "./authorization-header.js";

describe("Bearer", () => {
  it.each([
    ["Bearer abc", "abc"],
    ["bearer  abc ", "abc"],
    ["BEARER a+/=~", "a+/=~"],
    ["Bearer", undefined],
    ["Bearer ", undefined],
    ["Bearer a b", undefined],
    ["Bearer\tabc", undefined],
    ["Basic abc", undefined],
    ["Bearer abc, Bearer def", undefined],
    ["", undefined],
  ])("%j", (header, expected) => {
    expect(bearerOf(header)).toBe(expected);
  });
});

describe("Basic", () => {
  const header = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

  it("is known by its scheme alone", () => {
    expect([isBasic("basic x"), isBasic("Basic"), isBasic("Basicx"), isBasic("Bearer x")]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it("comes back as it was form-encoded", () => {
    const printable = fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 30 });
    const encode = (text: string) => new URLSearchParams([["", text]]).toString().slice(1);
    fc.assert(
      fc.property(printable, printable, (clientId, clientSecret) => {
        expect(basicOf(header(`${encode(clientId)}:${encode(clientSecret)}`))).toEqual({
          clientId,
          clientSecret,
        });
      }),
    );
  });

  it("takes halves that were not encoded as they are", () => {
    expect(basicOf(header("id:100%"))).toEqual({ clientId: "id", clientSecret: "100%" });
    expect(basicOf(header("id:a:b"))).toEqual({ clientId: "id", clientSecret: "a:b" });
    expect(basicOf(header("id:"))).toEqual({ clientId: "id", clientSecret: "" });
  });

  it.each([
    "Basic",
    "Basic ===",
    "Basic a b",
    header(":secret"),
    header("nocolon"),
    header("a\0:b"),
  ])("is nothing where it is %j", (text) => {
    expect(basicOf(text)).toBeUndefined();
  });
});
