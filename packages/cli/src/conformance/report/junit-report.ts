// The report for build servers: JUnit XML, a test suite for each section.
// @see https://github.com/testmoapp/junitxml

import type { Judgement } from "../judge.js";
import { tally } from "./text-report.js";

/** The XML document. @param took milliseconds of the whole run */
export function junitReport(
  server: string,
  judgements: readonly Judgement[],
  took: number,
): string {
  const groups = new Map<string, Judgement[]>();
  for (const judgement of judgements) {
    const name = `${judgement.check.document} ${judgement.check.section}`;
    groups.set(name, [...(groups.get(name) ?? []), judgement]);
  }
  const suites = [...groups].map(([name, members]) => {
    const milliseconds = members.reduce((sum, member) => sum + member.took, 0);
    const cases = members.map((member) => testCase(name, member)).join("");
    return `  <testsuite ${attributes({ name, ...counts(members), time: seconds(milliseconds) })}>\n${cases}  </testsuite>\n`;
  });
  const head = attributes({
    name: `conformance of ${server}`,
    ...counts(judgements),
    time: seconds(took),
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${head}>\n${suites.join("")}</testsuites>\n`;
}

function testCase(suite: string, { check, verdict, took }: Judgement): string {
  const name = `${check.id}: ${check.says}`;
  const head = `    <testcase ${attributes({ name, classname: suite, time: seconds(took) })}`;
  switch (verdict.kind) {
    case "pass":
      return `${head}/>\n`;
    case "skip":
      return `${head}><skipped ${attributes({ message: verdict.reason })}/></testcase>\n`;
    case "fail": {
      const message = `expected ${verdict.expected}, saw ${verdict.seen}`;
      return `${head}><failure ${attributes({ message })}/></testcase>\n`;
    }
  }
}

function counts(judgements: readonly Judgement[]) {
  const { fail, skip } = tally(judgements);
  return { tests: judgements.length, failures: fail, errors: 0, skipped: skip };
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1_000).toFixed(3);
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${escape(String(value))}"`)
    .join(" ");
}

/** What XML 1.0 cannot hold is left out. @see https://www.w3.org/TR/xml/#charsets */
function escape(text: string): string {
  return (
    text
      // oxlint-disable-next-line no-control-regex -- control characters are what it is for
      .replaceAll(/[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]/gu, "")
      .replaceAll(/[&<>"\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`)
  );
}
