// The setting that names the database: what it needs, and that its password is printed nowhere.

import { isTrefoilError } from "@trefoil/protocol/errors";
import { describe, expect, it } from "vitest";
import { type ConfigRequest, loadConfig, printConfig } from "./index.js";

const url = "postgres://trefoil:hunter2hunter2@db.example:5432/trefoil";
const load = (env: Readonly<Record<string, string>>, rest: Partial<ConfigRequest> = {}) =>
  loadConfig({ form: "development", env, cwd: "/", ...rest });

function problemsOf(env: Readonly<Record<string, string>>): readonly string[] {
  try {
    load(env);
  } catch (error) {
    if (!isTrefoilError(error)) throw error;
    return error.message.split("\n");
  }
  throw new Error("expected the configuration to be refused");
}

describe("the database", () => {
  it("is a file in dataDir unless told", () => {
    expect(load({}).config.storage).toEqual({ kind: "sqlite" });
  });

  it("is PostgreSQL where kind and url say so", () => {
    const env = { TREFOIL_STORAGE_KIND: "postgres", TREFOIL_STORAGE_URL: url };
    expect(load(env).config.storage).toEqual({ kind: "postgres", url });
    expect(load(env).warnings).toEqual([]);
  });

  it("of another kind without a url is refused", () => {
    expect(problemsOf({ TREFOIL_STORAGE_KIND: "postgres" })).toEqual([
      "storage.url: missing: storage.kind is postgres (variable: TREFOIL_STORAGE_URL)",
    ]);
  });

  it.each([
    "mysql://trefoil:hunter2hunter2@db.example/trefoil",
    "postgres://",
    "hunter2hunter2",
    `postgres://${"hunter2hunter2".repeat(200)}`,
  ])("with a wrong url is refused, and the url is not repeated: %s", (wrong) => {
    const [problem = ""] = problemsOf({
      TREFOIL_STORAGE_KIND: "postgres",
      TREFOIL_STORAGE_URL: wrong,
    });
    expect(problem).toMatch(/^TREFOIL_STORAGE_URL: storage\.url: /);
    expect(problem).not.toContain("hunter2");
  });

  it("is printed without its url", () => {
    const env = { TREFOIL_STORAGE_KIND: "postgres", TREFOIL_STORAGE_URL: url };
    const printed = printConfig(load(env));
    expect(printed).toContain("# url: (hidden) # TREFOIL_STORAGE_URL");
    expect(printed).not.toContain("hunter2");
  });

  it("that is named and not used is warned of", () => {
    expect(load({ TREFOIL_STORAGE_URL: url }).warnings).toEqual([
      "storage.url: not used, storage.kind is sqlite",
    ]);
  });
});
