// Printing: what comes out is a configuration again, and holds no secret; the reference in docs is the schema's.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { configSchema, listSettings, loadConfig, printConfig, writeReference } from "./index.js";

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "trefoil-print-"));
});

afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const env = {
  TREFOIL_PUBLIC_URL: "https://clova.example.org",
  TREFOIL_TLS_NAMES: "a.example,b.example",
  TREFOIL_GATEWAY_MAX_PARTS: "3",
  TREFOIL_DATA_DIR: "with # and: 'quotes'",
};

describe("printConfig", () => {
  it("writes a file that loads as the same configuration", () => {
    const loaded = loadConfig({ form: "development", env, cwd });
    writeFileSync(join(cwd, "again.yaml"), printConfig(loaded));
    const again = loadConfig({ form: "development", env: {}, cwd, file: "again.yaml" });
    expect(again.config).toEqual(loaded.config);
  });

  it("says where each value that is not a default came from", () => {
    const text = printConfig(loadConfig({ form: "development", env, cwd }));
    expect(text).toContain("  maxParts: 3 # TREFOIL_GATEWAY_MAX_PARTS\n");
    expect(text).toContain("  validation: strict # developer server\n");
    expect(text).toContain("  port: 8443\n");
    expect(text).toContain("  # tokenFile:\n");
  });

  it("never writes the value of a secret setting", () => {
    const loaded = loadConfig({ form: "development", env, cwd });
    const settings = listSettings(configSchema).map((setting) => ({ ...setting, isSecret: true }));
    const text = printConfig(loaded, settings);
    for (const value of ["clova.example.org", "a.example", "quotes", "8443"]) {
      expect(text).not.toContain(value);
    }
    expect(text).toContain("# publicUrl: (hidden) # TREFOIL_PUBLIC_URL");
  });
});

describe("the reference", () => {
  it("has every setting, with its variable and a description that is a sentence", () => {
    const reference = writeReference();
    for (const { path, environment, description } of listSettings(configSchema)) {
      expect(reference).toContain(`### \`${path}\``);
      expect(reference).toContain(`\`${environment}\``);
      expect(description).toMatch(/^[A-Z].*[.)]$/s);
    }
  });

  it("is what docs/configuration.md holds (else run: npx trefoil config doc > docs/configuration.md)", () => {
    const page = new URL("../../../../docs/configuration.md", import.meta.url);
    expect(readFileSync(page, "utf8")).toBe(writeReference());
  });
});
