// docs/dependencies.md names exactly the libraries that the packages have, in exact versions.

import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const repository = fileURLToPath(new URL("../../", import.meta.url));

interface PackageJson {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const manifests = [
  "package.json",
  ...readdirSync(join(repository, "packages")).map((name) => `packages/${name}/package.json`),
].map((file) => JSON.parse(readFileSync(join(repository, file), "utf8")) as PackageJson);

const isOurs = (name: string) => name === "trefoil" || name.startsWith("@trefoil/");

function librariesOf(kind: keyof PackageJson): Map<string, string> {
  return new Map(
    manifests.flatMap((manifest) =>
      Object.entries(manifest[kind] ?? {}).filter(([name]) => !isOurs(name)),
    ),
  );
}

/** The libraries in the first column of the tables below a heading. */
function namedBelow(heading: string): string[] {
  const page = readFileSync(join(repository, "docs/dependencies.md"), "utf8");
  const [, chapter = ""] = page.split(`## ${heading}\n`);
  const [tables = ""] = chapter.split("\n## ");
  return [...tables.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name ?? "");
}

describe("docs/dependencies.md", () => {
  it.each([
    ["At run time", "dependencies"],
    ["In development", "devDependencies"],
  ] as const)("%s: names exactly what is there", (heading, kind) => {
    expect(namedBelow(heading).sort()).toEqual([...librariesOf(kind).keys()].sort());
  });

  it("speaks of exact versions alone", () => {
    for (const kind of ["dependencies", "devDependencies"] as const) {
      for (const [name, version] of librariesOf(kind)) {
        expect(`${name} ${version}`).toMatch(/ \d+\.\d+\.\d+$/);
      }
    }
  });
});
