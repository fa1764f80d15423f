// Reading what was typed for `trefoil send`: payloads with faults, and devices by how their ids begin.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { KnownDevice } from "./admin-api.js";
import { findDevice } from "./find-device.js";
import { jsonFault } from "./json-position.js";
import { readPayload } from "./read-payload.js";

const parses = (text: string) => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe("the place of a fault in JSON", () => {
  it.each([
    ["", 0],
    ["{", 1],
    ["{'a':1}", 1],
    ['{"a" 1}', 5],
    ['{"a":hi}', 5],
    ['{"a":1,}', 7],
    ['{"a":1} x', 8],
    ["[1,2", 4],
    ['"abc', 4],
    ['{"a":"\n"}', 6],
    ['"\\x"', 2],
    ['"\\u12g4"', 3],
    ["01", 1],
    ["1.", 1],
    ["nul", 3],
    ["-", 0],
  ])("of %j is %i", (text, position) => {
    expect(jsonFault(text)?.position).toBe(position);
    expect(parses(text)).toBe(false);
  });

  it("is found exactly where JSON.parse finds one: in any JSON that was broken", () => {
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 4 }),
        fc.nat(100),
        fc.nat(100),
        fc.constantFrom("", '"', "{", "}", ",", ":", "x", "\\", "0", "\n", "[", "]", ".", "e"),
        (json, at, removed, inserted) => {
          const start = at % (json.length + 1);
          const text = json.slice(0, start) + inserted + json.slice(start + (removed % 3));
          const fault = jsonFault(text);
          expect(fault === undefined).toBe(parses(text));
          if (fault !== undefined) expect(fault.position).toBeLessThanOrEqual(text.length);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("is none in JSON", () => {
    fc.assert(fc.property(fc.json(), (json) => jsonFault(json) === undefined));
  });
});

describe("a payload", () => {
  it("is the object that was typed", () => {
    expect(readPayload('{"text":"hi","n":[1]}')).toEqual({ text: "hi", n: [1] });
  });

  it.each([
    ["[1]", "got an array"],
    ["null", "got null"],
    ["3", "got a number"],
    ['"hi"', "got a string"],
    ['{"text":"hi"', "it ends too soon"],
    ["{text:1}", "it is wrong at character 2"],
  ])("is refused in one line where it is %s", (text, words) => {
    expect(() => readPayload(text)).toThrow(words);
    expect(() => readPayload(text)).toThrow(/^[^\n]+$/);
  });
});

const device = (deviceId: string, online = false, deviceKey = `key-${deviceId}`): KnownDevice => ({
  deviceId,
  deviceKey,
  online,
});

describe("the device that is meant", () => {
  const all = [device("kitchen", true), device("kitchen-2"), device("bedroom"), device("AA:01")];

  it.each([
    ["kitchen", "kitchen"],
    ["kitchen-", "kitchen-2"],
    ["b", "bedroom"],
    ["key-bed", "bedroom"],
    ["aa:", "AA:01"],
    ["-", "kitchen"],
  ])("by %j is %s", (word, id) => {
    expect(findDevice(all, word).deviceId).toBe(id);
  });

  it.each([
    ["k", /could be any of kitchen \(online\), kitchen-2 \(offline\).*write more/],
    ["garage", /there is no device "garage"; there is kitchen \(online\), /],
  ])("by %j is none, and what there is is listed", (word, message) => {
    expect(() => findDevice(all, word)).toThrow(message);
  });

  it("by - is the only one, online or not", () => {
    expect(findDevice([device("only")], "-").deviceId).toBe("only");
    expect(() => findDevice([device("a"), device("b")], "-")).toThrow("more than one device");
    expect(() => findDevice([device("a", true), device("b", true), device("c")], "-")).toThrow(
      /a \(online\), b \(online\); say which$/,
    );
    expect(() => findDevice([], "-")).toThrow("start one with `trefoil device`");
  });

  it("is listed among no more than ten", () => {
    const many = Array.from({ length: 30 }, (_, index) => device(`d${index}`));
    expect(() => findDevice(many, "x")).toThrow("and 20 more");
  });
});
