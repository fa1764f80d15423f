// The built command as a process of its own, as a user starts it.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { request } from "node:https";
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

/** Starts `trefoil` with these arguments. */
export function trefoil(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Command {
  return run(process.execPath, [main, ...args], options);
}

/** Starts any program. */
export function run(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
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

/** What `dev.json` holds. */
export interface DevJson {
  readonly authBaseUrl: string;
  readonly gatewayBaseUrl: string;
  readonly caFile: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly modelId: string;
  readonly account: { readonly email: string; readonly password: string };
  readonly accountAccessToken: string;
  readonly adminToken: string;
}

export function readDevJson(dataDir: string): DevJson {
  return JSON.parse(readFileSync(join(dataDir, "dev.json"), "utf8")) as DevJson;
}

/**
 * A developer server that listens on a free port of 127.0.0.1; resolves when it says so, fails with its output when it
 * ends before.
 */
export async function developerServer(
  dataDir: string,
  args: readonly string[] = [],
): Promise<Command & { readonly dev: DevJson }> {
  const command = trefoil([
    "serve",
    "--dev",
    "--host",
    "127.0.0.1",
    "--port",
    "0",
    "--data",
    dataDir,
    ...args,
  ]);
  await listening(command);
  return { ...command, dev: readDevJson(dataDir) };
}

/** Resolves when a server says that it listens. */
export async function listening(command: Command): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const look = (): void => {
      if (command.stdout().includes('"Trefoil listens."')) resolve();
    };
    command.process.stdout?.on("data", look);
    void command.ended.then((code) =>
      reject(new Error(`ended with ${code}: ${command.stdout()}${command.stderr()}`)),
    );
    look();
  });
}

/** One request over HTTP/1.1, trusting the developer server's authority alone. */
export async function fetchJson(
  dev: Pick<DevJson, "caFile">,
  url: string,
  options: {
    readonly method?: string;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  } = {},
): Promise<{ status: number; headers: IncomingHttpHeaders; body: Record<string, unknown> }> {
  const outgoing = request(url, {
    method: options.method ?? "GET",
    headers: options.headers ?? {},
    ca: readFileSync(dev.caFile),
    agent: false,
  });
  outgoing.end(options.body);
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk as string;
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
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
