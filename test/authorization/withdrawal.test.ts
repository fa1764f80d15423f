// The 423 path: an account withdraws from the service, everything of it ends at once, and after a month it starts afresh.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DeviceOwnerChange } from "../../packages/server/src/auth/index.js";
import { configSchema } from "../../packages/server/src/config/index.js";
import { Browser } from "./browser.js";
import { expectError, expectHeaders, expectOk } from "./expect-answer.js";
import { type Harness, device, openHarness, password, shapes } from "./harness.js";

const month = 2_592_000;
const terms = configSchema.parse({
  auth: { terms: [{ id: "service", version: "1", title: { en: "Terms" }, text: { en: "-" } }] },
}).auth.terms;

let harness: Harness;
let changes: DeviceOwnerChange[];
beforeEach(async () => {
  harness = await openHarness();
  changes = [];
  harness.server.onDeviceOwnerChanged(async (change) => void changes.push(change));
});
afterEach(() => harness.close());

const withdraw = (one: Harness = harness) =>
  one.server.withdrawals.withdraw(one.accountId, { by: "account" });

describe("an account that withdrew", () => {
  it.each(shapes)("gets 423 with the seconds to wait, in header and body, by %s", async (shape) => {
    const until = await withdraw();
    expect(until).toBe(harness.clock.now() + month * 1_000);
    harness.clock.advance(1_500);
    const answer = await harness.authorize({ state: "s 1" }, { shape });
    expectError(answer, 423, "account_locked", "withdrew");
    expect(answer.body["retry_after"]).toBe(month - 1);
    expect(answer.headers.get("retry-after")).toBe(String(month - 1));
    expect(answer.body["state"]).toBe("s 1");
    expect(answer.body["code"]).toBeUndefined();
  });

  it("gets it to the last second, and gets in when the month is over", async () => {
    const fresh = () => harness.server.accounts.issueAccountAccessToken(harness.accountId);
    const authorize = async () =>
      harness.authorize({}, { headers: { authorization: `Bearer ${await fresh()}` } });
    await withdraw();
    harness.clock.advance(month * 1_000 - 1);
    const last = await authorize();
    expectError(last, 423, "account_locked");
    expect(last.headers.get("retry-after")).toBe("1");
    harness.clock.advance(1);
    expectOk(await authorize());
  });

  it("gets it for an account authorization code too", async () => {
    await withdraw();
    const code = await harness.server.accounts.issueAccountAuthorizationCode(harness.accountId);
    const headers = { authorization: `Bearer ${code}` };
    const answer = await harness.authorize({ grant_type: "uauth_auth_code_v2" }, { headers });
    expectError(answer, 423, "account_locked");
  });

  it("gets it before it is asked for terms, and nobody without its credential does", async () => {
    const strict = await openHarness({ config: { terms } });
    await withdraw(strict);
    expectError(await strict.authorize(), 423, "account_locked");
    const headers = { authorization: "Bearer wrong" };
    expectError(await strict.authorize({}, { headers }), 403, "access_denied");
    await strict.close();
  });

  it("proves who it is all the same, so that an app can tell it what happened", async () => {
    await withdraw();
    const answer = await harness.server.app.fetch(
      new Request("https://trefoil.example/account/sign-in", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ email: "person@example.org", password }),
      }),
    );
    const { account_access_token: token } = (await answer.json()) as Record<string, string>;
    const headers = { authorization: `Bearer ${token}` };
    expectError(await harness.authorize({}, { headers }), 423, "account_locked");
  });

  it("is locked for as long as the configuration says", async () => {
    const short = await openHarness({ config: { withdrawalLock: 60 } });
    await withdraw(short);
    const answer = await short.authorize();
    expect(answer.headers.get("retry-after")).toBe("60");
    await short.close();
  });

  it("may ask again, which changes nothing", async () => {
    const until = await withdraw();
    harness.clock.advance(86_400_000);
    expect(await withdraw()).toBe(until);
    const audit = await harness.audit();
    expect(audit.filter((line) => line === "account.withdraw ok")).toHaveLength(1);
  });
});

describe("withdrawing", () => {
  it("ends every token of every device in the same turn, and sends the devices to their set-up", async () => {
    const pairs = [await harness.pair(), await harness.pair({ device_id: "second" })];
    const heard = vi.fn<() => void>();
    for (const { accessToken } of pairs) {
      (await harness.server.tokens.verify(accessToken))?.onRevoked(heard);
    }
    await withdraw();
    expect(heard).toHaveBeenCalledTimes(2);
    for (const { accessToken } of pairs) expect(await harness.works(accessToken)).toBe(false);
    expectError(await harness.refresh(pairs[0]!.refreshToken), 400, "unauthorized_client");
    const second = await harness.refresh(pairs[1]!.refreshToken, { device_id: "second" });
    expectError(second, 400, "unauthorized_client");
  });

  it("leaves other accounts alone", async () => {
    const other = await openHarness({ database: harness.database });
    await other.database.stores.accounts.insert({
      accountId: "other",
      kind: "local",
      email: "other@example.org",
      passwordHash: null,
      createdAt: 1,
    });
    const token = await harness.server.accounts.issueAccountAccessToken("other");
    const headers = { authorization: `Bearer ${token}` };
    const pair = await harness.pair({ device_id: "theirs" }, { headers });
    await withdraw();
    expect(await harness.works(pair.accessToken)).toBe(true);
    expectOk(await harness.refresh(pair.refreshToken, { device_id: "theirs" }));
    await other.server.close();
  });

  it("ends codes that were not exchanged yet", async () => {
    const code = await harness.code();
    await withdraw();
    const exchange = { grant_type: "authorization_code", code, ...device };
    expectError(await harness.token(exchange), 400, "invalid_grant");
    harness.clock.advance(1);
    expect(await harness.server.devices.list()).toEqual([]);
  });

  it("ends a terms page that is open", async () => {
    const strict = await openHarness({ config: { terms } });
    const { body } = await strict.authorize();
    const browser = new Browser(strict);
    const page = await browser.open(String(body["redirect_uri"]));
    await withdraw(strict);
    const answer = await browser.submit(page, { "agree-service": "on", decision: "agree" });
    expect(answer.status).toBe(400);
    expect(await strict.server.terms.history(strict.accountId)).toEqual([]);
    await strict.close();
  });

  it("removes the devices with what waits for them, in its transaction", async () => {
    const { accessToken } = await harness.pair();
    const key = (await harness.server.tokens.verify(accessToken))!.identity.deviceKey;
    await harness.server.devices.rename(key, "Kitchen");
    await withdraw();
    expect(changes).toEqual([
      {
        deviceKey: key,
        reason: "removed",
        previousAccountId: harness.accountId,
        accountId: undefined,
      },
    ]);
    expect(await harness.server.devices.get(key)).toMatchObject({
      name: null,
      removedAt: harness.clock.now(),
    });
  });

  it("happens wholly or not at all", async () => {
    const { accessToken } = await harness.pair();
    harness.server.withdrawals.add(() => Promise.reject(new Error("no")));
    await expect(withdraw()).rejects.toThrow("no");
    expect(await harness.works(accessToken)).toBe(true);
    expectOk(await harness.authorize());
  });

  it("is for people: not for guests, not for nobody", async () => {
    await harness.pair({ request_vu: "Y" }, { headers: {} });
    const guest = (await harness.server.accounts.list()).find(({ kind }) => kind === "guest");
    const { withdrawals } = harness.server;
    await expect(withdrawals.withdraw(guest!.accountId, { by: "account" })).rejects.toMatchObject({
      code: "invalid_request",
    });
    await expect(withdrawals.withdraw("nobody", { by: "account" })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it("leaves a line in the audit log: who, from where, by whom", async () => {
    const { withdrawals } = harness.server;
    const origin = { by: "administrator", remoteAddress: "192.0.2.7" } as const;
    await withdrawals.withdraw(harness.accountId, origin);
    await harness.server.flushAudit();
    const records = await harness.database.stores.auditLog.list();
    expect(records).toContainEqual(
      expect.objectContaining({
        event: "account.withdraw",
        outcome: "ok",
        accountId: harness.accountId,
        remoteAddress: "192.0.2.7",
        detail: "by administrator",
      }),
    );
  });
});

describe("after the month", () => {
  it("the account starts afresh: terms are asked for again, old tokens stay dead", async () => {
    const strict = await openHarness({ config: { terms } });
    const { body } = await strict.authorize();
    const browser = new Browser(strict);
    const agree = { "agree-service": "on", decision: "agree" };
    await browser.submit(await browser.open(String(body["redirect_uri"])), agree);
    const before = await strict.pair();
    await withdraw(strict);
    strict.clock.advance(month * 1_000);

    // The account access token lived for a year; it is of the life before.
    expectError(await strict.authorize(), 403, "access_denied");
    const token = await strict.server.accounts.issueAccountAccessToken(strict.accountId);
    const headers = { authorization: `Bearer ${token}` };
    const asked = await strict.authorize({}, { headers });
    expectHeaders(asked);
    expect(asked.status).toBe(451);
    await browser.submit(await browser.open(String(asked.body["redirect_uri"])), agree);
    const after = await strict.pair({}, { headers });

    expect(await strict.works(after.accessToken)).toBe(true);
    expect(await strict.works(before.accessToken)).toBe(false);
    expectError(await strict.refresh(before.refreshToken), 400, "unauthorized_client");
    expect(await strict.server.accounts.get(strict.accountId)).toMatchObject({
      withdrawnAt: null,
      lockedUntil: null,
    });
    expect(await strict.server.devices.list()).toMatchObject([{ name: null, removedAt: null }]);
    // And it may withdraw again.
    expect(await withdraw(strict)).toBe(strict.clock.now() + month * 1_000);
    await strict.close();
  });
});
