// The built command as a process of its own, as a user starts it.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const repository = fileURLToPath(new URL("../../", import.meta.url));
const main = join(repository, "packages/cli/dist/main.js");

/** A process that was started, and what it has said so far. */
export interface Command {
  readonly process: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Its exit code (null where a signal ended it), once it has ended. */
  readonly ended: Promise<number | null>;
}

/** Environment without settings of whoever runs the tests. */
function cleanEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("TREFOIL_")),
  );
}

const running = new Set<ChildProcess>();

/** Where and with which variables a command is started. */
export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Starts `trefoil` with these arguments.
 * @throws where it was not built
 */
export function trefoil(args: readonly string[], options: CommandOptions = {}): Command {
  if (!existsSync(main)) {
    throw new Error(`${main} is not there: run npm run build before the tests.`);
  }
  return run(process.execPath, [main, ...args], options);
}

/** Starts any program. */
export function run(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Command {
  const child = spawn(program, args, {
    cwd: options.cwd ?? repository,
    env: { ...cleanEnvironment(), ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = once(child, "close").then(([code]) => {
    running.delete(child);
    return code as number | null;
  });
  return { process: child, stdout: () => stdout, stderr: () => stderr, ended };
}

/** Ends what a test left running. */
export async function endAll(): Promise<void> {
  await Promise.all(
    [...running].map(async (child) => {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "close");
    }),
  );
}

/** Milliseconds that a command may take to say or do what is waited for. */
export const patience = 30_000;

/**
 * Waits until a command has printed this.
 * @throws where it ends before, or takes too long, with what it said
 */
export async function printed(command: Command, what: RegExp): Promise<RegExpExecArray> {
  let timer: NodeJS.Timeout | undefined;
  const output = () => `${command.stdout()}${command.stderr()}`;
  return new Promise<RegExpExecArray>((resolve, reject) => {
    const look = (): void => {
      const found = what.exec(command.stdout());
      if (found !== null) resolve(found);
    };
    command.process.stdout?.on("data", look);
    void command.ended.then((code) => reject(new Error(`ended with ${code}: ${output()}`)));
    timer = setTimeout(
      () => reject(new Error(`did not print ${String(what)} in ${patience} ms: ${output()}`)),
      patience,
    );
    look();
  }).finally(() => clearTimeout(timer));
}

/** Resolves when a server says that it listens. */
export async function listening(command: Command): Promise<void> {
  await printed(command, /"Trefoil listens\."/);
}

/** A directory that {@link removeDirectories} removes. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "trefoil-command-"));
  directories.push(directory);
  return directory;
}

const directories: string[] = [];

export function removeDirectories(): void {
  for (const directory of directories.splice(0))
    rmSync(directory, { recursive: true, force: true });
}
