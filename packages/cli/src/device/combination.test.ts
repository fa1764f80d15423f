// Options that contradict each other are refused, and the others are not.

import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type CombinedOptions, checkCombination } from "./combination.js";

const check = (options: CombinedOptions) => () => checkCombination(options, "/work");

it.each<[RegExp, CombinedOptions]>([
  [/^--fleet and --once do not go together: /, { fleet: 2, once: "hi" }],
  [/^--fleet and --record /, { fleet: 2, record: "f" }],
  [/^--fleet and --replay /, { fleet: 2, replay: "f" }],
  [/^--fleet and --tokens /, { fleet: 2, tokens: "f" }],
  [/^--once and --replay /, { once: "hi", replay: "f" }],
  [/give --fleet too$/, { for: 5 }],
  [/write over the recording/, { record: "f", replay: "./f" }],
])("refuses with %s", (message, options) => {
  expect(check(options)).toThrow(message);
});

it.each<CombinedOptions>([
  {},
  { once: "hi", record: "f" },
  { record: "f", replay: "g" },
  { fleet: 2, for: 5 },
])("lets %j through", (options) => {
  expect(check(options)).not.toThrow();
});

it("sees through a link to the recording", () => {
  const directory = mkdtempSync(join(tmpdir(), "trefoil-combination-"));
  try {
    writeFileSync(join(directory, "f"), "");
    symlinkSync("f", join(directory, "g"));
    expect(() => checkCombination({ record: "g", replay: "f" }, directory)).toThrow(/write over/);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
