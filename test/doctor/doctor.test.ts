// The doctor finds what is wrong with a set-up, says what to do about it, and gives no secret to a stranger.

import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createSecureServer } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, type Server, type Socket, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { doctorCommand } from "../../packages/cli/src/doctor/index.js";
import {
  type KeyPair,
  issueAuthority,
  issueLeaf,
} from "../../packages/server/src/dev/issue-certificate.js";
import { type ServerProcess, askAdmin, startServerProcess } from "../harness/server-process.js";

const day = 86_400_000;

let own: ServerProcess;
let authority: KeyPair;
let stranger: KeyPair;
let directory: string;
const servers: Server[] = [];
const sockets = new Set<Socket>();

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "trefoil-doctor-"));
  [own, authority, stranger] = await Promise.all([
    startServerProcess(),
    issueAuthority("doctor", Date.now()),
    issueAuthority("stranger", Date.now()),
  ]);
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(
    servers.splice(0).map(async (server) => {
      const closed = once(server, "close");
      server.close();
      await closed;
    }),
  );
});

afterAll(async () => {
  await own?.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

function ca({ certificate }: KeyPair): string {
  const file = join(directory, "ca.pem");
  writeFileSync(file, certificate);
  return file;
}

interface Report {
  readonly healthy: boolean;
  readonly steps: readonly { step: string; outcome: string; says: string; advice?: string }[];
}

/** Runs the command in this process. */
async function doctor(...args: readonly string[]) {
  let out = "";
  const failures: string[] = [];
  const command = doctorCommand({
    env: {},
    cwd: tmpdir(),
    isInteractive: false,
    out: (text) => (out += text),
    err: () => undefined,
    fail: (problems) => void failures.push(...problems),
  });
  await command.parseAsync([...args, "--json"], { from: "user" });
  const report = JSON.parse(out) as Report;
  const step = (name: string) => report.steps.find(({ step: each }) => each === name);
  return { report, failures, step, out };
}

const secrets = [
  "--client-id",
  "client",
  "--client-secret",
  "the-secret",
  "--account-token",
  "the-token",
];

describe("our own server", () => {
  it("is in order, step by step, with figures", async () => {
    const { report, failures, out } = await doctor("--dev", "--data", own.dataDir);
    expect(failures).toEqual([]);
    const outcomes = report.steps
      .filter(({ step }) => step !== "metadata")
      .map(({ step, outcome }) => [step, outcome]);
    const names = [
      "name",
      "connection",
      "certificate",
      "HTTP/2",
      "clock",
      "/authorize",
      "/token",
      "downchannel",
      "Clova.Hello",
      "event",
      "PING",
    ];
    expect(outcomes).toEqual(names.map((name) => [name, "good"]));
    expect(report.steps.at(-1)).toMatchObject({
      figures: { median: expect.any(Number), longest: expect.any(Number) },
    });
    for (const secret of [own.dev.clientSecret, own.dev.accountAccessToken]) {
      expect(out).not.toContain(secret);
    }
  });

  it("keeps neither the doctor's device nor a token of it", async () => {
    await doctor("--dev", "--data", own.dataDir);
    const { body } = await askAdmin(own, "/devices");
    expect(body["devices"]).toEqual([]);
  });

  it("of another address keeps the device, without a token", async () => {
    const { clientId, clientSecret, caFile } = own.dev;
    const client = ["--client-id", clientId, "--client-secret", clientSecret, "--guest"];
    const named = ["--device-id", "kept", "--model", own.dev.modelId];
    await doctor(own.origin, "--ca", caFile, ...client, ...named);
    const listed = async () => (await askAdmin(own, "/devices")).body["devices"];
    const kept = [expect.objectContaining({ deviceId: "kept", online: false })];
    expect(await listed()).toEqual(kept);
    // It was there before this examination, which names it: it is not the examination's to remove.
    await doctor("--dev", "--data", own.dataDir, "--guest", ...named);
    expect(await listed()).toEqual(kept);
  });

  it("without the secret is not called healthy, and the secret is named", async () => {
    const args = ["--ca", own.dev.caFile, "--client-id", "nosuch", "--guest"];
    const { report, step, failures } = await doctor(own.origin, ...args);
    const secret = "TREFOIL_CLIENT_SECRET (or --client-secret)";
    expect(report.healthy).toBe(false);
    expect(step("/authorize")?.says).toBe(`not tried: give ${secret}`);
    expect(failures).toEqual([`no sign-in was tried: give ${secret} too`]);
  });

  it("with a wrong secret is bad at /token, and the registration is pointed to", async () => {
    const { report, step, failures } = await doctor(
      "--dev",
      "--data",
      own.dataDir,
      "--client-secret",
      "wrong",
    );
    expect(report.healthy).toBe(false);
    expect(step("/authorize")?.outcome).toBe("good");
    expect(step("/token")).toMatchObject({
      outcome: "bad",
      says: expect.stringMatching(/invalid_client/),
      advice: expect.stringMatching(/TREFOIL_CLIENT_SECRET/),
    });
    expect(step("downchannel")?.outcome).toBe("skipped");
    expect(failures).toHaveLength(1);
  });

  it("with an unknown account token is bad at /authorize", async () => {
    const { step } = await doctor("--dev", "--data", own.dataDir, "--account-token", "unknown");
    expect(step("/authorize")).toMatchObject({
      outcome: "bad",
      advice: expect.stringMatching(/--guest/),
    });
  });

  it("is examined as far as can be without an account", async () => {
    const { report, step, failures } = await doctor(own.origin, "--ca", own.dev.caFile);
    expect(report.healthy).toBe(false);
    expect(failures).toEqual([]);
    expect(step("/authorize")).toMatchObject({
      outcome: "skipped",
      says: expect.stringMatching(/--client-id/),
    });
    expect(step("PING")?.outcome).toBe("good");
  });

  it("of a wrong authority is bad at the certificate, and nothing after it is tried", async () => {
    const { step, report } = await doctor(own.origin, "--ca", ca(stranger), ...secrets);
    expect(step("certificate")).toMatchObject({
      outcome: "bad",
      advice: expect.stringMatching(/--ca is not this server's authority/),
    });
    const after = report.steps.slice(3);
    expect(after.map(({ outcome }) => outcome)).toEqual(after.map(() => "skipped"));
  });

  it("of a wrong authority is examined whole with --insecure, and the certificate stays doubtful", async () => {
    const { report, step } = await doctor("--dev", "--data", own.dataDir, "--insecure");
    expect(report.healthy).toBe(true);
    expect(step("certificate")?.outcome).toBe("doubtful");
    expect(step("downchannel")?.outcome).toBe("good");
  });
});

/** A server that does nothing but show a certificate. It notes whether anything was sent to it. */
async function showing(leaf: KeyPair, protocols?: "h2") {
  let requests = 0;
  const options = { cert: leaf.certificate, key: leaf.key };
  const server =
    protocols === "h2"
      ? createSecureServer({ ...options, allowHTTP1: true })
      : createHttpsServer(options);
  server.on(
    "request",
    (_request: unknown, response: { writeHead(code: number): void; end(): void }) => {
      requests++;
      response.writeHead(500);
      response.end();
    },
  );
  const port = await listen(server);
  return { url: `https://127.0.0.1:${port}`, requests: () => requests };
}

const here = [{ type: "ip", value: "127.0.0.1" }] as const;

describe("a certificate that", () => {
  it("expired is bad, with the date, and no secret is sent", async () => {
    const { url, requests } = await showing(
      await issueLeaf(authority, here, Date.now() - 400 * day),
    );
    const { step } = await doctor(url, "--ca", ca(authority), ...secrets);
    expect(step("certificate")).toMatchObject({
      outcome: "bad",
      says: expect.stringMatching(/expired \d+ days? ago, on \d{4}-\d\d-\d\d/),
      advice: expect.stringMatching(/renew/),
    });
    expect(requests()).toBe(0);
  });

  it("ends soon is doubtful", async () => {
    const { url } = await showing(await issueLeaf(authority, here, Date.now() - 390 * day));
    const { step } = await doctor(url, "--ca", ca(authority));
    expect(step("certificate")?.outcome).toBe("doubtful");
  });

  it("is for another name says for which", async () => {
    const names = [{ type: "dns", value: "clova.example.org" }] as const;
    const { url } = await showing(await issueLeaf(authority, names, Date.now()));
    const { step } = await doctor(url, "--ca", ca(authority), ...secrets);
    expect(step("certificate")).toMatchObject({
      outcome: "bad",
      says: "the certificate is not for 127.0.0.1, but for clova.example.org",
    });
  });
});

describe("a server that", () => {
  it("does not offer HTTP/2 is bad there, whatever else it does", async () => {
    const { url } = await showing(await issueLeaf(authority, here, Date.now()));
    const { step } = await doctor(url, "--ca", ca(authority));
    expect(step("certificate")?.outcome).toBe("good");
    expect(step("HTTP/2")).toMatchObject({
      outcome: "bad",
      advice: expect.stringMatching(/proxy/),
    });
  });

  it("fails on every request is bad at /authorize", async () => {
    const { url } = await showing(await issueLeaf(authority, here, Date.now()), "h2");
    const { step, report } = await doctor(url, "--ca", ca(authority), ...secrets);
    expect(step("HTTP/2")?.outcome).toBe("good");
    expect(step("/authorize")?.outcome).toBe("bad");
    expect(report.healthy).toBe(false);
  });

  it("is down is bad at the connection", async () => {
    const closed = createServer();
    closed.listen(0, "127.0.0.1");
    await once(closed, "listening");
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, "close");
    const { step } = await doctor(`https://127.0.0.1:${port}`);
    expect(step("connection")).toMatchObject({
      outcome: "bad",
      says: `nothing listens on port ${port}`,
    });
  });

  it("speaks no TLS is bad at the certificate", async () => {
    const port = await listen(
      createServer((socket) => void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")),
    );
    const { step } = await doctor(`https://127.0.0.1:${port}`);
    expect(step("certificate")).toMatchObject({
      outcome: "bad",
      advice: expect.stringMatching(/speak TLS/),
    });
  });

  it("has no entry in the DNS is bad at the name", async () => {
    const { step } = await doctor("https://no-such-host.invalid");
    expect(step("name")?.outcome).toBe("bad");
    expect(step("connection")?.outcome).toBe("skipped");
  });
});
