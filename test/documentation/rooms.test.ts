// Three places say which rooms there are and which may import which: the table in ARCHITECTURE.md, the folders, and the
// lint rule in .oxlintrc.json. They say the same.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const repository = fileURLToPath(new URL("../../", import.meta.url));

/** The packages that consist of rooms. */
const roomy = ["protocol", "server", "client"] as const;

/** One room of the table: `server/src/auth` is the room `auth` of the package `server`. */
interface Room {
  readonly pkg: string;
  readonly name: string;
  readonly mayImport: readonly string[];
}

const rows = readFileSync(join(repository, "ARCHITECTURE.md"), "utf8")
  .split("\n")
  .flatMap((line) => {
    const cells = /^\| `([^`]+)`\s*\|[^|]*\|([^|]*)\|$/.exec(line);
    return cells === null ? [] : [{ path: cells[1] ?? "", mayImport: (cells[2] ?? "").trim() }];
  });

const rooms: readonly Room[] = rows.flatMap(({ path, mayImport }) => {
  const [, pkg, name] = /^(\w+)\/src\/([\w-]+)$/.exec(path) ?? [];
  if (pkg === undefined || name === undefined) return [];
  return [{ pkg, name, mayImport: mayImport === "" ? [] : mayImport.split(", ") }];
});

const roomsOf = (pkg: string) => rooms.filter((room) => room.pkg === pkg).map(({ name }) => name);

interface Override {
  readonly files: readonly string[];
  readonly rules: {
    readonly "no-restricted-imports"?:
      | "off"
      | readonly [
          "error",
          {
            readonly paths: readonly { readonly name: string }[];
            readonly patterns: readonly { readonly regex: string }[];
          },
        ];
  };
}

const { overrides } = JSON.parse(readFileSync(join(repository, ".oxlintrc.json"), "utf8")) as {
  readonly overrides: readonly Override[];
};

/** The lint rule for the files below a folder. */
function importRule(folder: string) {
  const found = overrides.filter(({ files }) => files.includes(`${folder}/**/*.ts`));
  const rule = found[0]?.rules["no-restricted-imports"];
  expect(found, `overrides of ${folder}`).toHaveLength(1);
  if (rule === undefined || rule === "off") throw new Error(`no rule for ${folder}`);
  return rule[1];
}

/** The neighbours that a room's rule forbids. */
function forbiddenTo({ pkg, name }: Room): readonly string[] {
  const neighbours = importRule(`packages/${pkg}/src/${name}`).patterns.flatMap(
    ({ regex }) => /^\^\\\.\\\.\?\/.*\(((?:[\w-]+\|)*[\w-]+)\)\(\/\|\$\)$/.exec(regex)?.[1] ?? [],
  );
  return neighbours.flatMap((list) => list.split("|"));
}

describe.each(roomy)("the package %s", (pkg) => {
  it("has exactly the folders that ARCHITECTURE.md lists", () => {
    const folders = readdirSync(join(repository, "packages", pkg, "src"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    expect(roomsOf(pkg).sort()).toEqual(folders.sort());
  });

  it("has a public door in each room", () => {
    const doors = roomsOf(pkg).filter((name) =>
      existsSync(join(repository, "packages", pkg, "src", name, "index.ts")),
    );
    expect(doors).toEqual(roomsOf(pkg));
  });

  it.each(rooms.filter((room) => room.pkg === pkg))(
    "forbids the room $name every import that ARCHITECTURE.md does not allow, and no other",
    (room) => {
      const neighbours = roomsOf(pkg).filter((name) => name !== room.name);
      expect(neighbours).toEqual(expect.arrayContaining([...room.mayImport]));
      const forbidden = neighbours.filter((name) => !room.mayImport.includes(name));
      expect([...forbiddenTo(room)].sort()).toEqual(forbidden.sort());
    },
  );
});

it("imports between rooms never run in a circle", () => {
  for (const pkg of roomy) {
    const open = new Map(
      rooms.filter((room) => room.pkg === pkg).map((room) => [room.name, room.mayImport]),
    );
    // Whatever imports nothing that is left is taken away; a circle would stay.
    for (let size = -1; size !== open.size;) {
      size = open.size;
      for (const [name, mayImport] of open) {
        if (!mayImport.some((other) => open.has(other))) open.delete(name);
      }
    }
    expect([...open.keys()]).toEqual([]);
  }
});

it("node:http2 is imported by the client's transport and its mock gateway alone", () => {
  const allowed = new Set(["packages/client/src/transport", "packages/client/src/mock-gateway"]);
  const folders = [
    ...roomsOf("server").map((name) => `packages/server/src/${name}`),
    "packages/client/src",
    ...roomsOf("client").map((name) => `packages/client/src/${name}`),
    "packages/cli/src",
  ];
  for (const folder of folders) {
    const isForbidden = importRule(folder).paths.some(({ name }) => name === "node:http2");
    expect([folder, isForbidden]).toEqual([folder, !allowed.has(folder)]);
  }
});

it("every file and package that ARCHITECTURE.md lists is there", () => {
  expect(rows.length).toBeGreaterThan(15);
  for (const { path } of rows) {
    const file = path.startsWith("packages/") ? path : `packages/${path}`;
    expect([file, existsSync(join(repository, file))]).toEqual([file, true]);
  }
});
