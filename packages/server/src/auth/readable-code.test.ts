// Codes that people type.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  codeAlphabet,
  derivedRandom,
  groupedCode,
  readableCode,
  typedCode,
} from "./readable-code.js";
import { systemRandom } from "./secrets.js";

describe("a readable code", () => {
  it("is of the length asked for, and of letters that do not look alike", () => {
    expect(readableCode(systemRandom, 8)).toMatch(/^[ACEFHJKLMNPRTUVWXY3479]{8}$/);
    expect(codeAlphabet).not.toMatch(/[01568BDGIOQSZ2]/);
  });

  it("has every letter equally often, whatever the bytes are", () => {
    // Every byte value once: those that would favour some letters are left out.
    let turn = 0;
    const every = (size: number) => Uint8Array.from({ length: size }, () => turn++ % 256);
    const counts = new Map<string, number>();
    for (const letter of readableCode(every, 242))
      counts.set(letter, (counts.get(letter) ?? 0) + 1);
    expect([...counts.values()]).toEqual(Array.from({ length: 22 }, () => 11));
  });

  it("is shown in groups of four", () => {
    expect(groupedCode("ACEFHJKL")).toBe("ACEF-HJKL");
    expect(groupedCode("ACEFHJ")).toBe("ACEF-HJ");
  });

  it.each([
    "ACEF-HJKL",
    "acef hjkl",
    " acefhjkl ",
    "ＡＣＥＦ－ＨＪＫＬ",
    "ａｃｅｆ　ｈｊｋｌ",
    "ACEF–HJKL",
    "a.c.e.f.h.j.k.l",
    "ACEF_HJKL",
  ])("is known however it is typed: %j", (typed) => {
    expect(typedCode(typed, 8)).toBe("ACEFHJKL");
  });

  it.each(["", "ACEFHJK", "ACEFHJKLM", "ACEFHJK0", "ACEFHJKB", "ACEFHJK'", "ACEFHJKé"])(
    "is not %j",
    (typed) => {
      expect(typedCode(typed, 8)).toBeUndefined();
    },
  );

  it("survives being shown and typed again", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), (length) => {
        const code = readableCode(systemRandom, length);
        expect(typedCode(groupedCode(code).toLowerCase(), length)).toBe(code);
      }),
    );
  });
});

describe("derived bytes", () => {
  it("are the same for the same secret and purpose, and others for others", () => {
    const draw = (secret: string, purpose: string) => {
      const random = derivedRandom(secret, purpose);
      return Buffer.concat([random(20), random(50)]).toString("hex");
    };
    expect(draw("s", "p")).toBe(draw("s", "p"));
    expect(new Set([draw("s", "p"), draw("s", "q"), draw("t", "p")]).size).toBe(3);
    expect(draw("s", "p")).toHaveLength(140);
  });
});
