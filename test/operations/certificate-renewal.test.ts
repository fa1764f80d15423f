// A certificate that is renewed under a running server: real TLS connections, real files, and a clock that the test moves.

import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConnectionOptions, type TLSSocket, connect } from "node:tls";
import { FakeClock } from "@trefoil/protocol/clock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadConfig } from "../../packages/server/src/config/index.js";
import {
  type KeyPair,
  issueAuthority,
  issueLeaf,
} from "../../packages/server/src/dev/issue-certificate.js";
import { createLogger } from "../../packages/server/src/logging/index.js";
import { type RunningServer, startServer } from "../../packages/server/src/server.js";

let directory: string;
let clock: FakeClock;
let server: RunningServer;
let first: KeyPair;
let lines: string;
const sockets: TLSSocket[] = [];

const write = (name: string, content: string): void =>
  writeFileSync(join(directory, name), content);

/** A certificate that says this name, from an authority of its own. */
async function issue(name: string): Promise<KeyPair> {
  const authority = await issueAuthority("test", Date.now());
  return issueLeaf(authority, [{ type: "dns", value: name }], Date.now());
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "trefoil-renewal-"));
  clock = new FakeClock(Date.now());
  lines = "";
  first = await issue("first");
  write("fullchain.pem", first.certificate);
  write("privkey.pem", first.key);
  write("admin-token", "t".repeat(64));
  const { config } = loadConfig({
    form: "production",
    cwd: directory,
    env: {
      TREFOIL_HOST: "127.0.0.1",
      TREFOIL_PORT: "0",
      TREFOIL_DATA_DIR: directory,
      TREFOIL_PUBLIC_URL: "https://localhost",
      TREFOIL_TLS_CERTIFICATE_FILE: "fullchain.pem",
      TREFOIL_TLS_KEY_FILE: "privkey.pem",
      TREFOIL_ADMIN_TOKEN_FILE: "admin-token",
    },
  });
  const log = createLogger({
    level: "info",
    format: "json",
    destination: { write: (line) => void (lines += line) },
    clock,
  });
  server = await startServer({ config, clock, log });
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** A connection that is through its handshake, and what it was shown. */
async function open(options: ConnectionOptions = {}) {
  const socket = connect({
    port: server.port,
    host: "127.0.0.1",
    servername: "localhost",
    rejectUnauthorized: false,
    ALPNProtocols: ["h2", "http/1.1"],
    ...options,
  });
  sockets.push(socket);
  socket.on("error", () => {});
  await once(socket, "secureConnect");
  return socket;
}

const shown = async (): Promise<string> => nameOf(await open());
const nameOf = (socket: TLSSocket): string => socket.getPeerX509Certificate()?.subject ?? "";

/** Moves the clock past a look, and waits for what it does with the files. */
async function minute(): Promise<void> {
  clock.advance(60_000);
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 5));
}

const logged = (level: string) =>
  lines
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((line) => line["level"] === level && String(line["msg"]).includes("TLS certificate"));

describe("a renewed certificate", () => {
  it("is used within a minute; connections that are open go on, and the expiry is logged", async () => {
    const before = await open({ ALPNProtocols: ["http/1.1"] });
    const second = await issue("second");
    write("fullchain.pem", second.certificate);
    write("privkey.pem", second.key);
    expect(await shown()).toBe(nameOf(before));
    await minute();
    const after = await open();
    expect(nameOf(after)).toContain("second");
    expect(after.alpnProtocol).toBe("h2");
    expect(logged("info")).toEqual([
      expect.objectContaining({
        msg: "The TLS certificate was renewed.",
        validTo: expect.stringMatching(/^20\d\d-\d\d-\d\dT/),
      }),
    ]);
    before.write("GET /.well-known/openid-configuration HTTP/1.1\r\nhost: localhost\r\n\r\n");
    const [answer] = (await once(before, "data")) as [Buffer];
    expect(answer.toString("latin1")).toMatch(/^HTTP\/1\.1 \d\d\d /);
  });

  it("is used again when the next one comes, and nothing is said where nothing changed", async () => {
    for (const name of ["second", "third"]) {
      const pair = await issue(name);
      write("fullchain.pem", pair.certificate);
      write("privkey.pem", pair.key);
      await minute();
      expect(await shown()).toContain(name);
      await minute();
    }
    expect(logged("info")).toHaveLength(2);
  });

  it("is used at once when somebody asks for it", async () => {
    const second = await issue("second");
    write("fullchain.pem", second.certificate);
    write("privkey.pem", second.key);
    await server.renewCertificate();
    expect(await shown()).toContain("second");
    await server.renewCertificate();
    expect(logged("info").at(-1)).toMatchObject({ msg: "The TLS certificate has not changed." });
  });

  it.each(["TLSv1.2", "TLSv1.3"] as const)("leaves %s sessions to be resumed", async (version) => {
    const versions = { minVersion: version, maxVersion: version } as const;
    const socket = connect({
      port: server.port,
      host: "127.0.0.1",
      rejectUnauthorized: false,
      ALPNProtocols: ["http/1.1"],
      ...versions,
    });
    sockets.push(socket);
    const [session] = (await once(socket, "session")) as [Buffer];
    const second = await issue("second");
    write("fullchain.pem", second.certificate);
    write("privkey.pem", second.key);
    await server.renewCertificate();
    const resumed = await open({ session, servername: "", ...versions });
    expect(resumed.isSessionReused()).toBe(true);
    expect(await shown()).toContain("second");
  });

  it("still refuses TLS 1.1", async () => {
    const second = await issue("second");
    write("fullchain.pem", second.certificate);
    write("privkey.pem", second.key);
    await server.renewCertificate();
    const old = { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" };
    await expect(open(old as ConnectionOptions)).rejects.toThrow();
  });
});

describe("files that are no pair", () => {
  it.each([
    ["a key of another certificate", async () => ({ key: (await other()).key })],
    ["a certificate without its key", async () => ({ certificate: (await other()).certificate })],
    ["half a key", async () => ({ key: first.key.slice(0, 80) })],
    ["an empty certificate", async () => ({ certificate: "" })],
    [
      "a chain that breaks off",
      async () => ({
        certificate: `${first.certificate}\n${(await other()).certificate.slice(0, 200)}`,
      }),
    ],
  ] as const)("leave the old one in use, with one warning: %s", async (_what, change) => {
    const { certificate = first.certificate, key = first.key }: Partial<KeyPair> = await change();
    write("fullchain.pem", certificate);
    write("privkey.pem", key);
    await minute();
    await minute();
    expect(await shown()).toContain("first");
    expect(logged("warn")).toHaveLength(1);
    expect(lines).not.toContain("PRIVATE KEY");

    const second = await other();
    write("fullchain.pem", second.certificate);
    write("privkey.pem", second.key);
    await minute();
    expect(await shown()).toContain("other");
  });

  it("leave the old one in use when they are gone", async () => {
    rmSync(join(directory, "privkey.pem"));
    await minute();
    expect(await shown()).toContain("first");
    expect(logged("warn")[0]).toMatchObject({ reason: expect.stringContaining("no such file") });
  });
});

const other = () => issue("other");
