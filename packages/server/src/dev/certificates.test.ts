// The developer certificates, judged by OpenSSL and by Node's own TLS: what they hold, and when they are made anew.

import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createServer } from "node:tls";
import { FakeClock } from "@trefoil/protocol/clock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { configSchema } from "../config/index.js";
import { silentLogger } from "../logging/index.js";
import { type Machine, certificateNames, readMachine } from "./certificate-names.js";
import { prepareCertificates } from "./certificates.js";

const machine: Machine = {
  hostname: "Workbench.example.org",
  addresses: ["192.0.2.7", "2001:db8::7"],
};
const day = 86_400_000;
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "trefoil-tls-"));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

function prepare(options: { names?: string[]; now?: number; machine?: Machine } = {}) {
  return prepareCertificates({
    config: configSchema.parse({ dataDir: directory, tls: { names: options.names ?? [] } }),
    clock: new FakeClock(options.now ?? Date.now()),
    log: silentLogger,
    machine: options.machine ?? machine,
  });
}

const file = (name: string) => join(directory, "tls", name);
const openssl = (...args: string[]) => execFileSync("openssl", args, { encoding: "utf8" });

describe("the names", () => {
  it("are localhost, loopback, the machine's, the configured and the public URL's, each once", () => {
    const config = configSchema.parse({
      publicUrl: "https://[2001:db8::9]:8443",
      listen: { host: "192.0.2.7" },
      tls: { names: ["Speaker.Example", "localhost", "*.clova.example"] },
    });
    expect(certificateNames(machine, config).map(({ value }) => value)).toEqual([
      "localhost",
      "127.0.0.1",
      "::1",
      "workbench.example.org",
      "workbench",
      "workbench.local",
      "192.0.2.7",
      "2001:db8::7",
      "speaker.example",
      "*.clova.example",
      "2001:db8::9",
    ]);
  });

  it("leave out what is no host name", () => {
    const names = certificateNames(
      { hostname: "Ann's laptop", addresses: [] },
      configSchema.parse({}),
    );
    expect(names.map(({ value }) => value)).toEqual(["localhost", "127.0.0.1", "::1"]);
  });

  it("of this machine hold no loopback and no link-local address", () => {
    for (const address of readMachine().addresses)
      expect(address).not.toMatch(/^(127\.|::1$|fe80:)/i);
  });
});

describe("the certificates", () => {
  it("form a chain that OpenSSL takes for a server, for every name", async () => {
    await prepare({ names: ["clova.example.com"] });
    for (const purpose of [
      "-verify_hostname localhost",
      "-verify_hostname clova.example.com",
      "-verify_ip ::1",
      "-verify_ip 192.0.2.7",
      "-verify_ip 2001:db8::7",
    ]) {
      const output = openssl(
        "verify",
        "-x509_strict",
        "-purpose",
        "sslserver",
        "-CAfile",
        file("ca.pem"),
        ...purpose.split(" "),
        file("server.pem"),
      );
      expect(output).toContain("OK");
    }
    expect(() =>
      execFileSync(
        "openssl",
        [
          "verify",
          "-CAfile",
          file("ca.pem"),
          "-verify_hostname",
          "other.example",
          file("server.pem"),
        ],
        { stdio: "pipe" },
      ),
    ).toThrow();
  });

  it("have the extensions that browsers ask for", async () => {
    const { certificate, caFile } = await prepare();
    const ca = openssl("x509", "-in", caFile, "-noout", "-text");
    expect(ca).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
    expect(ca).toMatch(/Key Usage: critical\s+Certificate Sign, CRL Sign/);
    expect(ca).toContain("Subject Key Identifier");
    const leaf = openssl("x509", "-in", file("server.pem"), "-noout", "-text");
    expect(leaf).toMatch(/Basic Constraints: critical\s+CA:FALSE/);
    expect(leaf).toMatch(/Key Usage: critical\s+Digital Signature/);
    expect(leaf).toMatch(/Extended Key Usage: ?\s+TLS Web Server Authentication/);
    expect(leaf).toContain("Subject Alternative Name");
    expect(leaf).toContain("Authority Key Identifier");
    expect(leaf).toContain("ASN1 OID: prime256v1");
    const { validFrom, validTo } = new X509Certificate(certificate);
    expect(Date.parse(validTo) - Date.parse(validFrom)).toBeLessThanOrEqual(398 * day);
    expect(Date.parse(validFrom)).toBeLessThan(Date.now());
  });

  it("are taken by Node's TLS client", async () => {
    const { certificate, key, caFile } = await prepare();
    const server = createServer({ cert: certificate, key }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const socket = connect({
      port: (server.address() as AddressInfo).port,
      host: "127.0.0.1",
      servername: "localhost",
      ca: readFileSync(caFile),
    });
    await once(socket, "secureConnect");
    expect(socket.authorized).toBe(true);
    socket.destroy();
    server.close();
    await once(server, "close");
  });

  it("keep their keys from others", async () => {
    await prepare();
    for (const name of ["ca-key.pem", "server-key.pem"]) {
      expect(statSync(file(name)).mode & 0o777).toBe(0o600);
    }
    expect(statSync(join(directory, "tls")).mode & 0o777).toBe(0o700);
    expect(statSync(file("ca.pem")).mode & 0o777).toBe(0o644);
  });
});

describe("a later start", () => {
  it("finds everything as it was", async () => {
    const first = await prepare();
    expect(await prepare({ now: Date.now() + 300 * day })).toEqual(first);
  });

  it("renews a leaf that is about to expire, under the same authority", async () => {
    const first = await prepare();
    const ca = readFileSync(file("ca.pem"), "utf8");
    const second = await prepare({ now: Date.now() + 370 * day });
    expect(second.certificate).not.toBe(first.certificate);
    expect(readFileSync(file("ca.pem"), "utf8")).toBe(ca);
    expect(
      openssl(
        "verify",
        "-CAfile",
        file("ca.pem"),
        "-attime",
        String(Math.floor(Date.now() / 1_000) + 375 * 86_400),
        file("server.pem"),
      ),
    ).toContain("OK");
  });

  it("renews the leaf when names or addresses changed, in either direction", async () => {
    const { certificate: first } = await prepare();
    const { certificate: more } = await prepare({ names: ["new.example"] });
    expect(more).not.toBe(first);
    const { certificate: fewer } = await prepare();
    expect(fewer).not.toBe(more);
    const { certificate: moved } = await prepare({
      machine: { ...machine, addresses: ["192.0.2.8"] },
    });
    expect(new X509Certificate(moved).checkIP("192.0.2.8")).toBe("192.0.2.8");
  });

  it.each(["ca.pem", "ca-key.pem", "server.pem", "server-key.pem"])(
    "repairs a broken or missing %s",
    async (name) => {
      for (const damage of [() => writeFileSync(file(name), "broken"), () => rmSync(file(name))]) {
        await prepare();
        damage();
        await prepare();
        expect(openssl("verify", "-CAfile", file("ca.pem"), file("server.pem"))).toContain("OK");
      }
    },
  );

  it("renews a leaf that was made while the clock was ahead", async () => {
    const { certificate: first } = await prepare({ now: Date.now() + 100 * day });
    expect((await prepare()).certificate).not.toBe(first);
  });

  it("replaces an authority that is about to expire, and its leaf with it", async () => {
    const { caFile } = await prepare();
    const before = readFileSync(caFile, "utf8");
    const { certificate } = await prepare({ now: Date.now() + 3_600 * day });
    const after = new X509Certificate(readFileSync(caFile));
    expect(after.toString()).not.toBe(new X509Certificate(before).toString());
    expect(new X509Certificate(certificate).verify(after.publicKey)).toBe(true);
  });

  it("never lets a leaf outlive its authority", async () => {
    const { caFile } = await prepare();
    const authority = new X509Certificate(readFileSync(caFile));
    const { certificate } = await prepare({ now: Date.parse(authority.validTo) - 100 * day });
    expect(new X509Certificate(certificate).verify(authority.publicKey)).toBe(true);
    expect(Date.parse(new X509Certificate(certificate).validTo)).toBeLessThanOrEqual(
      Date.parse(authority.validTo),
    );
  });

  it("says in one line which file it cannot read", async () => {
    await prepare();
    rmSync(file("ca.pem"));
    execFileSync("mkdir", [file("ca.pem")]);
    await expect(prepare()).rejects.toMatchObject({
      code: "invalid_configuration",
      message: `cannot read ${file("ca.pem")}: is a directory`,
    });
    chmodSync(file("ca.pem"), 0o755);
  });
});
