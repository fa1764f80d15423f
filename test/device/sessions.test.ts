// `trefoil device` as a process: commands in a pipe, sessions that are kept and typed again, and a fleet.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ServerProcess, askAdmin, startServerProcess } from "../harness/server-process.js";

const main = fileURLToPath(new URL("../../packages/cli/dist/main.js", import.meta.url));

let server: ServerProcess;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "trefoil-sessions-"));
  server = await startServerProcess();
});

afterAll(async () => {
  await server?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** Runs `trefoil device` on the server with these lines as its input. */
async function device(args: readonly string[], input = "") {
  const child = spawn(process.execPath, [main, "device", "--data", server.dataDir, ...args], {
    cwd: directory,
    stdio: ["pipe", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  child.stdin.end(input);
  const [code] = (await once(child, "close")) as [number | null];
  const lines = out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { code, out, err, lines };
}

interface State {
  readonly player: object;
  readonly device: { readonly volume: { readonly value: number } };
}

describe("commands in a pipe", () => {
  it("act on the device, and lines that are none are said to the platform", async () => {
    const { code, lines } = await device([], "volume 3\nplay some jazz\nstate\nquit\nnever said\n");
    expect(code).toBe(0);
    const texts = lines.flatMap((line) => {
      const directive = line["directive"] as
        | { header: { name: string }; payload: { text?: string } }
        | undefined;
      return directive?.header.name === "RenderText" ? [directive.payload.text] : [];
    });
    expect(texts).toEqual(["play some jazz"]);
    const state = lines.find((line) => "state" in line)?.["state"] as State;
    expect(state.device.volume.value).toBe(3);
    expect(state.player).toMatchObject({ playerActivity: "IDLE" });
  });

  it("reconnect makes a new downchannel, on which it goes on", async () => {
    const { lines } = await device([], "reconnect\nstill there\n");
    const names = lines.map(
      (line) => (line["directive"] as { header: { name: string } }).header.name,
    );
    expect(names.filter((name) => name === "Hello")).toHaveLength(2);
    expect(names.at(-1)).toBe("RenderText");
  });

  it("a file that is no speech is told of, and nothing is sent", async () => {
    writeFileSync(join(directory, "song.mp3"), "ID3");
    const { code, err } = await device([], "audio song.mp3\naudio none.wav\n");
    expect(code).toBe(0);
    expect(err).toMatch(/it is no WAV file; .*ffmpeg/);
    expect(err).toMatch(/cannot read .*none\.wav: ENOENT/);
  });
});

describe("a recorded session", () => {
  it("holds no token, and is answered alike when it is typed again", async () => {
    const file = join(directory, "session.jsonl");
    const first = await device(["--record", file], "hello\nvolume 2\nagain\n");
    expect(first.code).toBe(0);
    const recorded = readFileSync(file, "utf8");
    const tokens = JSON.parse(readFileSync(join(server.dataDir, "device.json"), "utf8")) as {
      tokens: { accessToken: string; refreshToken: string };
    };
    for (const secret of [
      tokens.tokens.accessToken,
      tokens.tokens.refreshToken,
      server.dev.clientSecret,
    ]) {
      expect(secret.length).toBeGreaterThan(20);
      expect(recorded).not.toContain(secret);
    }
    const again = await device(["--replay", file]);
    expect([again.code, again.err]).toEqual([
      0,
      expect.stringContaining("all 3 lines were answered as in the recording"),
    ]);
    writeFileSync(file, recorded.replaceAll('"RenderText"', '"RenderTemplate"'));
    const other = await device(["--replay", file]);
    expect(other.code).toBe(1);
    expect(other.err).toContain(
      'different: "hello": then Clova.RenderTemplate, now Clova.RenderText',
    );
    expect(other.err).toContain(
      "trefoil: 2 of 3 lines were answered otherwise than in the recording",
    );
  });

  it("of one question can be typed again, and is not written over by its own replay", async () => {
    const file = join(directory, "once.jsonl");
    expect((await device(["--once", "hi", "--record", file])).code).toBe(0);
    const recorded = readFileSync(file, "utf8");
    const [, ...entries] = recorded.trimEnd().split("\n");
    const kinds = entries.map((line) => (JSON.parse(line) as { kind: string }).kind);
    expect(kinds.slice(0, 2)).toEqual(["typed", "event"]);
    expect(recorded).toContain('"RenderText"');
    expect((await device(["--replay", file])).err).toContain("all 1 lines were answered as in");
    const over = await device(["--replay", file, "--record", file]);
    expect([over.code, over.err]).toEqual([
      1,
      "trefoil: --record would write over the recording of --replay: name another file\n",
    ]);
    expect(readFileSync(file, "utf8")).toBe(recorded);
  });

  it("that is none is refused in one line", async () => {
    writeFileSync(join(directory, "none.jsonl"), "hello\n");
    const { code, err } = await device(["--replay", "none.jsonl"]);
    expect(code).toBe(1);
    expect(err).toMatch(
      /^trefoil: [^\n]+none\.jsonl is no recording: line 1 is none of a recording\n$/,
    );
  });
});

describe("a fleet", () => {
  it("signs in, connects, does what it does, prints statistics and leaves no device behind", async () => {
    const { code, lines, err } = await device(["--fleet", "8", "--for", "4", "--json"]);
    expect([code, err]).toEqual([0, ""]);
    expect(lines).toEqual([expect.objectContaining({ devices: 8, signedIn: 8, failures: {} })]);
    const [report] = lines as [
      { milliseconds: { connects: { count: number } }; directives: Record<string, number> },
    ];
    expect(report.milliseconds.connects.count).toBeGreaterThanOrEqual(8);
    expect(report.directives["Clova.Hello"]).toBeGreaterThanOrEqual(8);
    const { body } = await askAdmin(server, "/devices");
    expect(JSON.stringify(body)).not.toContain("fleet-");
  });

  it("that is not let in ends at once and says why", async () => {
    const { code, err } = await device([
      "--fleet",
      "2",
      "--for",
      "60",
      "--client-secret",
      "wrong",
      "--json",
    ]);
    expect(code).toBe(1);
    expect(err).toMatch(/trefoil: not one device got in \(sign-in: invalid_client\)/);
  });
});
