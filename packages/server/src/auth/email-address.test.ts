// Names that look alike, and names that cannot be seen.

import { describe, expect, it } from "vitest";
import { isEmailAddress, normalisedEmail } from "./email-address.js";

describe("one account", () => {
  it.each([
    ["in capital letters", "Person@Example.ORG"],
    ["with spaces around it", " person@example.org\t"],
    ["in the wide letters of a Japanese keyboard", "ｐｅｒｓｏｎ＠ｅｘａｍｐｌｅ．ｏｒｇ"],
    ["in wide capital letters", "ＰＥＲＳＯＮ@example.org"],
    ["in mathematical letters", "𝐩𝐞𝐫𝐬𝐨𝐧@example.org"],
    ["with a letter in a circle", "ⓟerson@example.org"],
  ])("is the address %s", (_, email) => {
    expect(normalisedEmail(email)).toBe("person@example.org");
    expect(isEmailAddress(email)).toBe(true);
  });

  it("is one whose letters are composed or not", () => {
    expect(normalisedEmail("mu\u0308ller@x")).toBe(normalisedEmail("m\u00fcller@x"));
    expect(normalisedEmail("각@x".normalize("NFD"))).toBe("각@x");
  });

  it("stays what it is where it is normalised again", () => {
    for (const email of ["İ@x", "ẞ@x", "ŉ@x", "Σ@x", "ﬀ@x"]) {
      expect(normalisedEmail(normalisedEmail(email)), email).toBe(normalisedEmail(email));
    }
  });
});

describe("no address", () => {
  it.each([
    ["nothing", ""],
    ["no sign", "person"],
    ["two signs", "a@b@c"],
    ["two signs, one of them wide", "a@b＠c"],
    ["a space", "per son@example.org"],
    ["an ideographic space", "per\u3000son@example.org"],
    ["a NUL", "per\0son@example.org"],
    ["a line end", "person@example.org\nx"],
    ["a zero width space", "per\u200bson@example.org"],
    ["a zero width joiner", "per\u200dson@example.org"],
    ["a soft hyphen", "per\u00adson@example.org"],
    ["a turn of the direction (Trojan source)", "\u202egro.elpmaxe@nosrep"],
    ["a Hangul filler", "per\u3164son@example.org"],
    ["a variation selector", "person\ufe0f@example.org"],
    ["a tag character", "person\u{e0041}@example.org"],
    ["half a character", "per\ud800son@example.org"],
    ["too many bytes", `${"x".repeat(250)}@example.org`],
    ["too many bytes once it is normalised", `${"\ufdfa".repeat(20)}@example.org`],
  ])("is one with %s", (_, email) => {
    expect(isEmailAddress(email)).toBe(false);
  });
});
