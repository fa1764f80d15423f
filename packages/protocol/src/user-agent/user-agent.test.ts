// The User-Agent grammar of the public client guides.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ClovaUserAgent, parseUserAgent } from "./user-agent.js";

/** A User-Agent that must follow the grammar. */
function clova(value: string): ClovaUserAgent {
  const parsed = parseUserAgent(value);
  if (parsed.kind !== "clova") throw new Error(`${value}: ${parsed.reason}`);
  return parsed;
}

describe("a User-Agent", () => {
  it("of the speakers that shipped follows the grammar", () => {
    expect(clova("CLOVA/DONUT/1.2.3 (Android 7.1.1;qcom;clovasdk=1.6.0)")).toEqual({
      kind: "clova",
      manufacturer: "CLOVA",
      product: "DONUT",
      firmwareVersion: "1.2.3",
      os: "Android 7.1.1",
      hardware: "qcom",
      properties: new Map([["clovasdk", "1.6.0"]]),
    });
    expect(clova("CLOVA/ON_PLUS/4.2.8020 (Android 7.1.1;qcom;clovasdk=1.6.0)").product).toBe(
      "ON_PLUS",
    );
  });

  it("may be one of the guides' examples", () => {
    const first = clova(
      "MyCompanyName/MyProductName/1.0.1 (KindOfOS 0.9;CustomHardwareInfo;sampleKey1=sampleValue1;sampleKey2=sampleValue2)",
    );
    expect([...first.properties]).toEqual([
      ["sampleKey1", "sampleValue1"],
      ["sampleKey2", "sampleValue2"],
    ]);
    expect(
      clova("MyOrganizationName/MyAppName/2.1.2-release (Android 7.0;SettopBox;target=KR)")
        .firmwareVersion,
    ).toBe("2.1.2-release");
    const third = clova(
      "AbbreviationOfCompanyName/MyClient/0.8.2+build (Linux 7.0;Raspberry_pi;domain=Sample%40Clova;type=Test%20Type)",
    );
    expect(third.firmwareVersion).toBe("0.8.2+build");
    expect([...third.properties.values()]).toEqual(["Sample@Clova", "Test Type"]);
    expect(clova("MCN/SampleClient/1.7.0 (SampleIoTOS 2.1;SmartHub)").properties.size).toBe(0);
  });

  it("may have one space around each slash and semicolon, and none before the parenthesis", () => {
    expect(clova("A B / C D / 1.2.3(OS 1 ; H W ; k=v ; l=w)")).toMatchObject({
      manufacturer: "A B",
      product: "C D",
      firmwareVersion: "1.2.3",
      os: "OS 1",
      hardware: "H W",
      properties: new Map([
        ["k", "v"],
        ["l", "w"],
      ]),
    });
  });

  it("has a semantic version", () => {
    for (const version of ["0.0.0", "10.20.300", "1.2.3-a.b_c.1", "1.2.3-x-y", "1.2.3-a+b.c"]) {
      expect(clova(`A/B/${version} (O;H)`).firmwareVersion).toBe(version);
    }
    for (const version of [
      "",
      "1",
      "1.2",
      "1.2.3.4",
      "1.2.x",
      "v1.2.3",
      "1..3",
      "1.2.3-",
      "1.2.3+",
      "1.2.3-a..b",
      "1.2.3-+b",
      "1.2.3 -a",
      "1.2.3+a+b",
    ]) {
      expect(parseUserAgent(`A/B/${version} (O;H)`), version).toMatchObject({
        kind: "other",
        reason: expect.stringContaining("version") as unknown,
      });
    }
  });

  it("takes the first of a repeated property, and a percent sign that is no encoding for itself", () => {
    expect([...clova("A/B/1.2.3 (O;H;k=1;k=2;p=100%;q=%zz;__proto__=x)").properties]).toEqual([
      ["k", "1"],
      ["p", "100%"],
      ["q", "%zz"],
      ["__proto__", "x"],
    ]);
  });

  it("that departs from the grammar is another, with the reason", () => {
    for (const [value, reason] of [
      [undefined, /no User-Agent/],
      ["", /no User-Agent/],
      ["curl/8.5.0", /parentheses/],
      ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)", /begin with/],
      ["okhttp/4.12.0", /parentheses/],
      ["A/B/1.2.3", /parentheses/],
      ["A/B/1.2.3 (O;H", /parentheses/],
      ["A/B/1.2.3 (O;H) x", /parentheses/],
      ["A/1.2.3 (O;H)", /begin with/],
      ["A/B/C/1.2.3 (O;H)", /begin with/],
      ["/B/1.2.3 (O;H)", /manufacturer/],
      [" A/B/1.2.3 (O;H)", /manufacturer/],
      ["A  /B/1.2.3 (O;H)", /manufacturer/],
      ["A//1.2.3 (O;H)", /product/],
      ["A/ /1.2.3 (O;H)", /product/],
      ["A/B!/1.2.3 (O;H)", /product/],
      ["A/B/1.2.3  (O;H)", /version/],
      ["A/B/1.2.3 ()", /operating system/],
      ["A/B/1.2.3 ( O;H)", /operating system/],
      ["A/B/1.2.3 (O)", /hardware/],
      ["A/B/1.2.3 (O;)", /hardware/],
      ["A/B/1.2.3 (O;H )", /hardware/],
      ["A/B/1.2.3 (O;(H))", /hardware/],
      ["A/B/1.2.3 (O;H;)", /key=value/],
      ["A/B/1.2.3 (O;H;k)", /key=value/],
      ["A/B/1.2.3 (O;H;=v)", /key=value/],
      ["A/B/1.2.3 (O;H;k=)", /key=value/],
      ["A/B/1.2.3 (O;H;k=a b)", /key=value/],
      ["A/B/1.2.3 (O;H;k=a=b)", /key=value/],
      ["클로바/B/1.2.3 (O;H)", /manufacturer/],
      ["A/B/1.2.3 (O\n;H)", /operating system/],
    ] as const) {
      const parsed = parseUserAgent(value);
      expect(parsed, value).toMatchObject({ kind: "other" });
      expect(parsed.kind === "other" && parsed.reason, value).toMatch(reason);
    }
  });

  it("is read up to 512 characters", () => {
    const value = (length: number) => `A/B/1.2.3 (O;${"H".repeat(length - 14)})`;
    expect(value(512)).toHaveLength(512);
    expect(parseUserAgent(value(512)).kind).toBe("clova");
    expect(parseUserAgent(value(513))).toEqual({
      kind: "other",
      reason: "It is longer than 512 characters.",
    });
  });
});

describe("any User-Agent", () => {
  const characters = (text: string) => fc.constantFrom(...text.split(""));
  const word = fc.string({ unit: characters("aZ09_.-"), minLength: 1, maxLength: 8 });
  const words = fc.array(word, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(" "));
  const identifier = fc.string({ unit: characters("aZ09_"), minLength: 1, maxLength: 5 });
  const dotted = fc.array(identifier, { minLength: 1, maxLength: 3 }).map((ids) => ids.join("."));
  const version = fc
    .tuple(fc.nat(), fc.nat(), fc.nat(), fc.option(dotted), fc.option(dotted))
    .map(
      ([major, minor, patch, release, build]) =>
        `${major}.${minor}.${patch}${release === null ? "" : `-${release}`}${build === null ? "" : `+${build}`}`,
    );
  const space = fc.constantFrom("", " ");
  const property = fc.tuple(
    word,
    fc.string({ minLength: 1, maxLength: 8, unit: characters("aZ09_.- @/;한") }),
  );

  it("that is written by the grammar is read back as it was meant", () => {
    fc.assert(
      fc.property(
        fc.tuple(words, words, version, words, words),
        fc.uniqueArray(property, { maxLength: 3, selector: ([name]) => name }),
        fc.array(space, { minLength: 12, maxLength: 12 }),
        ([manufacturer, product, firmwareVersion, os, hardware], properties, spaces) => {
          const [a, b, c, d, e, f, g, h, i] = spaces;
          const extras = properties
            .map(([name, value]) => `${h};${i}${name}=${encodeURIComponent(value)}`)
            .join("");
          const value = `${manufacturer}${a}/${b}${product}${c}/${d}${firmwareVersion}${e}(${os}${f};${g}${hardware}${extras})`;
          expect(parseUserAgent(value)).toEqual({
            kind: "clova",
            manufacturer,
            product,
            firmwareVersion,
            os,
            hardware,
            properties: new Map(properties),
          });
        },
      ),
      { numRuns: 500 },
    );
  });

  it("is read without an error, and none of its fields holds what the grammar forbids", () => {
    const text = fc
      .array(
        fc.oneof(
          fc.string({ maxLength: 5 }),
          fc.constantFrom("A", "/", "1.2.3", " ", "(", ";", ")"),
        ),
        { maxLength: 20 },
      )
      .map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(text, (value) => {
        const parsed = parseUserAgent(value);
        if (parsed.kind === "other") {
          expect(parsed.reason).not.toBe("");
          return;
        }
        for (const field of [parsed.manufacturer, parsed.product, parsed.os, parsed.hardware]) {
          expect(field).toMatch(/^[\w.-]([\w. -]*[\w.-])?$/);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("of 512 characters that lead a backtracking expression astray is refused as fast as any other", () => {
    for (const unit of [" ", "A ", "/", ".", "1.", "-", "(", ";", "k=", "%", "a=b;"]) {
      for (const frame of [
        (text: string) => text,
        (text: string) => `${text}/B/1.2.3 (O;H)`,
        (text: string) => `A/B/1.2.3-${text}! (O;H)`,
        (text: string) => `A/B/1.2.3 (O${text}!;H)`,
        (text: string) => `A/B/1.2.3 (O;H;${text}!)`,
      ]) {
        const value = frame(unit.repeat(Math.floor(480 / unit.length)));
        const begun = performance.now();
        for (let run = 0; run < 20; run++) parseUserAgent(value);
        // Some microseconds each; an expression that backtracks takes seconds or for ever.
        expect(performance.now() - begun, value.slice(0, 40)).toBeLessThan(1000);
      }
    }
  });
});
