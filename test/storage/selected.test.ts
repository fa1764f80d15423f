// The server on the database that its configuration names: what it keeps is there, and there again after a restart.

import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { configSchema } from "../../packages/server/src/config/index.js";
import { startServer } from "../../packages/server/src/server.js";
import { type DatabaseSettings, openDatabase } from "../../packages/server/src/storage/index.js";
import { requestJson, signIn, readDevJson } from "../harness/server-process.js";
import {
  newPostgresDatabase,
  postgresPatience,
  postgresUrl,
  removePostgresDatabases,
} from "./postgres-server.js";

beforeAll(postgresUrl, postgresPatience);
afterAll(removePostgresDatabases);

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "trefoil-selected-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const start = (storage: object) =>
  startServer({
    dev: true,
    config: configSchema.parse({
      dataDir,
      listen: { host: "127.0.0.1", port: 0 },
      gateway: { drainSeconds: 1 },
      storage,
    }),
  });

/** Signs a device in, restarts the server, and refreshes. */
async function liveThroughRestart(storage: object): Promise<void> {
  const first = await start(storage);
  const { refreshToken } = await signIn({ dev: readDevJson(dataDir) }, "unit");
  await first.stop();
  const second = await start(storage);
  const dev = readDevJson(dataDir);
  const query = new URLSearchParams({
    grant_type: "refresh_token",
    client_id: dev.clientId,
    client_secret: dev.clientSecret,
    model_id: dev.modelId,
    refresh_token: refreshToken,
  });
  expect((await requestJson({ dev }, `/token?${query.toString()}`)).status).toBe(200);
  await second.stop();
}

async function devicesIn(settings: DatabaseSettings): Promise<number> {
  const database = await openDatabase(settings);
  const devices = await database.stores.devices.list();
  await database.close();
  return devices.length;
}

describe("a server", () => {
  it("keeps everything in a file of its data directory unless told", async () => {
    await liveThroughRestart({});
    const file = join(dataDir, "trefoil.sqlite");
    expect(await devicesIn({ kind: "sqlite", file })).toBe(1);
  });

  it("keeps everything in PostgreSQL where its configuration says so, and makes no file", async () => {
    const { url, remove } = await newPostgresDatabase();
    await liveThroughRestart({ kind: "postgres", url });
    expect(await devicesIn({ kind: "postgres", url })).toBe(1);
    expect(readdirSync(dataDir).filter((name) => name.includes("sqlite"))).toEqual([]);
    await remove();
  });

  it("does not start on a database that it cannot reach, and names it without its password", async () => {
    const url = "postgres://trefoil:hunter2hunter2@127.0.0.1:1/nowhere";
    const failure: unknown = await start({ kind: "postgres", url }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: "unavailable" });
    expect(String(failure)).toContain("nowhere at 127.0.0.1:1");
    expect(String(failure)).not.toContain("hunter2");
  });
});
