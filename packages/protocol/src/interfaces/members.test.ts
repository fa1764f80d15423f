// The kinds of members that zod does not bring along.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  boundedText,
  dictionary,
  dictionaryValue,
  joined,
  list,
  listElement,
  openEnum,
  variants,
} from "./members.js";

const takes = (schema: z.ZodType, value: unknown) => schema.safeParse(value).success;

describe("a bounded text", () => {
  it("is bounded in UTF-8 bytes, not in characters", () => {
    const schema = boundedText(8);
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 12 }), (text) => {
        expect(takes(schema, text)).toBe(Buffer.byteLength(text) <= 8);
      }),
    );
  });
});

describe("a list", () => {
  const schema = list(z.looseObject({ token: z.string() }));

  it("takes arrays of what it holds, and nothing else", () => {
    expect(takes(schema, [])).toBe(true);
    expect(takes(schema, [{ token: "a" }, { token: "b", more: 1 }])).toBe(true);
    for (const value of [
      undefined,
      null,
      {},
      "a",
      1,
      [[]],
      [{}],
      { 0: { token: "a" }, length: 1 },
    ]) {
      expect(takes(schema, value)).toBe(false);
    }
  });

  it("agrees with zod's own array on what it takes", () => {
    const own = z.array(z.looseObject({ token: z.string() }));
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(takes(schema, value)).toBe(takes(own, value));
      }),
    );
  });

  it("finds no more than what is wrong with the first wrong element", () => {
    const { error } = schema.safeParse([{ token: "a" }, {}, {}, 3]);
    expect(error?.issues.map((issue) => issue.path)).toEqual([[1, "token"]]);
  });

  it("gives the array itself back, holes and all elements unchanged", () => {
    const value = [{ token: "a", more: [1] }];
    expect(schema.parse(value)).toBe(value);
  });

  it("must be there unless it is optional", () => {
    expect(takes(z.looseObject({ entries: schema }), {})).toBe(false);
    expect(takes(z.looseObject({ entries: schema.optional() }), {})).toBe(true);
  });

  it("tells what it holds, also when it is described", () => {
    const element = z.string();
    expect(listElement(list(element).describe("words"))).toBe(element);
    expect(listElement(z.array(element))).toBeUndefined();
  });
});

describe("a dictionary", () => {
  const schema = dictionary(z.string());

  it("takes objects whose values are what it holds, under any key", () => {
    expect(takes(schema, {})).toBe(true);
    expect(takes(schema, JSON.parse('{"a": "1", "__proto__": "2"}'))).toBe(true);
    for (const value of [undefined, null, [], "a", { a: 1 }, { a: "1", b: null }]) {
      expect(takes(schema, value)).toBe(false);
    }
  });

  it("finds no more than the first wrong value", () => {
    const { error } = schema.safeParse({ a: "1", b: 2, c: 3 });
    expect(error?.issues.map((issue) => issue.path)).toEqual([["b"]]);
  });

  it("tells what its values are, also when it is described", () => {
    const value = z.string();
    expect(dictionaryValue(dictionary(value).describe("words"))).toBe(value);
    expect(dictionaryValue(z.looseObject({}))).toBeUndefined();
  });
});

describe("a text that joins values of a closed list", () => {
  it.each([
    ["MP3", true],
    ["MP3,AAC", true],
    ["MP3, AAC", true],
    ["MP3;AAC", false],
    ["MP3,", false],
    [",MP3", false],
    ["", false],
    ["mp3", false],
    [`${"MP3,".repeat(1000)}OGG`, false],
  ])("%j: %s", (text, right) => {
    expect(takes(joined(",", ["MP3", "AAC"]), text)).toBe(right);
  });
});

describe("an open list of values", () => {
  it("takes any text, and only texts", () => {
    expect(takes(openEnum(["a"]), "b")).toBe(true);
    expect(takes(openEnum(["a"]), 1)).toBe(false);
  });
});

describe("an object whose members come in sets", () => {
  const schema = variants({ a: z.string(), b: z.string(), c: z.string() }, [[], ["a"], ["b", "a"]]);

  it.each([
    [{}, true],
    [{ a: "1" }, true],
    [{ a: "1", b: "2" }, true],
    [{ b: "2", a: "1", more: 3 }, true],
    [{ b: "2" }, false],
    [{ a: "1", c: "3" }, false],
    [{ a: 1 }, false],
    [{ a: "1", b: undefined }, true],
  ])("%j: %s", (value, right) => {
    expect(takes(schema, value)).toBe(right);
  });
});
