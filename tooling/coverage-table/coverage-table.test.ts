// The coverage table cannot claim what no test shows.

import { describe, expect, it } from "vitest";
import type { TestRun } from "../test-report.js";
import { messageChapter } from "./messages.js";
import { type Chapter, notYet, testsIn, works } from "./row.js";
import { chapters } from "./rows/index.js";
import { writeCoveragePage } from "./table.js";
import { TestIndex, judge } from "./verdict.js";

const file = "test/a.test.ts";
const run: TestRun = {
  tests: [
    { file, name: "asked by GET, /token > answers 200", outcome: "passed" },
    { file, name: "asked by POST, /token > answers 200", outcome: "passed" },
    { file, name: "asked by GET, /token > answers 400", outcome: "passed" },
    { file, name: "asked by POST, /token > answers 400", outcome: "failed" },
    { file, name: "is skipped", outcome: "skipped" },
  ],
  brokenFiles: [],
  success: false,
};
const index = new TestIndex(run);
const tests = testsIn(file);

describe("a row", () => {
  it("works where every test that it names has passed", () => {
    expect(judge(works(["x"], tests("asked by *, /token > answers 200")), index)).toEqual({
      kind: "works",
      files: [file],
    });
  });

  it("is not built yet where it names none", () => {
    expect(judge(notYet("x"), index)).toEqual({ kind: "not-yet" });
  });

  it.each([
    ["that is not there", "asked by *, /token > answers 500", "there is no such test"],
    ["of which one variant failed", "asked by *, /token > answers 400", "failed: "],
    ["that was skipped", "is skipped", "skipped: "],
    ["by half of its name", "answers 200", "there is no such test"],
  ])("is unproven where it names a test %s", (_what, name, problem) => {
    expect(judge(works(["x"], tests(name)), index)).toEqual({
      kind: "unproven",
      problems: [expect.stringContaining(problem) as string],
    });
  });

  it("is unproven where it names a test of another file", () => {
    const elsewhere = testsIn("test/b.test.ts")("asked by *, /token > answers 200");
    expect(judge(works(["x"], elsewhere), index).kind).toBe("unproven");
  });

  it("takes nothing but the star for more than itself", () => {
    const odd = new TestIndex({ ...run, tests: [{ file, name: "a.b (c)", outcome: "passed" }] });
    expect(judge(works(["x"], tests("a.b (c)")), odd).kind).toBe("works");
    expect(judge(works(["x"], tests("aXb (c)")), odd).kind).toBe("unproven");
    expect(judge(works(["x"], tests("a.b c")), odd).kind).toBe("unproven");
  });
});

describe("the page", () => {
  const chapter = (...rows: Chapter["sections"][number]["rows"]): Chapter => ({
    title: "A Chapter",
    about: "About it.",
    sections: [{ title: "Section", columns: ["What"], rows }],
  });

  it("says what works, what does not, and how many", () => {
    const { markdown, problems } = writeCoveragePage(
      [chapter(works(["one | two"], tests("asked by *, /token > answers 200")), notYet("three"))],
      index,
    );
    expect(problems).toEqual([]);
    expect(markdown).toContain("| one \\| two | yes | [a](../test/a.test.ts) |");
    expect(markdown).toContain("| three | not yet |  |");
    expect(markdown).toContain("1 of 2 work today.");
    expect(markdown).toContain("| [A Chapter](#a-chapter) | 1 | 2 |");
  });

  it("names the problems of rows that claim too much, and does not count them", () => {
    const { markdown, problems } = writeCoveragePage(
      [chapter(works(["one"], tests("nothing")))],
      index,
    );
    expect(problems).toEqual(["one: there is no such test: test/a.test.ts: nothing"]);
    expect(markdown).toContain("| one | **unproven** |  |");
    expect(markdown).toContain("0 of 1 work today.");
  });

  it("has a row for each message of the catalogue, and no row twice", () => {
    const all = [...chapters, messageChapter(new Set(["Clova.Hello"]))];
    const { markdown } = writeCoveragePage(all, index);
    expect(markdown).toContain("| `TextRecognizer.Recognize` | event | answered |");
    expect(markdown).toContain("| `Alerts.AlertStarted` | event | taken, 204 |");
    expect(markdown).toContain("| `Clova.Hello` | directive | sent by itself |");
    expect(markdown).toContain("| `Alerts.SetAlert` | directive | sent when asked to |");
    for (const { title, sections } of all) {
      for (const { title: section, rows } of sections) {
        const cells = rows.map((row) => row.cells.join(" | "));
        expect(new Set(cells).size, `${title}, ${section}`).toBe(cells.length);
      }
    }
  });
});
