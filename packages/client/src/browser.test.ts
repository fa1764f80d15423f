// What a browser would load with `@trefoil/client`: nothing that only Node.js has.
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const packages = fileURLToPath(new URL("../..", import.meta.url));

/** The modules that a source file imports at run time. */
function importsOf(file: string): string[] {
  const source = readFileSync(file, "utf8");
  const statements = source.matchAll(/^(?:import|export)\s(?!type\s)[^"';]*?from\s+"([^"]+)";/gms);
  const bare = source.matchAll(/^import\s+"([^"]+)";/gm);
  return [...statements, ...bare].map((match) => match[1] ?? "");
}

function fileOf(from: string, name: string): string | undefined {
  if (name.startsWith(".")) return resolve(dirname(from), name.replace(/\.js$/, ".ts"));
  const room = /^@trefoil\/([\w-]+)(?:\/([\w-]+))?$/.exec(name);
  if (room === null) return undefined;
  return resolve(packages, room[1] ?? "", "src", room[2] ?? ".", "index.ts");
}

it("reaches no module of Node.js from the package's main entry", () => {
  const seen = new Set<string>();
  const outside = new Set<string>();
  const queue = [resolve(packages, "client/src/index.ts")];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    for (const name of importsOf(file)) {
      const next = fileOf(file, name);
      if (next === undefined) outside.add(name);
      else queue.push(next);
    }
  }
  expect([...outside]).toEqual(["zod"]);
  expect(seen.size).toBeGreaterThan(40);
  expect([...seen].filter((file) => /client\/src\/(node|transport\/node)/.test(file))).toEqual([]);
});
