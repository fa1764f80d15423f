// The developer server as a process: what it makes, what it finds again, and how it ends.

import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import {
  endAll,
  listening,
  removeDirectories,
  temporaryDirectory,
  trefoil,
} from "../harness/command.js";
import {
  type DevJson,
  developerServer,
  fetchJson,
  readDevJson,
} from "../harness/server-process.js";

afterEach(async () => {
  await endAll();
  removeDirectories();
});

const mode = (file: string) => (statSync(file).mode & 0o777).toString(8);

async function signIn(dev: DevJson) {
  const device = `client_id=${dev.clientId}&device_id=d1&model_id=${dev.modelId}`;
  const granted = await fetchJson(
    dev,
    `${dev.authBaseUrl}/authorize?${device}&response_type=code&state=s`,
    {
      headers: { authorization: `Bearer ${dev.accountAccessToken}` },
    },
  );
  expect(granted).toMatchObject({ status: 200, body: { state: "s" } });
  const tokens = await fetchJson(dev, `${dev.authBaseUrl}/token?grant_type=authorization_code`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: `${device}&client_secret=${dev.clientSecret}&code=${String(granted.body["code"])}`,
  });
  expect(tokens.status).toBe(200);
  return tokens.body as { access_token: string; refresh_token: string };
}

const admin = (dev: DevJson, path: string) =>
  fetchJson(dev, `${dev.authBaseUrl}/admin/v1${path}`, {
    headers: { authorization: `Bearer ${dev.adminToken}` },
  });

describe("a first start", () => {
  it("writes dev.json with exactly the members of the contract, for its owner alone", async () => {
    const dataDir = temporaryDirectory();
    const { dev } = await developerServer(dataDir);
    expect(Object.keys(dev)).toEqual([
      "authBaseUrl",
      "gatewayBaseUrl",
      "caFile",
      "clientId",
      "clientSecret",
      "modelId",
      "account",
      "accountAccessToken",
      "adminToken",
    ]);
    expect(Object.keys(dev.account)).toEqual(["email", "password"]);
    expect(dev.authBaseUrl).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(dev.gatewayBaseUrl).toBe(dev.authBaseUrl);
    for (const name of [
      "dev.json",
      "dev-secrets.json",
      "admin-token",
      "tls/ca-key.pem",
      "tls/server-key.pem",
    ]) {
      expect([name, mode(join(dataDir, name))]).toEqual([name, "600"]);
    }
  });

  it("makes what dev.json names: client, account, tokens and a certificate that is trusted through caFile", async () => {
    const { dev } = await developerServer(temporaryDirectory());
    await signIn(dev);
    const signedIn = await fetchJson(dev, `${dev.authBaseUrl}/account/sign-in`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(dev.account),
    });
    expect(signedIn.status).toBe(200);
    const { status, body } = await admin(dev, "/devices");
    expect(status).toBe(200);
    expect(body["devices"]).toEqual([expect.objectContaining({ deviceId: "d1", online: false })]);
    expect((await fetchJson(dev, `${dev.authBaseUrl}/admin/v1/devices`)).status).toBe(401);
  });

  it("serves the OpenAPI documents to everyone", async () => {
    const { dev } = await developerServer(temporaryDirectory());
    for (const name of ["admin", "auth"]) {
      const { status, body } = await fetchJson(dev, `${dev.authBaseUrl}/openapi/${name}.json`);
      expect([status, body["openapi"]]).toEqual([200, "3.1.0"]);
    }
  });

  it("logs JSON lines and none of its secrets", async () => {
    const { dev, stdout, stderr } = await developerServer(temporaryDirectory(), [
      "--log-level",
      "trace",
    ]);
    const tokens = await signIn(dev);
    await admin(dev, "/clients");
    expect(stderr()).toBe("");
    for (const line of stdout().trimEnd().split("\n")) {
      expect(JSON.parse(line)).toMatchObject({
        level: expect.any(String),
        msg: expect.any(String),
      });
    }
    for (const secret of [
      dev.clientSecret,
      dev.account.password,
      dev.accountAccessToken,
      dev.adminToken,
      tokens.access_token,
      tokens.refresh_token,
    ]) {
      expect(stdout()).not.toContain(secret);
    }
  });

  it("takes port, host and data directory from the environment", async () => {
    const dataDir = temporaryDirectory();
    const command = trefoil(["serve", "--dev"], {
      env: { TREFOIL_PORT: "0", TREFOIL_HOST: "127.0.0.1", TREFOIL_DATA_DIR: dataDir },
    });
    await listening(command);
    expect((await admin(readDevJson(dataDir), "/clients")).status).toBe(200);
  });
});

describe("a second start", () => {
  it("finds everything again: tokens that were given before still work", async () => {
    const dataDir = temporaryDirectory();
    const first = await developerServer(dataDir);
    const tokens = await signIn(first.dev);
    first.process.kill("SIGTERM");
    expect(await first.ended).toBe(0);

    const { dev } = await developerServer(dataDir);
    const { authBaseUrl: _, gatewayBaseUrl: __, ...kept } = first.dev;
    expect(dev).toMatchObject(kept);
    const refreshed = await fetchJson(dev, `${dev.authBaseUrl}/token?grant_type=refresh_token`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({
        client_id: dev.clientId,
        client_secret: dev.clientSecret,
        model_id: dev.modelId,
        refresh_token: tokens.refresh_token,
      }).toString(),
    });
    expect(refreshed.status).toBe(200);
    expect((await admin(dev, "/devices")).body["devices"]).toHaveLength(1);
  });

  it("after SIGKILL finds everything again too", async () => {
    const dataDir = temporaryDirectory();
    const first = await developerServer(dataDir);
    await signIn(first.dev);
    first.process.kill("SIGKILL");
    await first.ended;
    const { dev } = await developerServer(dataDir);
    expect(dev.clientSecret).toBe(first.dev.clientSecret);
    expect((await admin(dev, "/devices")).body["devices"]).toHaveLength(1);
  });

  it("repairs what is gone: dev.json, and the certificate", async () => {
    const dataDir = temporaryDirectory();
    const first = await developerServer(dataDir);
    first.process.kill("SIGTERM");
    await first.ended;
    const authority = readFileSync(first.dev.caFile, "utf8");
    rmSync(join(dataDir, "dev.json"));
    rmSync(join(dataDir, "tls/server-key.pem"));
    const { dev } = await developerServer(dataDir);
    expect(readFileSync(dev.caFile, "utf8")).toBe(authority);
    await signIn(dev);
  });
});

describe("an end", () => {
  it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "by %s is clean: exit code 0 within 5 s",
    async (signal) => {
      const { process: child, ended, stderr } = await developerServer(temporaryDirectory());
      const before = performance.now();
      child.kill(signal);
      expect(await ended).toBe(0);
      expect(performance.now() - before).toBeLessThan(5_000);
      expect(stderr()).toBe("");
    },
  );

  it("while it starts does not leave half a data directory behind that a later start chokes on", async () => {
    const dataDir = temporaryDirectory();
    const command = trefoil([
      "serve",
      "--dev",
      "--host",
      "127.0.0.1",
      "--port",
      "0",
      "--data",
      dataDir,
    ]);
    // As soon as the first file is there, in the middle of the first start.
    await new Promise<void>((resolve, reject) => {
      const look = setInterval(() => {
        try {
          statSync(join(dataDir, "tls"));
          clearInterval(look);
          resolve();
        } catch {
          // Not yet.
        }
      }, 2);
      void command.ended.then(() => reject(new Error("ended by itself")));
    });
    command.process.kill("SIGKILL");
    await command.ended;
    await signIn((await developerServer(dataDir)).dev);
  });
});
