// Writes the coverage table: docs/coverage.md.

import type { Chapter, Row, Section } from "./row.js";
import { type TestIndex, type Verdict, judge } from "./verdict.js";

/** The page, and what is wrong with what its rows claim. */
export interface CoveragePage {
  readonly markdown: string;
  readonly problems: readonly string[];
}

/** How many of how many. */
interface Score {
  readonly works: number;
  readonly of: number;
}

/** Writes the page. */
export function writeCoveragePage(chapters: readonly Chapter[], index: TestIndex): CoveragePage {
  const problems: string[] = [];
  const scores: Score[] = [];
  const blocks = chapters.flatMap((chapter) => {
    let works = 0;
    const sections = chapter.sections.map((section) => ({
      section,
      judged: section.rows.map((row) => {
        const verdict = judge(row, index);
        if (verdict.kind === "works") works++;
        if (verdict.kind === "unproven") {
          problems.push(
            ...verdict.problems.map((problem) => `${row.cells.join(" | ")}: ${problem}`),
          );
        }
        return { row, verdict };
      }),
    }));
    const of = chapter.sections.reduce((sum, { rows }) => sum + rows.length, 0);
    scores.push({ works, of });
    return [
      `## ${chapter.title}`,
      chapter.about,
      `${works} of ${of} work today.`,
      ...sections.flatMap(({ section, judged }) => [
        `### ${section.title}`,
        sectionTable(section, judged),
      ]),
    ];
  });
  const sum = (member: keyof Score) => scores.reduce((total, score) => total + score[member], 0);
  const markdown = [
    "# Coverage",
    "<!-- Written by `npm run coverage-table` from tooling/coverage-table and the results of the tests. Do not edit. -->",
    "<!-- prettier-ignore-start -->",
    "What the protocol and this project's plans ask for, and whether it works today. A row works where it names tests, each of them is there, and each has passed; `.ci/run` fails where a row claims what no test shows, and where this page is not what the tests say.",
    table(
      ["", "Work today", "Of"],
      [
        ...chapters.map(({ title }, at) => [
          `[${title}](#${anchor(title)})`,
          String(scores[at]?.works),
          String(scores[at]?.of),
        ]),
        ["All", String(sum("works")), String(sum("of"))],
      ],
    ),
    ...blocks,
    "<!-- prettier-ignore-end -->",
  ].join("\n\n");
  return { markdown: `${markdown}\n`, problems };
}

function sectionTable(
  { columns }: Section,
  judged: readonly { readonly row: Row; readonly verdict: Verdict }[],
): string {
  return table(
    [...columns, "Works", "Shown by"],
    judged.map(({ row, verdict }) => {
      if (row.cells.length !== columns.length) {
        throw new Error(
          `A row has ${row.cells.length} cells for ${columns.length} columns: ${row.cells.join(" | ")}`,
        );
      }
      return [...row.cells.map(cell), words(verdict), shownBy(verdict)];
    }),
  );
}

function words(verdict: Verdict): string {
  switch (verdict.kind) {
    case "works":
      return "yes";
    case "not-yet":
      return "not yet";
    case "unproven":
      return "**unproven**";
  }
}

function shownBy(verdict: Verdict): string {
  if (verdict.kind !== "works") return "";
  return verdict.files.map((file) => `[${shortName(file)}](../${file})`).join(", ");
}

/** `test/gateway/events.test.ts` as `gateway/events`. */
function shortName(file: string): string {
  return file
    .replace(/^(?:packages\/|test\/)/, "")
    .replace("/src/", "/")
    .replace(/\.test\.ts$/, "");
}

/** A cell may hold no bar. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** Heading anchors as GitHub makes them. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
}
