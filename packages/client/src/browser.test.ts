// What a browser would load with the entries of `@trefoil/client` that are meant for it: nothing that only Node.js has.
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

it.each([
  ["@trefoil/client", "client/src/index.ts"],
  ["@trefoil/client/browser", "client/src/browser/index.ts"],
  ["@trefoil/client/virtual-device", "client/src/virtual-device/index.ts"],
])("reaches no module of Node.js from %s", (_, entry) => {
  const seen = new Set<string>();
  const outside = new Set<string>();
  const queue = [resolve(packages, entry)];
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
  expect(seen.size).toBeGreaterThan(20);
  expect(
    [...seen].filter((file) => /client\/src\/(node|mock-gateway|transport\/node)/.test(file)),
  ).toEqual([]);
});
