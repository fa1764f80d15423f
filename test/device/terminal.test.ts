// `trefoil device` on a real terminal (a pseudo terminal of `script`): however it ends, the terminal is as it was before.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { foreignCommand, installationPatience } from "../harness/foreign-commands.js";
import { type ServerProcess, startServerProcess } from "../harness/server-process.js";

const main = fileURLToPath(new URL("../../packages/cli/dist/main.js", import.meta.url));
const ctrlC = "\u0003";

let server: ServerProcess;
let directory: string;
let script: string;
let running: ChildProcess | undefined;

beforeAll(async () => {
  script = await foreignCommand("script");
  directory = mkdtempSync(join(tmpdir(), "trefoil-terminal-"));
  server = await startServerProcess();
}, installationPatience + 60_000);

afterEach(() => {
  running?.kill("SIGKILL");
});

afterAll(async () => {
  await server?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** A device on a terminal of 24 lines. */
async function openDevice(...args: readonly string[]) {
  const pidFile = join(directory, "pid");
  const quoted = [process.execPath, main, "device", "--data", server.dataDir, ...args]
    .map((word) => `'${word}'`)
    .join(" ");
  // The shell outlives the device and tells how it has left the terminal.
  const line = `stty rows 24 cols 80; sh -c 'echo $$ > "$0"; exec "$@"' '${pidFile}' ${quoted}; echo "CODE $?"; stty -a`;
  const child = spawn(script, ["--quiet", "--return", "--command", line, "/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, TERM: "xterm", SHELL: "/bin/sh" },
  });
  running = child;
  let shown = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (shown += text));
  const ended = once(child, "close");
  await new Promise<void>((resolve, reject) => {
    const look = (): void => {
      if (shown.includes("connected for")) resolve();
    };
    child.stdout.on("data", look);
    child.once("close", () => reject(new Error(`It ended early: ${shown}`)));
  });
  const pid = Number(readFileSync(pidFile, "utf8"));
  return {
    type: (text: string) => child.stdin.write(text),
    signal: (name: NodeJS.Signals) => process.kill(pid, name),
    /** Waits for the end. @returns exit code, what was drawn, and what `stty` says after it */
    async end() {
      await ended;
      const [, drawn = "", code = "", settings = ""] =
        /^([^]*)CODE (\d+)\r?\n([^]*)$/.exec(shown) ?? [];
      return { code: Number(code), drawn, settings };
    },
  };
}

/** The terminal scrolls as a whole again, the view is gone, and what is typed is seen. */
function expectRestored({ drawn, settings }: { drawn: string; settings: string }): void {
  const written = drawn.replaceAll("\u001b", "^");
  const regions = [...written.matchAll(/\^\[(?:\d+;\d+)?r/g)].map(([region]) => region);
  expect(regions.length).toBeGreaterThan(1);
  expect(regions.at(-1)).toBe("^[r");
  expect(written).toMatch(/\^\[21;1H\^\[J[^^]*$/);
  expect(settings).toMatch(/(?:^|\s)icanon\b/);
  expect(settings).toMatch(/(?:^|\s)echo\b/);
}

describe("a device on a terminal", () => {
  it("gives it back on Ctrl-C", async () => {
    const device = await openDevice();
    device.type(ctrlC);
    const end = await device.end();
    expectRestored(end);
    expect(end.code).toBe(0);
  });

  it("gives it back on a second Ctrl-C, also while the first is still being carried out", async () => {
    const file = join(directory, "session.jsonl");
    const head = { trefoil: "session", version: 1 };
    const typed = { kind: "typed", at: 3_000, text: "hello" };
    writeFileSync(file, `${JSON.stringify(head)}\n${JSON.stringify(typed)}\n`);
    const device = await openDevice("--replay", file);
    // At once: between the two there is no time to close anything.
    device.type(ctrlC + ctrlC);
    const end = await device.end();
    expectRestored(end);
    expect(end.code).toBe(130);
  });

  it("gives it back when it is told to end by a signal", async () => {
    const device = await openDevice();
    device.signal("SIGTERM");
    const end = await device.end();
    expectRestored(end);
    expect(end.code).toBe(0);
  });

  it("gives it back when the input ends", async () => {
    const device = await openDevice();
    device.type("quit\r");
    const end = await device.end();
    expectRestored(end);
    expect(end.code).toBe(0);
  });
});
