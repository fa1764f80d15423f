// Our own server, as a process, before the judge: it does everything that the documents say.

import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { conformanceCommand } from "../../packages/cli/src/conformance/index.js";
import { type ServerProcess, startServerProcess } from "../harness/server-process.js";

let server: ServerProcess;

beforeAll(async () => {
  server = await startServerProcess();
});

afterAll(async () => {
  await server?.stop();
});

/** Runs the command in this process. */
async function conformance(...args: readonly string[]) {
  let out = "";
  const failures: string[] = [];
  const command = conformanceCommand({
    env: {},
    cwd: tmpdir(),
    isInteractive: false,
    out: (text) => (out += text),
    err: () => undefined,
    fail: (problems) => void failures.push(...problems),
  });
  await command.parseAsync([...args], { from: "user" });
  return { out, failures };
}

const dev = () => ["--dev", "--data", server.dataDir];

describe("our own server", () => {
  it("passes every check, and skips none", { timeout: 60_000 }, async () => {
    const { out, failures } = await conformance(...dev(), "--json");
    const report = JSON.parse(out) as { checks: { outcome: string; id: string }[] };
    expect(report.checks.filter(({ outcome }) => outcome !== "pass")).toEqual([]);
    expect(report.checks.length).toBeGreaterThan(70);
    expect(failures).toEqual([]);
  });

  it("is reported in JUnit's form too, without a secret in it", async () => {
    const file = join(server.dataDir, "report.xml");
    const { out } = await conformance(
      ...dev(),
      "--only",
      "ping-frame,authorize-code",
      "--junit",
      file,
    );
    const xml = readFileSync(file, "utf8");
    rmSync(file);
    expect(xml).toContain('tests="2" failures="0" errors="0" skipped="0"');
    expect(xml).toContain('name="ping-frame: HTTP/2 PING: its ACK."');
    for (const secret of [server.dev.clientSecret, server.dev.accountAccessToken]) {
      expect(xml + out).not.toContain(secret);
    }
  });

  it("without an account is judged as far as can be, and the report says why not further", async () => {
    const { out, failures } = await conformance(server.origin, "--ca", server.dev.caFile);
    expect(out).toMatch(
      /skip {2}GET and POST alike\. .*\n +needs a client and an account: --client-id/,
    );
    expect(out).toMatch(/pass {2}One HTTP\/2 connection over TLS 1\.2 or later/);
    expect(failures).toEqual([]);
  });

  it("that is not let in is no failure of the gateway's rules: they are skipped", async () => {
    const args = [
      "--client-id",
      "nobody",
      "--client-secret",
      "x",
      "--guest",
      "--only",
      "hello-first,token-code",
    ];
    const { out, failures } = await conformance(server.origin, "--ca", server.dev.caFile, ...args);
    expect(out).toMatch(/FAIL {2}authorization_code/);
    expect(out).toMatch(/skip {2}The first part is Clova\.Hello.*\n +the device could not sign in/);
    expect(failures).toEqual([`${server.origin} does not conform: 1 of 2 checks failed`]);
  });
});

describe("the command", () => {
  it("says so when the server is not trusted", async () => {
    const { out, failures } = await conformance(server.origin, "--only", "tls");
    expect(out).toMatch(/FAIL .*\[tls\]/);
    expect(failures).toHaveLength(1);
  });

  it("names what it needs when no server is said", async () => {
    const { failures } = await conformance();
    expect(failures).toEqual([
      "say which server: its address, as in https://localhost:8443, or --dev for the developer server",
    ]);
  });

  it("refuses a selection that leaves nothing", async () => {
    const { failures } = await conformance(...dev(), "--only", "no such check");
    expect(failures).toEqual(["no check is called so: see trefoil conformance --list"]);
  });
});
