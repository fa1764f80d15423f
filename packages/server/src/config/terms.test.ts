// Terms of use in the configuration: documents in the file or as JSON in the variable, and what each mistake is answered with.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isTrefoilError } from "@trefoil/protocol/errors";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadConfig, printConfig } from "./index.js";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "trefoil-terms-"));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const load = (yaml: string, env: Readonly<Record<string, string>> = {}) => {
  writeFileSync(join(cwd, "trefoil.yaml"), yaml);
  return loadConfig({ form: "development", env, cwd, file: "trefoil.yaml" });
};

function problemsOf(yaml: string, env: Readonly<Record<string, string>> = {}): string[] {
  try {
    load(yaml, env);
  } catch (error) {
    if (!isTrefoilError(error)) throw error;
    return error.message.split("\n");
  }
  throw new Error("expected the configuration to be refused");
}

const inFile = (...documents: readonly string[]) =>
  `auth:\n  terms:\n${documents.map((one) => `    - ${one}\n`).join("")}`;

describe("terms of use", () => {
  it("are none unless given", () => {
    expect(load("").config.auth.terms).toEqual([]);
  });

  it("stand in the file, required unless they say otherwise, in one language or more", () => {
    const yaml = inFile(
      "{ id: service, version: 3, title: { ja: 利用規約, en: Terms }, text: { ja: 本文 } }",
      "{ id: news, version: 2025-07-01, required: false, title: { ko: 소식 }, url: { ko: https://example.org/n } }",
    );
    const loaded = load(yaml);
    expect(loaded.config.auth.terms).toEqual([
      {
        id: "service",
        version: "3",
        required: true,
        title: { ja: "利用規約", en: "Terms" },
        text: { ja: "本文" },
      },
      {
        id: "news",
        version: "2025-07-01",
        required: false,
        title: { ko: "소식" },
        url: { ko: "https://example.org/n" },
      },
    ]);
    // What is printed is a configuration again.
    expect(load(printConfig(loaded)).config.auth.terms).toEqual(loaded.config.auth.terms);
  });

  it("may be given as JSON in the variable", () => {
    const json = '[{"id":"a","version":"1","title":{"en":"A"},"text":{"en":"a, b"}}]';
    expect(load("", { TREFOIL_AUTH_TERMS: json }).config.auth.terms).toMatchObject([
      { id: "a", text: { en: "a, b" } },
    ]);
    expect(problemsOf("", { TREFOIL_AUTH_TERMS: "[{" })).toEqual([
      'TREFOIL_AUTH_TERMS: auth.terms: expected a list, got "[{"',
    ]);
  });

  const good = "id: a, version: 1, title: { en: A }, text: { en: a }";
  it.each([
    ["{ id: A b, version: 1, title: { en: A }, text: { en: a } }", "[0.id]: an id has"],
    ["{ id: a, version: 1, title: {}, text: { en: a } }", "[0.title]: the title is missing"],
    [
      "{ id: a, version: 1, title: { en: A, fr: A }, text: { en: a } }",
      "[0.title]: Unrecognized key",
    ],
    ["{ id: a, version: 1, title: { en: A } }", "[0]: a document has a text or a url"],
    ["{ id: a, title: { en: A }, text: { en: a } }", "[0.version]: "],
    [`{ ${good}, url: { en: "javascript:alert(1)" } }`, "[0.url.en]: not a web address"],
    [`{ ${good}, required: maybe }`, "[0.required]: "],
    [`{ ${good}, mandatory: true }`, "[0]: Unrecognized key"],
  ])("are refused where they will not do: %s", (document, problem) => {
    const [line = "", ...more] = problemsOf(inFile(document));
    expect(more).toEqual([]);
    expect(line).toContain(`trefoil.yaml:2: auth.terms${problem}`);
  });

  it("of one id are refused", () => {
    expect(problemsOf(inFile(`{ ${good} }`, `{ ${good} }`))).toEqual([
      "trefoil.yaml:2: auth.terms: two documents have the same id, got a list",
    ]);
  });
});
