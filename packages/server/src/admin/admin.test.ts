// The admin API over a real authorization server in memory: who may use it, what it answers, and what it refuses.

import { FakeClock } from "@trefoil/protocol/clock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AuthServer, createAuthServer } from "../auth/index.js";
import { configSchema } from "../config/index.js";
import {
  type DirectiveSender,
  type OutgoingDirective,
  Presence,
  PresenceFeed,
  type SendOptions,
} from "../delivery/index.js";
import { type Logger, silentLogger } from "../logging/index.js";
import { type Database, openDatabase } from "../storage/index.js";
import { PresenceWatch, createAdminApp, hashAdminToken } from "./index.js";
import { maxAdminBodyBytes } from "./read-request.js";

const token = "admin-token-of-this-test-0123456789";
const sent: { key: string; directive: OutgoingDirective; options: SendOptions | undefined }[] = [];
const errors: unknown[] = [];
let database: Database;
let auth: AuthServer;
let presence: Presence;
let sender: Pick<DirectiveSender, "send">;
let presenceWatch: PresenceWatch;
let clock: FakeClock;
let app: ReturnType<typeof createAdminApp>;

beforeEach(async () => {
  sent.length = 0;
  errors.length = 0;
  clock = new FakeClock();
  database = await openDatabase({ kind: "sqlite", file: ":memory:" });
  await database.migrate();
  auth = createAuthServer({ database, config: configSchema.parse({}).auth, clock });
  presence = new Presence("node-1");
  sender = {
    async send(key, directive, options) {
      sent.push({ key, directive, options });
      return { kind: "queued", messageId: directive.messageId ?? "made-up" };
    },
  };
  presenceWatch = new PresenceWatch({ feed: new PresenceFeed(presence, "run"), clock });
  const log: Logger = { ...silentLogger, error: (_, fields) => void errors.push(fields?.["err"]) };
  app = createAdminApp({
    tokenHash: hashAdminToken(token),
    accounts: auth.accounts,
    devices: auth.devices,
    clients: auth.clients,
    operators: auth.operators,
    sender: {
      send: (...all) => sender.send(...all),
      sendToAll: () => Promise.reject(new Error("not of this test")),
    },
    presence,
    presenceWatch,
    log,
  });
});

afterEach(async () => {
  await auth.close();
  await database.close();
});

async function addDevice(deviceKey: string, deviceId: string, modelId = "m1") {
  const { clients, accounts } = database.stores;
  if ((await clients.get("c1")) === undefined)
    await auth.clients.create({ name: "c", clientId: "c1" });
  if ((await accounts.get("a1")) === undefined) {
    await accounts.insert({
      accountId: "a1",
      kind: "guest",
      email: null,
      passwordHash: null,
      createdAt: 0,
    });
  }
  await database.stores.devices.upsert({
    deviceKey,
    deviceId,
    modelId,
    clientId: "c1",
    accountId: "a1",
    name: null,
    reportedName: "Kitchen",
    reportedRuid: null,
    createdAt: 1_000,
    lastSeenAt: 2_000,
    lastSeenAddress: null,
    removedAt: null,
  });
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- JSON of any shape, compared by the tests
  readonly body: any;
}

async function call(
  method: string,
  path: string,
  options: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const { body } = options;
  const response = await app.request(path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...options.headers,
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === "" ? undefined : JSON.parse(text),
  };
}

const get = (path: string) => call("GET", path);
const send = (id: string, body: unknown, query = "") =>
  call("POST", `/admin/v1/devices/${encodeURIComponent(id)}/directives${query}`, { body });

describe("the admin token", () => {
  it.each([
    ["no header", undefined, 'Bearer realm="trefoil-admin"'],
    ["another scheme", `Basic ${token}`, 'Bearer realm="trefoil-admin"'],
    ["an empty token", "Bearer ", 'Bearer realm="trefoil-admin"'],
    ["a wrong token", "Bearer wrong", 'Bearer realm="trefoil-admin", error="invalid_token"'],
    [
      "the token and more",
      `Bearer ${token}x`,
      'Bearer realm="trefoil-admin", error="invalid_token"',
    ],
    ["an enormous header", `Bearer ${"x".repeat(100_000)}`, 'Bearer realm="trefoil-admin"'],
  ])("is asked for: %s gets 401 with a challenge", async (_, authorization, challenge) => {
    for (const path of ["/admin/v1/devices", "/admin/v1/clients", "/admin/v1/none"]) {
      const response = await app.request(path, {
        headers: authorization === undefined ? {} : { authorization },
      });
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toBe(challenge);
      expect(await response.json()).toMatchObject({ error: "invalid_token" });
    }
  });

  it("is taken whatever the case of the scheme", async () => {
    const { status } = await call("GET", "/admin/v1/clients", {
      headers: { authorization: `bEARER ${token}` },
    });
    expect(status).toBe(200);
  });
});

describe("devices", () => {
  it("are listed with their presence", async () => {
    await addDevice("k1", "aa:bb");
    await addDevice("k2", "cc:dd");
    presence.online("k2", 5_000, {
      accountId: "a1",
      remoteAddress: "192.0.2.7",
      userAgent: "CLOVA/X",
    });
    const { status, body, headers } = await get("/admin/v1/devices");
    expect(status).toBe(200);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(body).toEqual({
      devices: [
        {
          deviceKey: "k1",
          deviceId: "aa:bb",
          clientId: "c1",
          modelId: "m1",
          accountId: "a1",
          name: null,
          reportedName: "Kitchen",
          createdAt: "1970-01-01T00:00:01.000Z",
          lastSeenAt: "1970-01-01T00:00:02.000Z",
          online: false,
          presence: null,
        },
        expect.objectContaining({
          deviceKey: "k2",
          lastSeenAt: "1970-01-01T00:00:05.000Z",
          online: true,
          presence: {
            since: "1970-01-01T00:00:05.000Z",
            remoteAddress: "192.0.2.7",
            userAgent: "CLOVA/X",
            node: "node-1",
          },
        }),
      ],
      next: null,
    });
  });

  it("come in pages", async () => {
    for (const key of ["k1", "k2", "k3"]) await addDevice(key, key);
    const first = await get("/admin/v1/devices?limit=2");
    expect(first.body.devices.map((device: { deviceKey: string }) => device.deviceKey)).toEqual([
      "k1",
      "k2",
    ]);
    expect(first.body.next).toBe("k2");
    const second = await get("/admin/v1/devices?limit=2&after=k2");
    expect(second.body.devices).toHaveLength(1);
    expect(second.body.next).toBeNull();
  });

  it("can be narrowed", async () => {
    await addDevice("k1", "aa");
    await addDevice("k2", "bb");
    expect((await get("/admin/v1/devices?deviceId=bb")).body.devices).toHaveLength(1);
    expect((await get("/admin/v1/devices?accountId=nobody")).body.devices).toEqual([]);
    expect((await get("/admin/v1/devices?clientId=c1")).body.devices).toHaveLength(2);
  });

  it.each(["limit=0", "limit=1001", "limit=x", "colour=red", "after=a&after=b", "__proto__=x"])(
    "with the query %s are 400, naming the parameter",
    async (query) => {
      const { status, body } = await get(`/admin/v1/devices?${query}`);
      expect(status).toBe(400);
      expect(body.error_description).toContain(query.split("=")[0]);
    },
  );

  it("are found by deviceKey and by device_id, also with a colon or slash in it", async () => {
    await addDevice("k1", "aa:bb:cc/dd");
    expect((await get("/admin/v1/devices/k1")).body.deviceId).toBe("aa:bb:cc/dd");
    expect((await get("/admin/v1/devices/aa%3Abb%3Acc%2Fdd")).body.deviceKey).toBe("k1");
  });

  it("that do not exist, or were removed, are 404", async () => {
    await addDevice("k1", "aa");
    await auth.devices.remove("k1");
    for (const id of ["k1", "aa", "none"]) {
      expect(await get(`/admin/v1/devices/${id}`)).toMatchObject({
        status: 404,
        body: { error: "invalid_request", error_description: expect.stringContaining("no device") },
      });
    }
  });

  it("that share a device_id are 409, naming them", async () => {
    await addDevice("k1", "same", "m1");
    await addDevice("k2", "same", "m2");
    const { status, body } = await get("/admin/v1/devices/same");
    expect(status).toBe(409);
    expect(body.error_description).toContain("k1 (client c1, model m1), k2 (client c1, model m2)");
    expect((await send("same", { name: "A.B" })).status).toBe(409);
    expect(sent).toEqual([]);
  });
});

describe("sending a directive", () => {
  beforeEach(() => addDevice("k1", "aa:bb"));

  it("hands it to the device and answers 202 with what became of it", async () => {
    const { status, body } = await send("aa:bb", {
      name: "Clova.RenderText",
      payload: { type: "RenderText", text: "hello" },
      ttl: 60,
      dialogRequestId: "d1",
      messageId: "my-id",
      required: true,
    });
    expect(status).toBe(202);
    expect(body).toEqual({ outcome: "queued", messageId: "my-id", deviceKey: "k1" });
    expect(sent).toEqual([
      {
        key: "k1",
        directive: {
          name: "Clova.RenderText",
          payload: { type: "RenderText", text: "hello" },
          messageId: "my-id",
          dialogRequestId: "d1",
        },
        options: { ttl: 60, required: true },
      },
    ]);
  });

  it("needs only a name where the directive says nothing", async () => {
    expect((await send("k1", { name: "My.Own" })).status).toBe(202);
    expect(sent[0]).toEqual({
      key: "k1",
      directive: { name: "My.Own", payload: {} },
      options: { required: false },
    });
  });

  it("tells a directive that found no device from one that waits", async () => {
    sender = { send: async () => ({ kind: "dropped", messageId: "x" }) };
    expect((await send("k1", { name: "My.Own", ttl: 0 })).body.outcome).toBe("dropped");
  });

  it("keeps a payload's members whatever their names, but for __proto__, which touches nothing", async () => {
    await send(
      "k1",
      '{"name":"My.Own","payload":{"__proto__":{"x":1},"constructor":2,"toString":3}}',
    );
    expect(JSON.stringify(sent[0]?.directive.payload)).toBe('{"constructor":2,"toString":3}');
  });

  it("of the catalogue checks its payload, naming the field, unless told not to", async () => {
    const wrong = { name: "Clova.RenderText", payload: { type: "RenderText", text: 7 } };
    const { status, body } = await send("k1", wrong);
    expect(status).toBe(400);
    expect(body.error_description).toMatch(/^Clova\.RenderText: payload\.text /);
    expect(sent).toEqual([]);
    expect((await send("k1", wrong, "?validate=false")).status).toBe(202);
    expect(sent).toHaveLength(1);
  });

  it.each([
    ["Clova.RendrText", "Clova.RendrText is no directive of Clova; did you mean Clova.RenderText?"],
    ["Clova.rendertext", "did you mean Clova.RenderText?"],
    ["Clova.MyOwn", "Clova.MyOwn is no directive of Clova. Send"],
    ["TextRecognizer.Recognize", "TextRecognizer.Recognize is an event: devices send it"],
  ])("of a namespace of the catalogue has a name of it: %s", async (name, words) => {
    const { status, body } = await send("k1", { name });
    expect(status).toBe(400);
    expect(body.error_description).toContain(words);
    expect(body.error_description).toContain("?validate=false");
    for (const path of ["/directives", "/accounts/a1/directives"]) {
      const several = path === "/directives" ? { name, devices: ["k1"] } : { name };
      expect((await call("POST", `/admin/v1${path}`, { body: several })).status).toBe(400);
    }
    expect(sent).toEqual([]);
    expect((await send("k1", { name }, "?validate=false")).status).toBe(202);
  });

  it.each([
    [{}, "name"],
    [{ name: "NoDot" }, "name"],
    [{ name: "A.B.C" }, "name"],
    [{ name: ".B" }, "name"],
    [{ name: `A.${"b".repeat(300)}` }, "name"],
    [{ name: "A.B", payload: [] }, "payload"],
    [{ name: "A.B", payload: "x" }, "payload"],
    [{ name: "A.B", ttl: -1 }, "ttl"],
    [{ name: "A.B", ttl: 1.5 }, "ttl"],
    [{ name: "A.B", ttl: 1e12 }, "ttl"],
    [{ name: "A.B", dialogRequestId: "" }, "dialogRequestId"],
    [{ name: "A.B", messageId: "x".repeat(257) }, "messageId"],
    [{ name: "A.B", colour: "red" }, "colour"],
    [[], "The body"],
    ["not json", "The body"],
  ])("with the body %j is 400, naming the member", async (body, member) => {
    const answer = await send("k1", body);
    expect(answer).toMatchObject({ status: 400, body: { error: "invalid_request" } });
    expect(answer.body.error_description).toContain(member);
    expect(sent).toEqual([]);
  });

  it("takes JSON alone, in UTF-8, within a bound", async () => {
    const path = "/admin/v1/devices/k1/directives";
    const form = { "content-type": "application/x-www-form-urlencoded" };
    expect((await call("POST", path, { body: '{"name":"A.B"}', headers: form })).status).toBe(415);
    const raw = (body: NonNullable<RequestInit["body"]>, headers: Record<string, string> = {}) =>
      app.request(path, {
        method: "POST",
        body,
        duplex: "half",
        headers: {
          authorization: `Bearer ${token}`,
          "content-type": "application/json",
          ...headers,
        },
      });
    const invalid = new Uint8Array([
      ...Buffer.from('{"name":"A.B","payload":{"x":"'),
      0xff,
      ...Buffer.from('"}}'),
    ]);
    expect((await raw(invalid)).status).toBe(400);
    const large = JSON.stringify({ name: "A.B", payload: { x: "x".repeat(maxAdminBodyBytes) } });
    expect((await raw(large)).status).toBe(413);
    expect((await raw("{}", { "content-length": String(maxAdminBodyBytes + 1) })).status).toBe(413);
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(65_536).fill(0x20)),
    });
    expect((await raw(endless)).status).toBe(413);
    const fits = JSON.stringify({
      name: "A.B",
      payload: { x: "x".repeat(maxAdminBodyBytes - 40) },
    });
    expect((await raw(fits)).status).toBe(202);
  });

  it("that fails inside is 500 without a word of why, and logged", async () => {
    const cause = new Error("disk full at /secret/path");
    sender = { send: () => Promise.reject(cause) };
    const { status, body } = await send("k1", { name: "A.B" });
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain("disk");
    expect(errors).toEqual([cause]);
  });
});

describe("clients", () => {
  it("are registered with a secret that is shown once and works", async () => {
    const { status, body, headers } = await call("POST", "/admin/v1/clients", {
      body: { name: "Speaker", redirectUris: ["clova://done"] },
    });
    expect(status).toBe(201);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(body).toMatchObject({
      name: "Speaker",
      redirectUris: ["clova://done"],
      disabledAt: null,
    });
    const answer = await auth.app.request(
      `/token?grant_type=refresh_token&refresh_token=x&model_id=m&client_id=${body.clientId}&client_secret=${body.clientSecret}`,
    );
    expect(await answer.json()).toMatchObject({ error: "invalid_grant" });
    const list = await get("/admin/v1/clients");
    const { clientSecret: _, ...shown } = body;
    expect(list.body).toEqual({ clients: [shown] });
    expect(JSON.stringify(list.body)).not.toContain(body.clientSecret);
  });

  it("may bring their own id, once", async () => {
    const body = { name: "Speaker", clientId: "my.speaker" };
    expect((await call("POST", "/admin/v1/clients", { body })).body.clientId).toBe("my.speaker");
    expect((await call("POST", "/admin/v1/clients", { body })).status).toBe(409);
  });

  it.each([
    {},
    { name: "" },
    { name: "x", clientId: "" },
    { name: "x", clientId: "\u0000" },
    { name: "x", redirectUris: ["not a uri"] },
    { name: "x", redirectUris: ["javascript:alert(1)"] },
    { name: "x", redirectUris: Array.from({ length: 33 }, () => "clova://x") },
    { name: "x", secret: "mine" },
  ])("%j are 400", async (body) => {
    expect(await call("POST", "/admin/v1/clients", { body })).toMatchObject({
      status: 400,
      body: { error: "invalid_request" },
    });
    expect((await get("/admin/v1/clients")).body).toEqual({ clients: [] });
  });
});

describe("other requests", () => {
  it("with a wrong method are 405 with the right ones", async () => {
    const wrong = await call("DELETE", "/admin/v1/devices/x/directives");
    expect(wrong.status).toBe(405);
    expect(wrong.headers.get("allow")).toBe("POST");
    expect((await call("PUT", "/admin/v1/clients")).headers.get("allow")).toBe("GET, HEAD, POST");
  });

  it("to unknown paths are 404 in JSON", async () => {
    expect(await get("/admin/v1/nothing")).toMatchObject({
      status: 404,
      body: { error: "invalid_request" },
    });
  });

  it("by HEAD answer as GET without a body", async () => {
    const response = await app.request("/admin/v1/clients", {
      method: "HEAD",
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("");
  });
});
