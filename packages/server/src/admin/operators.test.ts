// Operators at work over the admin API: clients, accounts, tokens and the audit log.

import { FakeClock } from "@trefoil/protocol/clock";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type AuthServer, createAuthServer } from "../auth/index.js";
import { configSchema } from "../config/index.js";
import { Presence, PresenceFeed } from "../delivery/index.js";
import { silentLogger } from "../logging/index.js";
import { type Database, openDatabase } from "../storage/index.js";
import { PresenceWatch, createAdminApp, hashAdminToken } from "./index.js";

const token = "admin-token-of-this-test-0123456789";
const month = 2_592_000_000;
let clock: FakeClock;
let database: Database;
let auth: AuthServer;
let app: ReturnType<typeof createAdminApp>;

beforeEach(async () => {
  clock = new FakeClock();
  database = await openDatabase({ kind: "sqlite", file: ":memory:" });
  await database.migrate();
  const config = configSchema.parse({ auth: { guests: true } }).auth;
  auth = createAuthServer({ database, config, clock });
  const presence = new Presence();
  app = createAdminApp({
    tokenHash: hashAdminToken(token),
    accounts: auth.accounts,
    devices: auth.devices,
    clients: auth.clients,
    operators: auth.operators,
    sender: {
      send: () => Promise.reject(new Error("not of this test")),
      sendToAll: () => Promise.reject(new Error("not of this test")),
    },
    presence,
    presenceWatch: new PresenceWatch({ feed: new PresenceFeed(presence), clock }),
    log: silentLogger,
  });
});
afterEach(async () => {
  await auth.close();
  await database.close();
});

interface Answer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- JSON of any shape, compared by the tests
  readonly body: any;
}

async function call(method: string, path: string, body?: unknown): Promise<Answer> {
  const init = {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  const response = await app.request(`/admin/v1${path}`, init, { remoteAddress: "192.0.2.9" });
  return { status: response.status, body: await response.json() };
}
const get = (path: string) => call("GET", path);
const post = (path: string, body?: unknown) => call("POST", path, body);
const time = (at = clock.now()) => new Date(at).toISOString();

/** A client with a guest's device that signed in. */
async function deviceOf(clientId: string, clientSecret: string, deviceId = "d1") {
  const ask = async (path: string) => {
    const response = await auth.app.request(path);
    return (await response.json()) as Record<string, string>;
  };
  const who = `client_id=${clientId}&device_id=${deviceId}&model_id=m1`;
  const { code } = await ask(`/authorize?${who}&response_type=code&state=s&request_vu=Y`);
  const pair = await ask(
    `/token?grant_type=authorization_code&${who}&client_secret=${clientSecret}&code=${code}`,
  );
  const { identity } = (await auth.tokens.verify(pair["access_token"] ?? ""))!;
  const refresh = (refreshToken: string, secret = clientSecret) =>
    ask(
      `/token?grant_type=refresh_token&${who}&client_secret=${secret}&refresh_token=${refreshToken}`,
    );
  return {
    accessToken: String(pair["access_token"]),
    refreshToken: String(pair["refresh_token"]),
    identity,
    refresh,
  };
}
const newClient = async (body: object = {}): Promise<{ clientId: string; clientSecret: string }> =>
  (await post("/clients", { name: "Speaker", ...body })).body;

async function newAccount(email = "kim@example.org"): Promise<string> {
  return (await post("/accounts", { email, password: "a long password" })).body.accountId;
}

describe("a client", () => {
  it("gets a new secret, and the one before works on until its overlap ends", async () => {
    const { clientId, clientSecret } = await newClient();
    const { refreshToken, refresh } = await deviceOf(clientId, clientSecret);
    const rotated = await post(`/clients/${clientId}/secrets`, { overlap: 60 });
    expect(rotated).toEqual({
      status: 201,
      body: { clientId, clientSecret: expect.stringMatching(/^[\w-]{43}$/) },
    });
    clock.advance(59_000);
    const old = await refresh(refreshToken);
    expect(old["token_type"]).toBe("Bearer");
    clock.advance(1_000);
    expect((await refresh(old["refresh_token"] ?? ""))["error"]).toBe("invalid_client");
    const fresh = await refresh(old["refresh_token"] ?? "", rotated.body.clientSecret);
    expect(fresh["token_type"]).toBe("Bearer");
  });

  it("is switched off and on, its devices with it", async () => {
    const { clientId, clientSecret } = await newClient();
    const { accessToken, refreshToken, refresh } = await deviceOf(clientId, clientSecret);
    const off = await post(`/clients/${clientId}/disable`);
    expect(off).toMatchObject({ status: 200, body: { clientId, disabledAt: time() } });
    expect(await auth.tokens.verify(accessToken)).toBeUndefined();
    expect((await refresh(refreshToken))["error"]).toBe("unauthorized_client");
    clock.advance(60_000);
    expect(await post(`/clients/${clientId}/disable`)).toEqual(off);
    const on = await post(`/clients/${clientId}/enable`);
    expect(on).toMatchObject({ status: 200, body: { disabledAt: null } });
    expect((await get(`/clients/${clientId}`)).body).toEqual(on.body);
  });

  it("gets other redirect URIs, that will do", async () => {
    const { clientId } = await newClient({ redirectUris: ["app://old"] });
    const path = `/clients/${clientId}/redirect-uris`;
    expect((await post(path, { redirectUris: ["app://new"] })).body.redirectUris).toEqual([
      "app://new",
    ]);
    for (const redirectUris of [["javascript:alert(1)"], ["https://x/#y"], "app://new"]) {
      expect((await post(path, { redirectUris })).status).toBe(400);
    }
    expect((await get(`/clients/${clientId}`)).body.redirectUris).toEqual(["app://new"]);
  });

  it("that is not there is 404", async () => {
    expect((await get("/clients/nobody")).status).toBe(404);
    expect((await post("/clients/nobody/secrets", {})).status).toBe(404);
    expect((await post("/clients/nobody/disable")).status).toBe(404);
    expect((await post("/clients/nobody/enable")).status).toBe(404);
    expect((await post("/clients/nobody/redirect-uris", { redirectUris: [] })).status).toBe(404);
  });
});

describe("a device", () => {
  it("is removed, and goes back to its set-up", async () => {
    const { clientId, clientSecret } = await newClient();
    const { identity, accessToken, refreshToken, refresh } = await deviceOf(clientId, clientSecret);
    const { deviceKey } = identity;
    expect(await post("/devices/d1/remove")).toEqual({ status: 200, body: { deviceKey } });
    expect(await auth.tokens.verify(accessToken)).toBeUndefined();
    expect((await refresh(refreshToken))["error"]).toBe("unauthorized_client");
    expect((await post(`/devices/${deviceKey}/remove`)).status).toBe(404);
  });
});

describe("an account", () => {
  it("is made with a password, or with one that is made up and shown once", async () => {
    const given = await post("/accounts", { email: "Kim@Example.org", password: "long enough" });
    expect(given).toEqual({
      status: 201,
      body: {
        accountId: expect.any(String),
        kind: "local",
        email: "kim@example.org",
        createdAt: time(),
        withdrawnAt: null,
        lockedUntil: null,
        password: null,
      },
    });
    const { body } = await post("/accounts", { email: "lee@example.org" });
    expect(body.password).toMatch(/^[\w-]{20}$/);
    expect((await auth.accounts.verifyPassword("lee@example.org", body.password))?.accountId).toBe(
      body.accountId,
    );
    const { password: _, ...shown } = body;
    expect((await get(`/accounts/${body.accountId}`)).body).toEqual({ ...shown, consents: [] });
  });

  it("is refused where it is taken or will not do", async () => {
    await newAccount();
    expect((await post("/accounts", { email: "KIM@example.org" })).status).toBe(409);
    expect((await post("/accounts", { email: "nonsense" })).status).toBe(400);
    expect((await post("/accounts", { email: "x@example.org", password: "short" })).status).toBe(
      400,
    );
    expect((await post("/accounts", {})).status).toBe(400);
  });

  it("is found by its id or its e-mail address, and listed in pages", async () => {
    const ids: string[] = [];
    for (const name of ["a", "b", "c"]) ids.push(await newAccount(`${name}@example.org`));
    expect((await get("/accounts/B@example.org")).body.accountId).toBe(ids[1]);
    expect((await get("/accounts/nobody@example.org")).status).toBe(404);
    const listed: string[] = [];
    for (let after = ""; ;) {
      const { body } = await get(`/accounts?limit=2${after}`);
      for (const { accountId } of body.accounts) listed.push(accountId);
      if (body.next === null) break;
      after = `&after=${body.next}`;
    }
    expect(listed).toEqual(ids.toSorted());
    expect((await get("/accounts?email=C@example.org")).body.accounts).toMatchObject([
      { accountId: ids[2] },
    ]);
    expect((await get("/accounts?kind=guest")).body).toEqual({ accounts: [], next: null });
    const misspelt = await get("/accounts?kind=foo");
    expect(misspelt.status).toBe(400);
    for (const kind of ["local", "federated", "guest"]) {
      expect(misspelt.body.error_description).toContain(kind);
    }
  });

  it("shows what it agreed to", async () => {
    const accountId = await newAccount();
    await database.stores.consents.agree({
      accountId,
      termsId: "service",
      version: "1",
      language: "ja",
      clientId: null,
      agreedAt: clock.now(),
    });
    expect((await get(`/accounts/${accountId}`)).body.consents).toEqual([
      {
        termsId: "service",
        version: "1",
        language: "ja",
        clientId: null,
        agreedAt: time(),
        withdrawnAt: null,
      },
    ]);
  });

  it("withdraws, by id or e-mail address, once", async () => {
    const accountId = await newAccount();
    const locked = { withdrawnAt: time(), lockedUntil: time(clock.now() + month) };
    const first = await post("/accounts/kim@example.org/withdraw");
    expect(first).toMatchObject({ status: 200, body: { accountId, ...locked } });
    clock.advance(5_000);
    expect(await post(`/accounts/${accountId}/withdraw`)).toEqual(first);
    expect((await post("/accounts/nobody/withdraw")).status).toBe(404);
  });

  it("gets a new password, by id or e-mail address, and its sign-ins end", async () => {
    const accountId = await newAccount();
    const verify = (password: string) =>
      auth.accounts.verifyPassword("kim@example.org", password).then((found) => found?.accountId);
    const session = { hash: new Uint8Array(32).fill(7), accountId, startedAt: clock.now() };
    await database.stores.accountSessions.insert({ ...session, expiresAt: clock.now() + month });
    const findSession = () => database.stores.accountSessions.findLive(session.hash, clock.now());
    expect(await findSession()).toBeDefined();
    const set = await post("/accounts/KIM@example.org/password", { password: "another long one" });
    expect(set).toMatchObject({ status: 200, body: { accountId, email: "kim@example.org" } });
    expect(JSON.stringify(set)).not.toContain("another long one");
    expect(await findSession()).toBeUndefined();
    expect(await verify("a long password")).toBeUndefined();
    expect(await verify("another long one")).toBe(accountId);
    await post(`/accounts/${accountId}/password`, { password: "the third long one" });
    expect(await verify("the third long one")).toBe(accountId);
    const { records } = (await get("/audit?event=account.set_password")).body;
    expect(records).toMatchObject([
      { outcome: "ok", accountId, remoteAddress: "192.0.2.9", detail: "by administrator" },
      { outcome: "ok", accountId },
    ]);
    expect(JSON.stringify(records)).not.toContain("long one");
  });

  it("gets no password that will not do, and only where it signs in with one", async () => {
    const accountId = await newAccount();
    for (const body of [{}, { password: "" }, { password: "short" }, { password: "password123" }]) {
      expect((await post(`/accounts/${accountId}/password`, body)).status).toBe(400);
    }
    expect(await auth.accounts.verifyPassword("kim@example.org", "a long password")).toBeDefined();
    const good = { password: "another long one" };
    expect((await post("/accounts/nobody/password", good)).status).toBe(404);
    const { clientId, clientSecret } = await newClient();
    const { identity } = await deviceOf(clientId, clientSecret);
    expect(await post(`/accounts/${identity.accountId}/password`, good)).toMatchObject({
      status: 400,
      body: { error_description: "A guest has no password: it is the account of a device." },
    });
  });

  it("of a guest does not withdraw", async () => {
    const { clientId, clientSecret } = await newClient();
    const { identity } = await deviceOf(clientId, clientSecret);
    expect((await post(`/accounts/${identity.accountId}/withdraw`)).status).toBe(400);
  });
});

describe("a token", () => {
  const setUp = async () => {
    const { clientId, clientSecret } = await newClient();
    return { clientId, ...(await deviceOf(clientId, clientSecret)) };
  };
  const inspect = (value: string) => post("/tokens/inspect", { token: value });

  it("is told whose it is and whether it works, and never comes back", async () => {
    const { clientId, accessToken, refreshToken, identity, refresh } = await setUp();
    const { accountId, deviceKey } = identity;
    const access = await inspect(accessToken);
    expect(access).toEqual({
      status: 200,
      body: {
        kind: "access_token",
        state: "live",
        grantId: expect.any(String),
        accountId,
        clientId,
        deviceKey,
        deviceId: "d1",
        modelId: "m1",
        issuedAt: time(),
        expiresAt: time(clock.now() + 332_000_000),
        usedAt: time(),
        revokedAt: null,
        revokeReason: null,
      },
    });
    expect((await inspect(refreshToken)).body).toMatchObject({
      kind: "refresh_token",
      state: "live",
      usedAt: null,
    });
    await refresh(refreshToken);
    expect((await inspect(refreshToken)).body).toMatchObject({ state: "spent", usedAt: time() });
    clock.advance(332_000_000);
    const expired = await inspect(accessToken);
    expect(expired.body.state).toBe("expired");
    expect(JSON.stringify([access, expired])).not.toContain(accessToken);
  });

  it("that nobody knows is 404", async () => {
    expect((await inspect("nonsense")).status).toBe(404);
    expect((await post("/tokens/revoke", { token: "nonsense" })).status).toBe(404);
    expect((await inspect("x".repeat(513))).status).toBe(400);
  });

  it("is revoked by itself, with its grant, and its holders hear of it in the same turn", async () => {
    const { accessToken, refreshToken, refresh } = await setUp();
    const heard = vi.fn<() => void>();
    (await auth.tokens.verify(accessToken))?.onRevoked(heard);
    expect(await post("/tokens/revoke", { token: refreshToken })).toEqual({
      status: 200,
      body: { revoked: 1 },
    });
    expect(heard).toHaveBeenCalledTimes(1);
    expect((await refresh(refreshToken))["error"]).toBe("invalid_grant");
    expect((await inspect(accessToken)).body).toMatchObject({
      state: "revoked",
      revokedAt: time(),
      revokeReason: "administrator",
    });
    expect((await post("/tokens/revoke", { token: refreshToken })).body).toEqual({ revoked: 0 });
  });

  it.each(["grantId", "deviceKey", "accountId", "clientId"] as const)(
    "is revoked by %s",
    async (member) => {
      const { accessToken } = await setUp();
      const { body } = await inspect(accessToken);
      expect((await post("/tokens/revoke", { [member]: body[member] })).body).toEqual({
        revoked: 1,
      });
      expect(await auth.tokens.verify(accessToken)).toBeUndefined();
    },
  );

  it("is revoked by the e-mail address of its account, and by the device_id of its device", async () => {
    const { accessToken } = await setUp();
    const accountId = await newAccount();
    const none = { status: 200, body: { revoked: 0 } };
    expect(await post("/tokens/revoke", { accountId: "KIM@example.org" })).toEqual(none);
    expect((await post("/tokens/revoke", { deviceKey: "d1" })).body).toEqual({ revoked: 1 });
    expect(await auth.tokens.verify(accessToken)).toBeUndefined();
    expect(await post("/tokens/revoke", { deviceKey: "d1" })).toEqual(none);
    const { body } = await get("/audit?event=token.revoke&accountId=" + accountId);
    expect(body.records).toMatchObject([{ outcome: "ok", detail: "by administrator: 0 ended" }]);
  });

  it("of somebody or something that is not there is 404, and the audit log notes that", async () => {
    for (const [member, value, words] of [
      ["accountId", "nobody@example.org", "There is no account of this id or e-mail address."],
      ["accountId", "nobody", "There is no account of this id or e-mail address."],
      ["deviceKey", "nothing", "There is no device of this deviceKey or device_id."],
      ["clientId", "nosuch", "There is no client with this client_id."],
      ["grantId", "none", "There is no grant of this id."],
      ["token", "nonsense", "There is no such access or refresh token."],
    ] as const) {
      expect(await post("/tokens/revoke", { [member]: value })).toMatchObject({
        status: 404,
        body: { error_description: words },
      });
      clock.advance(1);
      const { records } = (await get("/audit?event=token.revoke&limit=1")).body;
      // Not the value: it could be a token that was given in the wrong place.
      expect(records).toMatchObject([
        { outcome: "not_found", detail: `by administrator: unknown ${member}` },
      ]);
    }
  });

  it("of a device_id that several devices have is 409", async () => {
    const { accessToken } = await setUp();
    await setUp();
    const refused = await post("/tokens/revoke", { deviceKey: "d1" });
    expect(refused.status).toBe(409);
    expect(refused.body.error_description).toContain("Several devices");
    expect(await auth.tokens.verify(accessToken)).toBeDefined();
  });

  it("is never revoked by nothing, or by two things at once", async () => {
    const { accessToken } = await setUp();
    for (const target of [{}, { grantId: "a", clientId: "b" }, { everything: true }]) {
      expect((await post("/tokens/revoke", target)).status).toBe(400);
    }
    expect(await auth.tokens.verify(accessToken)).toBeDefined();
  });
});

describe("the audit log", () => {
  it("says who did what, when, from where and how it ended, and no secret", async () => {
    const { clientId, clientSecret } = await newClient();
    const { accessToken, identity } = await deviceOf(clientId, clientSecret);
    await post(`/clients/${clientId}/secrets`, {});
    await post("/tokens/revoke", { token: accessToken });
    const accountId = await newAccount();
    const { body } = await get("/audit");
    const about = { remoteAddress: "192.0.2.9", outcome: "ok", at: time() };
    expect(body.records).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          ...about,
          event: "client.create",
          clientId,
          detail: "by administrator",
        }),
        expect.objectContaining({ ...about, event: "client.rotate_secret", clientId }),
        expect.objectContaining({ ...about, event: "token.revoke" }),
        expect.objectContaining({ ...about, event: "account.create", accountId }),
        expect.objectContaining({ event: "token.issue", deviceKey: identity.deviceKey }),
      ]),
    );
    const text = JSON.stringify(body);
    for (const secret of [clientSecret, accessToken, token]) expect(text).not.toContain(secret);
  });

  it("is read in pages, newest first, each record once", async () => {
    for (let round = 0; round < 7; round++) {
      await newClient();
      if (round % 2 === 0) clock.advance(1);
    }
    const seen: string[] = [];
    for (let after = ""; ;) {
      const { body } = await get(`/audit?limit=3&event=client.${after}`);
      for (const { auditId } of body.records) seen.push(auditId);
      if (body.next === null) break;
      after = `&after=${body.next}`;
    }
    const all = (await get("/audit?limit=1000&event=client.")).body.records;
    expect(seen).toEqual(all.map(({ auditId }: { auditId: string }) => auditId));
    expect(seen).toHaveLength(7);
    const times = all.map(({ at }: { at: string }) => at);
    expect(times).toEqual(times.toSorted().toReversed());
  });

  it("is narrowed by what, who, when and how it ended", async () => {
    const { clientId, clientSecret } = await newClient();
    const { identity } = await deviceOf(clientId, clientSecret);
    const begin = clock.now();
    clock.advance(60_000);
    await auth.app.request(
      "/authorize?client_id=x&device_id=d&model_id=m&response_type=code&state=s",
    );
    const events = async (query: string) =>
      (await get(`/audit?${query}`)).body.records.map(({ event }: { event: string }) => event);
    expect(await events("outcome=failed")).toEqual(["authorize"]);
    expect(await events("outcome=invalid_client")).toEqual(["authorize"]);
    expect(await events("event=token.issue")).toEqual(["token.issue"]);
    expect(await events("event=token.")).toEqual(["token.issue"]);
    expect(await events("event=token")).toEqual([]);
    expect(await events("event=%25.")).toEqual([]);
    expect(await events(`deviceKey=${identity.deviceKey}`)).toEqual(["token.issue"]);
    expect(await events(`clientId=${clientId}&event=client.`)).toEqual(["client.create"]);
    expect(await events(`since=${time()}`)).toEqual(["authorize"]);
    expect(await events(`before=${time(begin)}`)).toEqual([]);
    expect(await events(`before=${time(begin + 1)}&event=client.create`)).toEqual([
      "client.create",
    ]);
    expect(await events("remoteAddress=192.0.2.9")).toEqual(["client.create"]);
    for (const query of ["after=x", "since=yesterday", "limit=0", "who=me"]) {
      expect((await get(`/audit?${query}`)).status, query).toBe(400);
    }
  });

  it("is swept once it is older than it is kept", async () => {
    auth.start();
    await newClient();
    await auth.flushAudit();
    const hour = 3_600_000;
    const settled = () => new Promise((resolve) => setTimeout(resolve, 1));
    clock.advance(365 * 24 * hour - hour);
    await settled();
    expect((await get("/audit?event=client.")).body.records).toHaveLength(1);
    clock.advance(2 * hour);
    await vi.waitFor(async () => {
      clock.advance(600_000);
      expect((await get("/audit?event=client.")).body.records).toEqual([]);
    });
  });
});

describe("a wrong admin token", () => {
  const guess = (authorization: string) =>
    app.request(
      "/admin/v1/clients",
      { headers: { authorization } },
      { remoteAddress: "192.0.2.66" },
    );

  it("is in the audit log with where it came from, and is not", async () => {
    expect((await guess(`Bearer ${"guess".repeat(8)}`)).status).toBe(401);
    const { records } = (await get("/audit?event=admin.")).body;
    expect(records).toMatchObject([
      { event: "admin.authenticate", outcome: "invalid_token", remoteAddress: "192.0.2.66" },
    ]);
    expect(JSON.stringify(records)).not.toContain("guess");
  });

  it("does not fill the audit log where there are very many", async () => {
    for (let round = 0; round < 300; round++) await guess(`Bearer ${"guess".repeat(8)}`);
    expect((await get("/audit?event=admin.&limit=1000")).body.records.length).toBeLessThanOrEqual(
      60,
    );
  });
});

describe("names with control characters", () => {
  it.each([
    ["GET", "/clients/%00"],
    ["GET", "/accounts/a%00@b.example"],
    ["GET", "/accounts?email=a%00@b.example"],
    ["GET", "/accounts?after=%00"],
    ["GET", "/audit?event=token%00"],
    ["GET", "/audit?clientId=%0A"],
    ["POST", "/devices/%00/remove"],
  ])("are 400: %s %s", async (method, path) => {
    const refused = await call(method, path);
    expect(refused.status).toBe(400);
    expect(refused.body.error_description).toContain("has control characters");
  });

  it("are 400 in bodies", async () => {
    expect((await post("/tokens/revoke", { grantId: "\0" })).status).toBe(400);
  });
});
