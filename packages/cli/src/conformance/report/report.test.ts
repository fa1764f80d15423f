// The forms of the report: what a person, a program and a build server get to read.
import { expect, it } from "vitest";
import type { Judgement } from "../judge.js";
import type { Verdict } from "../verdict.js";
import { jsonReport } from "./json-report.js";
import { junitReport } from "./junit-report.js";
import { TextReport } from "./text-report.js";

const judgement = (id: string, verdict: Verdict): Judgement => ({
  check: {
    id,
    says: `Says <${id}>.`,
    document: "docs/protocol.md",
    section: "Events",
    run: () => Promise.resolve(undefined),
  },
  verdict,
  took: 1_500,
});

const all = [
  judgement("a", { kind: "pass", note: "2 ms" }),
  judgement("b", {
    kind: "fail",
    expected: 'a "quote" & more',
    seen: "\u001b[2J<\u0000\ud800>\nend",
  }),
  judgement("c", { kind: "skip", reason: "not here" }),
];

it("for people: grouped by section, with what was expected and what was seen, and nothing that moves the cursor", () => {
  let out = "";
  const report = new TextReport((text) => (out += text), false);
  for (const each of all) report.add(each);
  report.end(all, 4_500);
  expect(out.split("\n")).toEqual([
    "docs/protocol.md, Events",
    "  pass  Says <a>. [a] (2 ms)",
    "  FAIL  Says <b>. [b] (1.5 s)",
    '        expected  a "quote" & more',
    "        saw       \\u001b[2J<\\u0000\ud800>\\u000aend",
    "  skip  Says <c>. [c]",
    "        not judged: not here",
    "",
    "1 passed, 1 failed, 1 skipped in 4.5 s",
    "",
  ]);
});

it("for build servers: well-formed XML whatever a server says", () => {
  const xml = junitReport("https://server", all, 4_500);
  expect(xml).toContain(
    '<testsuite name="docs/protocol.md Events" tests="3" failures="1" errors="0" skipped="1" time="4.500">',
  );
  expect(xml).toContain(
    '<failure message="expected a &#34;quote&#34; &#38; more, saw [2J&#60;&#62;&#10;end"/>',
  );
  expect(xml).toContain('<skipped message="not here"/>');
  // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
  expect(xml).not.toMatch(/[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]/u);
});

it("for programs: one document with each check", () => {
  expect(JSON.parse(jsonReport("https://server", all, 4_500))).toMatchObject({
    server: "https://server",
    passed: 1,
    failed: 1,
    skipped: 1,
    checks: [
      { id: "a", outcome: "pass", note: "2 ms", milliseconds: 1_500 },
      { id: "b", outcome: "fail", expected: 'a "quote" & more' },
      { id: "c", outcome: "skip", reason: "not here" },
    ],
  });
});
