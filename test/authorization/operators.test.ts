// What operators do: clients, accounts and devices, and the start's warning.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Harness, email, openHarness, password } from "./harness.js";

let harness: Harness;
beforeEach(async () => {
  harness = await openHarness();
});
afterEach(() => harness.close());

const invalid = { code: "invalid_request" };
const missing = { code: "not_found" };

describe("clients", () => {
  it("are made with id and secret of their own, or with those that firmware has built in", async () => {
    const { clients } = harness.server;
    const made = await clients.create({ name: "A", redirectUris: ["app://back"] });
    expect(made.clientSecret).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(await clients.get(made.clientId)).toMatchObject({
      name: "A",
      redirectUris: ["app://back"],
      disabledAt: null,
    });
    const given = { clientId: "built-in ==", clientSecret: "0123456789abcdef" };
    expect(await clients.create({ name: "B", ...given })).toEqual(given);
    await expect(clients.create({ name: "C", ...given })).rejects.toMatchObject({
      code: "conflict",
    });
    expect((await clients.list()).map(({ name }) => name).sort()).toEqual(["A", "B", "Speaker"]);
  });

  it.each([
    { name: "" },
    { name: "x".repeat(257) },
    { name: "a\nb" },
    { name: "x", clientId: "" },
    { name: "x", clientId: "x".repeat(257) },
    { name: "x", clientId: "한" },
    { name: "x", clientSecret: "short" },
    { name: "x", clientSecret: "x".repeat(513) },
    { name: "x", redirectUris: ["/relative"] },
    { name: "x", redirectUris: ["https://x/#fragment"] },
    { name: "x", redirectUris: ["javascript:alert(1)"] },
    { name: "x", redirectUris: ["data:text/html,x"] },
    { name: "x", redirectUris: [`https://x/${"y".repeat(2_048)}`] },
    { name: "x", redirectUris: Array.from({ length: 33 }, (_, index) => `x:${index}`) },
  ])("are refused where they will not do: %j", async (request) => {
    await expect(harness.server.clients.create(request)).rejects.toMatchObject(invalid);
  });

  it("that are not there cannot be changed", async () => {
    const { clients } = harness.server;
    await expect(clients.rotateSecret("x")).rejects.toMatchObject(missing);
    await expect(clients.disable("x")).rejects.toMatchObject(missing);
    await expect(clients.enable("x")).rejects.toMatchObject(missing);
    await expect(clients.setRedirectUris("x", [])).rejects.toMatchObject(missing);
    await expect(clients.setRedirectUris(harness.clientId, ["x"])).rejects.toMatchObject(invalid);
  });
});

describe("accounts", () => {
  it("are made with e-mail and password, and found by the address in any case", async () => {
    const { accounts } = harness.server;
    const made = await accounts.createLocal({ email: " New@Example.ORG ", password });
    expect(made).toEqual({
      accountId: made.accountId,
      kind: "local",
      email: "new@example.org",
      createdAt: harness.clock.now(),
      withdrawnAt: null,
      lockedUntil: null,
    });
    expect(await accounts.findByEmail("NEW@example.org")).toEqual(made);
    expect(await accounts.get(made.accountId)).toEqual(made);
    expect(await accounts.list()).toHaveLength(2);
    expect(await accounts.verifyPassword("new@EXAMPLE.org", password)).toEqual(made);
    expect(await accounts.verifyPassword("new@example.org", "wrong")).toBeUndefined();
    await expect(
      accounts.createLocal({ email: "new@example.org", password }),
    ).rejects.toMatchObject({ code: "conflict" });
  });

  it("keep passwords as argon2id, salted", async () => {
    const { accounts } = harness.server;
    await accounts.createLocal({ email: "a@x", password });
    await accounts.createLocal({ email: "b@x", password });
    const { stores } = harness.database;
    const a = await stores.accounts.findByEmail("a@x");
    const b = await stores.accounts.findByEmail("b@x");
    expect(a?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(a?.passwordHash).not.toBe(b?.passwordHash);
  });

  it.each([
    { email: "", password },
    { email: "nobody", password },
    { email: "a b@x", password },
    { email: `${"a".repeat(253)}@x`, password },
    { email: "a@x", password: "1234567" },
    { email: "a@x", password: "x".repeat(1_025) },
  ])("are refused where they will not do: %j", async (request) => {
    await expect(harness.server.accounts.createLocal(request)).rejects.toMatchObject(invalid);
  });

  it("take a new password, which ends account access tokens and leaves devices alone", async () => {
    const { accounts } = harness.server;
    const pair = await harness.pair();
    expect(await accounts.setPassword(harness.accountId, "another password")).toBe(true);
    expect((await harness.authorize()).status).toBe(403);
    expect(await harness.works(pair.accessToken)).toBe(true);
    expect(await accounts.setPassword("nobody", "another password")).toBe(false);
    await expect(accounts.setPassword(harness.accountId, "short")).rejects.toMatchObject(invalid);
    await expect(accounts.setPassword(harness.accountId, "12345678")).rejects.toMatchObject(
      invalid,
    );
    await expect(accounts.setPassword(harness.accountId, email)).rejects.toMatchObject(invalid);
  });
});

it("tokens are given to no account that is not there", async () => {
  const { accounts } = harness.server;
  await expect(accounts.issueAccountAccessToken("nobody")).rejects.toMatchObject(missing);
  await expect(accounts.issueAccountAuthorizationCode("nobody")).rejects.toMatchObject(missing);
});

describe("devices", () => {
  it("are found by key, by unit and by what they call themselves, and named", async () => {
    await harness.pair();
    await harness.pair({ model_id: "other_model" });
    const { devices } = harness.server;
    const unit = {
      clientId: harness.clientId,
      deviceId: "8c:85:90:01:02:03",
      modelId: "test_model",
    };
    const known = await devices.find(unit);
    expect(known).toMatchObject({ ...unit, accountId: harness.accountId, removedAt: null });
    expect(await devices.get(known!.deviceKey)).toEqual(known);
    expect(await devices.findByDeviceId(unit.deviceId)).toHaveLength(2);
    await devices.rename(known!.deviceKey, "거실");
    expect((await devices.get(known!.deviceKey))?.name).toBe("거실");
    await devices.rename(known!.deviceKey, null);
    expect((await devices.get(known!.deviceKey))?.name).toBeNull();
    await expect(devices.rename(known!.deviceKey, " ")).rejects.toMatchObject(invalid);
    await expect(devices.rename("nobody", "x")).rejects.toMatchObject(missing);
    await expect(devices.remove("nobody")).rejects.toMatchObject(missing);
  });

  it("were last seen when they last signed in or refreshed", async () => {
    const { refreshToken } = await harness.pair();
    harness.clock.advance(5_000);
    await harness.refresh(refreshToken);
    const [device] = await harness.server.devices.list();
    expect(device?.lastSeenAt).toBe(harness.clock.now());
    expect(device?.createdAt).toBe(harness.clock.now() - 5_000);
  });
});

describe("the start", () => {
  it("logs nothing, and tokens live as long as configured", async () => {
    const short = await openHarness({ config: { accessTokenLifetime: 3_600 } });
    expect((await short.pair()).expiresIn).toBe(3_600);
    expect(short.logged).toEqual([]);
    await short.close();
  });

  it("sweeps expired rows, a day after they expired, and leaves the rest", async () => {
    harness.server.start();
    const { refreshToken, accessToken } = await harness.pair();
    await harness.code();
    harness.clock.advance(332_000_000);
    const day = 86_400_000;
    for (let hour = 0; hour < 26; hour++) {
      harness.clock.advance(day / 24);
      await new Promise((resolve) => setImmediate(resolve));
    }
    // The access token's row is gone: it is unknown where an expired one would be taken back.
    expect((await harness.deleteToken(accessToken)).status).toBe(400);
    expect((await harness.refresh(refreshToken)).status).toBe(200);
  });
});
