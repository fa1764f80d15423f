// docs/write-a-client.md shows code that compiles and runs, and docs/client-api.md is what the docstrings say.

import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const read = (file: string) => readFileSync(join(repository, file), "utf8");
const run = promisify(execFile);

describe("docs/write-a-client.md", () => {
  const examples = ["first-client", "test-a-client"].map((name) => read(`examples/src/${name}.ts`));
  const blocks = [...read("docs/write-a-client.md").matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(
    ([, code = ""]) => code,
  );

  it("has code on every step", () => {
    expect(blocks.length).toBeGreaterThan(8);
  });

  it.each(blocks)("shows what stands in an example that is compiled: %s", (block) => {
    expect(examples.some((example) => example.includes(block))).toBe(true);
  });

  it("names an example that runs to its end", async () => {
    const cwd = await mkdtemp(join(tmpdir(), "trefoil-example-"));
    try {
      const file = join(repository, "node_modules/.cache/trefoil/examples/test-a-client.js");
      await run(process.execPath, [file], { cwd, timeout: 15_000 });
    } finally {
      await rm(cwd, { recursive: true });
    }
  });
});

describe("docs/client-api.md", () => {
  it("is what `npm run client-api` prints", async () => {
    const file = join(repository, "tooling/dist/client-api.js");
    await run(process.execPath, [file, "--check"], { timeout: 15_000 });
  });
});
