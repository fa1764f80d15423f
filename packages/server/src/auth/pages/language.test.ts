// Which language a page speaks.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { acceptedLanguage, languages } from "./language.js";

describe("the language of a page", () => {
  it.each([
    ["ja", "ja"],
    ["ko-KR,ko;q=0.9,en-US;q=0.8", "ko"],
    ["JA-jp", "ja"],
    ["fr-CH, fr;q=0.9, ja;q=0.7, ko;q=0.8, *;q=0.5", "ko"],
    ["en;q=0.1, ja;q=0.2", "ja"],
    ["ja;q=0.5, ko;q=0.5", "ja"],
    ["ja;q=0, ko;q=0.001", "ko"],
    ["ja;q=2, ko", "ko"],
    ["ja ; q=0.3 , ko ; q=0.4", "ko"],
    ["de, fr", "en"],
    ["*", "en"],
    ["", "en"],
    [null, "en"],
    ["jaa, kok", "en"],
    [`${"x,".repeat(300)}ja`, "en"],
  ])("for Accept-Language %j is %s", (header, language) => {
    expect(acceptedLanguage(header)).toBe(language);
  });

  it("is one that we have, whatever the header", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (header) => {
        expect(languages).toContain(acceptedLanguage(header));
      }),
    );
  });
});
