// Commands that tests need and npm does not bring. A command that is missing is installed from its Debian package where
// that may be done without asking (as root); elsewhere the tests that need it fail and say what to install. None is skipped.

import { execFile } from "node:child_process";
import { accessSync, constants, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** How to get a command, and how to see that it is good enough. */
interface ForeignCommand {
  /** The Debian package that has it. */
  readonly package: string;
  /** Arguments that make it describe itself. */
  readonly describe: readonly string[];
  /** What its description must match. */
  readonly mustSay: RegExp;
  /** The same in words. */
  readonly need: string;
  /** Where its package puts it besides the directories of PATH: a directory whose `*` stands for a version, the highest first. */
  readonly besides?: string;
}

/** Every foreign command. A new one is a row here. */
const commands = {
  curl: {
    package: "curl",
    describe: ["--version"],
    mustSay: /^Features:.*\bHTTP2\b/m,
    need: "curl with HTTP/2",
  },
  nghttp: {
    package: "nghttp2-client",
    describe: ["--version"],
    mustSay: /^nghttp nghttp2\//m,
    need: "nghttp",
  },
  h2load: {
    package: "nghttp2-client",
    describe: ["--version"],
    mustSay: /^h2load nghttp2\//m,
    need: "h2load",
  },
  chromium: {
    package: "chromium",
    describe: ["--version"],
    mustSay: /^Chromium \d/m,
    need: "Chromium",
  },
  script: {
    package: "bsdutils",
    describe: ["--version"],
    mustSay: /^script from util-linux/m,
    need: "script of util-linux",
  },
  initdb: {
    package: "postgresql",
    describe: ["--version"],
    mustSay: /^initdb \(PostgreSQL\) (1[4-9]|[2-9]\d)/m,
    need: "PostgreSQL 14 or newer",
    besides: "/usr/lib/postgresql/*/bin",
  },
  postgres: {
    package: "postgresql",
    describe: ["--version"],
    mustSay: /^postgres \(PostgreSQL\) (1[4-9]|[2-9]\d)/m,
    need: "PostgreSQL 14 or newer",
    besides: "/usr/lib/postgresql/*/bin",
  },
} as const satisfies Record<string, ForeignCommand>;

/** The name of a foreign command. */
export type ForeignCommandName = keyof typeof commands;

/** Milliseconds that an installation may take; what calls {@link foreignCommand} needs a timeout above it. */
export const installationPatience = 300_000;

/** One search for each command in this worker, however many test files ask. */
const found = new Map<ForeignCommandName, Promise<string>>();

/**
 * Finds a command, installing its Debian package if need be.
 * @returns its absolute path
 * @throws where it is not there, too poor, and cannot be installed: with what to do about it
 */
export function foreignCommand(name: ForeignCommandName): Promise<string> {
  const known = found.get(name);
  if (known !== undefined) return known;
  const search = findOrInstall(name, commands[name], {
    find: (program, besides) =>
      findIn(program, (process.env["PATH"] ?? "").split(delimiter)) ??
      findIn(program, besides === undefined ? [] : versionsOf(besides)),
    run: async (program, args) => (await run(program, [...args], { encoding: "utf8" })).stdout,
    install,
    isRoot: process.getuid?.() === 0,
  });
  found.set(name, search);
  return search;
}

/** What {@link findOrInstall} does to the machine. */
export interface Machine {
  readonly isRoot: boolean;
  /** @param besides see {@link ForeignCommand} @returns the absolute path of a program, or undefined */
  find(program: string, besides?: string): string | undefined;
  /** Runs a program. @returns its standard output */
  run(program: string, args: readonly string[]): Promise<string>;
  /** Installs a Debian package. */
  install(aptGet: string, packageName: string): Promise<void>;
}

/** See {@link foreignCommand}; everything that touches the machine is passed in. */
export async function findOrInstall(
  name: string,
  command: ForeignCommand,
  machine: Machine,
): Promise<string> {
  const there = await look(name, command, machine);
  if (there.kind === "good") return there.path;
  const aptGet = machine.find("apt-get");
  const advice = `These tests need ${command.need}. ${there.problem} Install it (Debian, Ubuntu: sudo apt-get install ${command.package}) and run them again.`;
  if (!machine.isRoot || aptGet === undefined) throw new Error(advice);
  try {
    await machine.install(aptGet, command.package);
  } catch (error) {
    throw new Error(`${advice} It could not be installed just now: ${String(error)}`, {
      cause: error,
    });
  }
  const now = await look(name, command, machine);
  if (now.kind === "good") return now.path;
  throw new Error(`${advice} Installing ${command.package} just now did not help. ${now.problem}`);
}

type Search =
  | { readonly kind: "good"; readonly path: string }
  | { readonly kind: "bad"; readonly problem: string };

async function look(name: string, command: ForeignCommand, machine: Machine): Promise<Search> {
  const path = machine.find(name, command.besides);
  if (path === undefined) return { kind: "bad", problem: `There is no ${name} on this machine.` };
  let description: string;
  try {
    description = await machine.run(path, command.describe);
  } catch (error) {
    return { kind: "bad", problem: `${path} does not run: ${String(error)}` };
  }
  if (command.mustSay.test(description)) return { kind: "good", path };
  return { kind: "bad", problem: `${path} is another: ${description.split("\n", 1)[0] ?? ""}.` };
}

function findIn(program: string, directories: readonly string[]): string | undefined {
  return directories
    .filter((directory) => directory !== "")
    .map((directory) => join(directory, program))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** The directories that a pattern stands for, the highest version first. */
function versionsOf(pattern: string): readonly string[] {
  const [before = "", after = ""] = pattern.split("*");
  try {
    return readdirSync(before)
      .toSorted((a, b) => Number(b) - Number(a))
      .map((version) => `${before}${version}${after}`);
  } catch {
    return [];
  }
}

async function install(aptGet: string, packageName: string): Promise<void> {
  const options = {
    timeout: installationPatience,
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  };
  // Test files run side by side, and apt-get does not wait for its own lock on the lists.
  const oneAtATime = ["--timeout", "240", join(tmpdir(), "trefoil-tests-apt-get.lock"), aptGet];
  const installPackage = () =>
    run(
      "flock",
      [...oneAtATime, "install", "--yes", "--quiet", "--no-install-recommends", packageName],
      options,
    );
  try {
    await installPackage();
  } catch {
    // A fresh machine has no list of packages, and an old list names files that are gone.
    await run("flock", [...oneAtATime, "update", "--quiet"], options);
    await installPackage();
  }
}
