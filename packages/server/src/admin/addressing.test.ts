// Directives to accounts and to lists through the admin API, over a real mailbox and a real authorization server in memory.

import { FakeClock } from "@trefoil/protocol/clock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AuthServer, createAuthServer } from "../auth/index.js";
import { configSchema } from "../config/index.js";
import {
  Delivery,
  type Mailbox,
  Presence,
  PresenceFeed,
  createMemoryMailbox,
} from "../delivery/index.js";
import { silentLogger } from "../logging/index.js";
import { type Database, openDatabase } from "../storage/index.js";
import { PresenceWatch, createAdminApp, hashAdminToken } from "./index.js";

const token = "admin-token-of-this-test-0123456789";
let database: Database;
let auth: AuthServer;
let mailbox: Mailbox;
let presence: Presence;
let app: ReturnType<typeof createAdminApp>;
const accounts = { kim: "", lee: "" };

beforeEach(async () => {
  const clock = new FakeClock();
  const config = configSchema.parse({});
  database = await openDatabase({ kind: "sqlite", file: ":memory:" });
  await database.migrate();
  auth = createAuthServer({ database, config: config.auth, clock });
  mailbox = createMemoryMailbox();
  presence = new Presence();
  app = createAdminApp({
    tokenHash: hashAdminToken(token),
    accounts: auth.accounts,
    devices: auth.devices,
    clients: auth.clients,
    operators: auth.operators,
    sender: new Delivery({
      mailbox,
      accounts: auth.devices,
      clock,
      config: config.delivery,
      maxQueuedBytes: 1_000,
    }),
    presence,
    presenceWatch: new PresenceWatch({ feed: new PresenceFeed(presence), clock }),
    log: silentLogger,
  });
  await auth.clients.create({ name: "c", clientId: "c1" });
  for (const name of ["kim", "lee"] as const) {
    const email = `${name}@example.com`;
    accounts[name] = (
      await auth.accounts.createLocal({ email, password: "correct horse" })
    ).accountId;
  }
  await addDevice("k1", "kitchen", accounts.kim);
  await addDevice("k2", "bedroom", accounts.kim);
  await addDevice("l1", "office", accounts.lee);
});

afterEach(async () => {
  await auth.close();
  await database.close();
});

async function addDevice(deviceKey: string, deviceId: string, accountId: string) {
  await database.stores.devices.upsert({
    deviceKey,
    deviceId,
    modelId: "m",
    clientId: "c1",
    accountId,
    name: null,
    reportedName: null,
    reportedRuid: null,
    createdAt: 0,
    lastSeenAt: 0,
    lastSeenAddress: null,
    removedAt: null,
  });
}

async function post(path: string, body: object) {
  const response = await app.request(`/admin/v1${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "My.Own", payload: { x: 1 }, ...body }),
  });
  const answer = (await response.json()) as {
    messageId: string;
    devices: { device: string; deviceKey: string | null; outcome: string }[];
    error_description?: string;
  };
  return { status: response.status, answer };
}

const idsAt = async (deviceKey: string) =>
  (await mailbox.pending(deviceKey, 0, 10, 0)).map(({ messageId }) => messageId);

describe("a directive to a device that was removed", () => {
  it("is refused, also while the gateway has not seen the end of its downchannel", async () => {
    const from = { accountId: accounts.kim, remoteAddress: "192.0.2.1", userAgent: "" };
    presence.online("k1", 0, from);
    await auth.devices.remove("k1");
    expect((await post("/devices/k1/directives", {})).status).toBe(404);
    expect(await idsAt("k1")).toEqual([]);
  });
});

describe("a directive to an account", () => {
  it("is queued for each of its devices and for no other", async () => {
    const { status, answer } = await post(`/accounts/${accounts.kim}/directives`, {});
    expect(status).toBe(202);
    expect(answer.devices).toEqual([
      { device: "k1", deviceKey: "k1", outcome: "queued" },
      { device: "k2", deviceKey: "k2", outcome: "queued" },
    ]);
    expect(await idsAt("k1")).toEqual([answer.messageId]);
    expect(await idsAt("k2")).toEqual([answer.messageId]);
    expect(await idsAt("l1")).toEqual([]);
  });

  it.each([["k1"], ["kitchen"], [["kitchen"]], [["kitchen", "k1"]]])(
    "leaves out the device that `except` names: %j",
    async (except) => {
      const { answer } = await post(`/accounts/${accounts.kim}/directives`, { except });
      expect(answer.devices.map(({ deviceKey }) => deviceKey)).toEqual(["k2"]);
      expect(await idsAt("k1")).toEqual([]);
    },
  );

  it.each([["kitchne"], ["office"]])(
    "is refused, and nobody gets it, where `except` names no device of the account: %s",
    async (except) => {
      const { status, answer } = await post(`/accounts/${accounts.kim}/directives`, { except });
      expect(status).toBe(400);
      expect(answer.error_description).toContain(JSON.stringify(except));
      expect(await idsAt("k1")).toEqual([]);
    },
  );

  it("is 404 where there is no such account", async () => {
    expect((await post("/accounts/nobody/directives", {})).status).toBe(404);
  });

  it("is accepted for an account without devices, and nobody gets it", async () => {
    await auth.devices.remove("l1");
    const { status, answer } = await post(`/accounts/${accounts.lee}/directives`, {});
    expect({ status, devices: answer.devices }).toEqual({ status: 202, devices: [] });
  });

  it("reaches all devices of an account that has more than one page of them", async () => {
    for (let device = 0; device < 1_050; device++) {
      await addDevice(`n${device}`, `id${device}`, accounts.lee);
    }
    const { answer } = await post(`/accounts/${accounts.lee}/directives`, {});
    expect(new Set(answer.devices.map(({ deviceKey }) => deviceKey)).size).toBe(1_051);
  });

  it("must have a payload as the catalogue says, as to a single device", async () => {
    const { status } = await post(`/accounts/${accounts.kim}/directives`, {
      name: "Clova.RenderText",
      payload: { text: 1 },
    });
    expect(status).toBe(400);
  });
});

describe("a directive to a list", () => {
  it("is queued for each device, named by key or device_id, and says which are not there", async () => {
    const { status, answer } = await post("/directives", {
      devices: ["k1", "nobody", "office"],
      messageId: "m-1",
    });
    expect(status).toBe(202);
    expect(answer).toEqual({
      messageId: "m-1",
      devices: [
        { device: "k1", deviceKey: "k1", outcome: "queued" },
        {
          device: "nobody",
          deviceKey: null,
          outcome: "failed",
          error_description: "There is no device of this deviceKey or device_id.",
        },
        { device: "office", deviceKey: "l1", outcome: "queued" },
      ],
    });
    expect(await idsAt("l1")).toEqual(["m-1"]);
  });

  it("reaches a device once, however often and by whichever name it is listed", async () => {
    const { answer } = await post("/directives", { devices: ["k1", "kitchen", "k1"] });
    expect(answer.devices.map(({ device, outcome }) => [device, outcome])).toEqual([
      ["k1", "queued"],
      ["kitchen", "queued"],
    ]);
    expect(await idsAt("k1")).toHaveLength(1);
  });

  it.each([
    ["no list", {}],
    ["an empty one", { devices: [] }],
    ["one of 1,001", { devices: Array.from({ length: 1_001 }, (_, n) => `d${n}`) }],
  ])("is refused with %s", async (_, body) => {
    expect((await post("/directives", body)).status).toBe(400);
  });
});
