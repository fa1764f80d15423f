// How large a package is on a disk once it is installed, with all that it needs at run time.

import { existsSync, readFileSync, readdirSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** What npm would not put into a package of ours; foreign ones come as they were packed. */
const notPacked = /^(src|node_modules|tsconfig\.json)$|\.test\.(js|d\.ts)(\.map)?$|\.tsbuildinfo$/;

/**
 * @param directory of the package, inside a tree of `node_modules`
 * @returns bytes of all files, and the number of packages
 */
export function installedSize(directory: string): { bytes: number; packages: number } {
  const seen = new Set<string>();
  const waiting = [realpathSync(directory)];
  let bytes = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const isOurs = !next.includes("/node_modules/");
    bytes += sizeOf(next, isOurs ? notPacked : /^node_modules$/);
    const manifest = JSON.parse(readFileSync(join(next, "package.json"), "utf8")) as Manifest;
    const needed = { ...manifest.dependencies, ...manifest.optionalDependencies };
    for (const name of Object.keys(needed)) {
      const found = resolve(next, name);
      // Optional ones of other platforms are not there.
      if (found !== undefined) waiting.push(found);
    }
  }
  return { bytes, packages: seen.size };
}

function sizeOf(path: string, without: RegExp): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.size;
  return readdirSync(path)
    .filter((name) => !without.test(name))
    .reduce((sum, name) => sum + sizeOf(join(path, name), without), 0);
}

/** Where a package finds another one, as Node.js looks for it. */
function resolve(from: string, name: string): string | undefined {
  for (let directory = from; ; directory = dirname(directory)) {
    const candidate = join(directory, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return realpathSync(candidate);
    if (directory === dirname(directory)) return undefined;
  }
}
