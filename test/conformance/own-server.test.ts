// Our own server, as a process, before the judge: it does everything that the documents say.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { conformanceCommand } from "../../packages/cli/src/conformance/index.js";
import { configSchema } from "../../packages/server/src/config/index.js";
import type { EventHandler } from "../../packages/server/src/gateway/index.js";
import { startServer } from "../../packages/server/src/server.js";
import {
  type ServerProcess,
  askAdmin,
  requestJson,
  startServerProcess,
} from "../harness/server-process.js";

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

/** What comes of each check, by its id. */
async function outcomes(...args: readonly string[]) {
  const { out, failures } = await conformance(...args, "--json");
  const report = JSON.parse(out) as { checks: { outcome: string; id: string }[] };
  const checks = Object.fromEntries(report.checks.map(({ id, outcome }) => [id, outcome]));
  return { checks, failures };
}

/** Answers a text with a directive and its sound; fails over what is no text. */
const speakOrFail: EventHandler = function* speakOrFail(request) {
  const { text } = request.event.payload;
  if (typeof text !== "string") throw new Error("a bug inside of the handler");
  const payload = { format: "AUDIO_MPEG", token: "t", url: "cid:sound" };
  yield { kind: "directive", directive: request.answer("SpeechSynthesizer.Speak", payload) };
  yield {
    kind: "attachment",
    attachment: { contentId: "sound", body: new Uint8Array(1_000) },
  };
};

/** An account that withdrew. @returns its account access token */
async function withdrawnAccount(at: ServerProcess): Promise<string> {
  const email = "withdrawn@example.org";
  const password = "correct horse battery";
  const { body: made } = await askAdmin(at, "/accounts", { email, password });
  const { body: signedIn } = await requestJson(at, "/account/sign-in", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  await askAdmin(at, `/accounts/${String(made["accountId"])}/withdraw`, {});
  return String(signedIn["account_access_token"]);
}

/** A program that sends what the judge asks for, as an operator of any server might have one. */
function sendScript({ dev: { authBaseUrl, adminToken } }: ServerProcess): string {
  return `
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
    const url = \`${authBaseUrl}/admin/v1/devices/\${process.env.DEVICE_ID}/directives\`;
    const headers = { authorization: "Bearer ${adminToken}", "content-type": "application/json" };
    const { status } = await fetch(url, { method: "POST", headers, body: process.env.DIRECTIVE });
    process.exitCode = status === 202 ? 0 : 1;
  `;
}

const dev = () => ["--dev", "--data", server.dataDir];

describe("our own server", () => {
  it(
    "passes every check, but for those that need more than a server",
    { timeout: 60_000 },
    async () => {
      const { checks, failures } = await outcomes(...dev());
      expect(Object.entries(checks).filter(([, outcome]) => outcome !== "pass")).toEqual([
        ["authorize-locked", "skip"],
        ["authorize-terms", "skip"],
        ["expired-ends", "skip"],
        ["cid-named", "skip"],
        ["cid-after", "skip"],
        ["status-500", "skip"],
        ["status-503", "skip"],
      ]);
      expect(Object.keys(checks).length).toBeGreaterThan(75);
      expect(failures).toEqual([]);
    },
  );

  it(
    "passes those too that need accounts in special states and short tokens",
    { timeout: 60_000 },
    async () => {
      const terms = [{ id: "service", version: "1", title: { en: "Terms" }, text: { en: "-" } }];
      const other = await startServerProcess({
        env: {
          TREFOIL_AUTH_TERMS: JSON.stringify(terms),
          TREFOIL_AUTH_ACCESS_TOKEN_LIFETIME: "3",
        },
      });
      try {
        const { checks, failures } = await outcomes(
          "--dev",
          "--guest",
          `--data=${other.dataDir}`,
          `--terms-account-token=${other.dev.accountAccessToken}`,
          `--locked-account-token=${await withdrawnAccount(other)}`,
          "--only=authorize-locked,authorize-terms,expired-ends",
        );
        expect(checks).toEqual({
          "authorize-locked": "pass",
          "authorize-terms": "pass",
          "expired-ends": "pass",
        });
        expect(failures).toEqual([]);
      } finally {
        await other.stop();
      }
    },
  );

  it("passes those too that need sound, and one that fails", { timeout: 60_000 }, async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "trefoil-conformance-"));
    const config = configSchema.parse({
      dataDir,
      listen: { host: "127.0.0.1", port: 0 },
      gateway: { drainSeconds: 1 },
    });
    const handlers = { "TextRecognizer.Recognize": speakOrFail };
    const speaking = await startServer({ config, dev: true, handlers });
    try {
      const only = ["--only", "cid-named,cid-after,status-500"];
      const { checks, failures } = await outcomes("--dev", "--data", dataDir, ...only);
      expect(checks).toEqual({ "cid-named": "pass", "cid-after": "pass", "status-500": "pass" });
      expect(failures).toEqual([]);
    } finally {
      await speaking.stop();
      rmSync(dataDir, { recursive: true, force: true });
    }
  });

  it("is sent directives by any command that can", { timeout: 60_000 }, async () => {
    const script = join(server.dataDir, "send.mjs");
    writeFileSync(script, sendScript(server));
    const only = ["--only", "queue-order,redelivery"];
    const { checks } = await outcomes(
      ...dev(),
      "--send-with",
      `'${process.execPath}' '${script}'`,
      ...only,
    );
    expect(checks).toEqual({ "queue-order": "pass", redelivery: "pass" });
    const failing = await conformance(...dev(), "--send-with", "echo no way >&2; exit 3", ...only);
    expect(failing.out).toContain(
      "not judged: needs a way to send directives: the command of --send-with ended with 3, no way",
    );
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
      /skip {2}GET and POST alike\. .*\n +not judged: needs a client and an account: --client-id, TREFOIL_CLIENT_SECRET \(or/,
    );
    expect(out).toMatch(/pass {2}One HTTP\/2 connection over TLS 1\.2 or later/);
    expect(failures).toEqual([
      expect.stringMatching(/^too little could be judged, \d of \d\d checks: it needs a client/),
    ]);
  });

  it("without the secret names the secret alone, and is not let through", async () => {
    const args = ["--ca", server.dev.caFile, "--client-id", "my-app", "--guest"];
    const { failures } = await conformance(server.origin, ...args);
    expect(failures).toEqual([
      expect.stringMatching(/an account: TREFOIL_CLIENT_SECRET \(or --client-secret\)$/),
    ]);
    const { failures: none } = await conformance(server.origin, ...args, "--only", "tls,tls-old");
    expect(none).toEqual([]);
  });

  it("keeps none of the judge's devices", async () => {
    await conformance(...dev(), "--only", "ping,status-429");
    const { body } = await askAdmin(server, "/devices");
    expect(JSON.stringify(body)).not.toContain("trefoil-conformance");
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
    expect(out).toMatch(
      /skip {2}The first part is Clova\.Hello.*\n +not judged: the device could not sign in/,
    );
    expect(failures).toEqual([`${server.origin} does not conform: 1 of 2 checks failed`]);
  });
});

describe("the command", () => {
  it("says so when the server is not trusted", async () => {
    const { out, failures } = await conformance(server.origin, "--only", "tls");
    expect(out).toBe("");
    expect(failures).toEqual([expect.stringMatching(/not trusted here.*--ca FILE/)]);
  });

  it("says in one line that nobody is there, and passes nothing", async () => {
    const { out, failures } = await conformance("https://127.0.0.1:1", "--only", "tls-old");
    expect(out).toBe("");
    expect(failures).toEqual([
      expect.stringMatching(/^cannot reach https:\/\/127\.0\.0\.1:1: nothing listens there/),
    ]);
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
