// Servers as child processes on the server's core: started, asked, measured, ended.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { onCore } from "./cores.js";
import { cpuTime, residentMemory } from "./proc.js";

/** How long a server may take until it listens, and to end. Milliseconds. */
const startTimeout = 30_000;
const stopTimeout = 10_000;

/** A server that runs. */
export class ServerProcess {
  readonly child: ChildProcess;
  readonly port: number;
  #lastQuestion = 0;

  constructor(child: ChildProcess, port: number) {
    this.child = child;
    this.port = port;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** CPU time used so far by the process and its children. Microseconds. */
  get cpu(): number {
    return cpuTime(this.pid);
  }

  /** Resident memory. Bytes. */
  get memory(): number {
    return residentMemory(this.pid);
  }

  /**
   * Asks a server of ours to do something (see `servers/commands.ts`).
   * @throws what the server says went wrong
   */
  ask<T>(command: string, argument?: unknown): Promise<T> {
    const id = ++this.#lastQuestion;
    return new Promise((resolve, reject) => {
      const listen = (message: unknown): void => {
        const answer = message as { id: number; result?: T; error?: string };
        if (answer.id !== id) return;
        this.child.off("message", listen);
        this.child.off("exit", fail);
        if (answer.error === undefined) resolve(answer.result as T);
        else reject(new Error(answer.error));
      };
      const fail = (): void => reject(new Error("The server ended."));
      this.child.on("message", listen);
      this.child.once("exit", fail);
      this.child.send({ id, command, argument });
    });
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, "exit");
    this.child.kill("SIGTERM");
    const timer = setTimeout(() => this.child.kill("SIGKILL"), stopTimeout);
    await ended;
    clearTimeout(timer);
  }
}

/** How a server is started. */
export interface StartOptions {
  readonly core: number | undefined;
  /** Flags of Node.js itself. */
  readonly nodeFlags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const running = new Set<ChildProcess>();

function start(program: string, args: readonly string[], options: StartOptions, ipc: boolean) {
  const [first, rest] = onCore(options.core, program, args);
  const child = spawn(first, [...rest], {
    env: { ...process.env, ...options.env },
    stdio: ipc ? ["ignore", "inherit", "pipe", "ipc"] : ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

/** What a child has said on standard error, for when it fails. */
function complaints(child: ChildProcess): () => string {
  let text = "";
  child.stderr?.setEncoding("utf8").on("data", (piece: string) => {
    text = (text + piece).slice(-4_096);
  });
  return () => text;
}

/**
 * Starts one of our server programs in `servers/`; it tells its port when it listens.
 * @param name of the file, without its extension
 */
export async function startOwn(
  name: string,
  argument: unknown,
  options: StartOptions,
): Promise<ServerProcess> {
  const file = fileURLToPath(new URL(`../servers/${name}.js`, import.meta.url));
  const args = [...(options.nodeFlags ?? []), file, JSON.stringify(argument)];
  const child = start(process.execPath, args, options, true);
  const complained = complaints(child);
  const port = await new Promise<number>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`${name} did not start in time`)),
      startTimeout,
    );
    child.once("message", (message) => {
      clearTimeout(timer);
      resolve((message as { port: number }).port);
    });
    child.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`${name} ended with ${code}: ${complained()}`));
    });
  });
  return new ServerProcess(child, port);
}

/** Starts a foreign program and waits until its port takes connections. */
export async function startForeign(
  program: string,
  args: readonly string[],
  port: number,
  options: StartOptions,
): Promise<ServerProcess> {
  const child = start(program, args, options, false);
  const complained = complaints(child);
  child.stdout?.resume();
  const giveUp = performance.now() + startTimeout;
  while (!(await takesConnections(port))) {
    if (child.exitCode !== null || performance.now() > giveUp) {
      throw new Error(`${program} did not start: ${complained()}`);
    }
    await sleep(20);
  }
  return new ServerProcess(child, port);
}

/** Starts a program of which only the output matters. Its standard output is for the caller to read. */
export function startProgram(program: string, args: readonly string[], options: StartOptions) {
  return start(program, args, options, false);
}

async function takesConnections(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** A port that was free a moment ago, for programs that cannot choose one themselves. */
export async function freePort(): Promise<number> {
  const { createServer } = await import("node:net");
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Ends what is still running: for when the suite itself is ended. */
export function killAll(): void {
  for (const child of running) child.kill("SIGKILL");
}
