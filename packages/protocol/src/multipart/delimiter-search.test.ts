// The search against a slow one, and its promise to read each byte a few times at most.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DelimiterSearch } from "./delimiter-search.js";
import { bytes, latin1 } from "./recorded.test.support.js";

/** What `find` promises, without any cleverness. */
function slowFind(delimiter: string, data: string, from: number): number {
  for (let at = from; at < data.length; at++) {
    const rest = data.slice(at);
    if (rest.startsWith(delimiter) || delimiter.startsWith(rest)) return at;
  }
  return data.length;
}

/** The same bytes, counting how often one is read. */
function counted(data: Uint8Array): { readonly data: Uint8Array; readonly reads: () => number } {
  let reads = 0;
  const proxy = new Proxy(data, {
    get(target, key) {
      if (key !== "length") reads++;
      return Reflect.get(target, key, target) as unknown;
    },
  });
  return { data: proxy, reads: () => reads };
}

describe("find", () => {
  it("finds what a slow search finds", () => {
    const boundary = fc.string({
      unit: fc.constantFrom("-", "a", "b", "-a"),
      minLength: 1,
      maxLength: 9,
    });
    const text = boundary.chain((edge) =>
      fc.tuple(
        fc.constant(edge),
        fc
          .array(
            fc.constantFrom("\r", "\n", "\r\n--", "-", "a", "b", edge, `\r\n--${edge}`, "\xff"),
            {
              maxLength: 12,
            },
          )
          .map((pieces) => pieces.join("")),
        fc.nat(20),
      ),
    );
    fc.assert(
      fc.property(text, ([edge, data, start]) => {
        const from = Math.min(start, data.length);
        const found = new DelimiterSearch(edge).find(bytes(data), from);
        expect(found).toBe(slowFind(`\r\n--${edge}`, data, from));
      }),
      { numRuns: 2000 },
    );
  });

  it("knows the delimiter's bytes", () => {
    expect(latin1(Uint8Array.from(new DelimiterSearch("--x").delimiter))).toBe("\r\n----x");
  });

  it("reads no byte more than three times, whatever the bytes are", () => {
    const size = 20_000;
    for (const [boundary, unit] of [
      ["a".repeat(70), "a"],
      ["b".repeat(70), `\r\n--${"b".repeat(69)}`],
      ["b".repeat(70), "\r\n--b"],
      ["-".repeat(70), "-"],
      ["-".repeat(70), "\r\n-"],
      ["x", "\r"],
      ["\r\n--".length.toString(), "\r\n--"],
    ] as const) {
      const text = unit.repeat(Math.ceil(size / unit.length));
      const { data, reads } = counted(bytes(text));
      new DelimiterSearch(boundary).find(data, 0);
      expect(reads(), JSON.stringify(unit)).toBeLessThanOrEqual(3 * text.length);
    }
  });

  it("passes over most bytes of ordinary data unread", () => {
    const { data, reads } = counted(bytes("ordinary JSON ".repeat(1000)));
    new DelimiterSearch("0123456789".repeat(6)).find(data, 0);
    expect(reads()).toBeLessThan(14_000 / 20);
  });
});
