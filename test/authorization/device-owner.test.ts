// Devices change hands: what the new owner gets, what the one before loses, and what guests are.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DeviceOwnerChange } from "../../packages/server/src/auth/index.js";
import { expectError, expectOk } from "./expect-answer.js";
import { type Harness, type Pair, device, openHarness, pairOf } from "./harness.js";

let harness: Harness;
let changes: DeviceOwnerChange[];
beforeEach(async () => {
  harness = await openHarness();
  changes = [];
  harness.server.onDeviceOwnerChanged(async (change) => void changes.push(change));
});
afterEach(() => harness.close());

const guest = { headers: {} };
const guestPair = (fields: Record<string, string> = {}): Promise<Pair> =>
  harness.pair({ request_vu: "Y", ...fields }, guest);

async function someoneElse(): Promise<{ headers: { authorization: string }; accountId: string }> {
  const accountId = crypto.randomUUID();
  await harness.database.stores.accounts.insert({
    accountId,
    kind: "local",
    email: `${accountId}@example.org`,
    passwordHash: null,
    createdAt: 1,
  });
  const token = await harness.server.accounts.issueAccountAccessToken(accountId);
  return { headers: { authorization: `Bearer ${token}` }, accountId };
}

async function identityOf({ accessToken }: Pair) {
  return (await harness.server.tokens.verify(accessToken))?.identity;
}

describe("a device on which the same account signs in again", () => {
  it("is the same device, and its earlier tokens live on", async () => {
    const first = await harness.pair();
    const second = await harness.pair();
    expect((await identityOf(second))?.deviceKey).toBe((await identityOf(first))?.deviceKey);
    expect(await harness.works(first.accessToken)).toBe(true);
    expectOk(await harness.refresh(first.refreshToken));
    expect(changes).toEqual([]);
  });
});

describe("a device on which another account signs in", () => {
  it("is theirs at once: the tokens before end, and so does the name", async () => {
    const first = await harness.pair();
    const key = (await identityOf(first))!.deviceKey;
    await harness.server.devices.rename(key, "Kitchen");
    const other = await someoneElse();
    const second = await harness.pair({}, other);
    expect(await identityOf(second)).toMatchObject({ deviceKey: key, accountId: other.accountId });
    expect(await harness.works(first.accessToken)).toBe(false);
    expectError(await harness.refresh(first.refreshToken), 400, "invalid_grant", "revoked");
    expect(await harness.server.devices.get(key)).toMatchObject({
      accountId: other.accountId,
      name: null,
    });
    expect(changes).toEqual([
      {
        deviceKey: key,
        reason: "signed_in",
        previousAccountId: harness.accountId,
        accountId: other.accountId,
      },
    ]);
  });

  it("is changed by nobody who owned it before, even in the moment in which it changes hands", async () => {
    await harness.pair();
    const [found] = await harness.server.devices.list();
    const key = found?.deviceKey ?? "";
    const before = { by: "account" } as const;
    const { devices } = harness.server;
    for (const owner of ["somebody else", ""]) {
      const refused = { code: "not_found" };
      await expect(devices.remove(key, before, owner)).rejects.toMatchObject(refused);
      await expect(devices.rename(key, "mine", before, owner)).rejects.toMatchObject(refused);
    }
    expect(await devices.get(key)).toMatchObject({ name: null, removedAt: null });
    await devices.rename(key, "mine", before, harness.accountId);
    await devices.remove(key, before, harness.accountId);
  });

  it("stays with the one before where what must go along with it fails", async () => {
    const first = await harness.pair();
    harness.server.onDeviceOwnerChanged(async () => {
      throw new Error("mailbox broke");
    });
    const other = await someoneElse();
    const code = await harness.code({}, other);
    const failed = await harness.token({ grant_type: "authorization_code", code, ...device });
    expectError(failed, 500, "server_error");
    expect(failed.text).not.toContain("mailbox");
    expect(await harness.works(first.accessToken)).toBe(true);
    expect((await harness.server.devices.list())[0]?.accountId).toBe(harness.accountId);
  });
});

describe("another unit", () => {
  it.each([{ device_id: "another" }, { model_id: "another" }])(
    "%j is another device",
    async (f) => {
      const first = await identityOf(await harness.pair());
      const second = await identityOf(await harness.pair(f));
      expect(second?.deviceKey).not.toBe(first?.deviceKey);
    },
  );
});

describe("a guest", () => {
  it("is the same guest when the same device asks again", async () => {
    const first = await identityOf(await guestPair());
    const second = await identityOf(await guestPair());
    expect(second).toEqual(first);
    expect(await harness.server.accounts.get(first!.accountId)).toMatchObject({
      kind: "guest",
      email: null,
    });
    expect(changes).toEqual([]);
  });

  it("is another guest on another device", async () => {
    const first = await identityOf(await guestPair());
    const second = await identityOf(await guestPair({ device_id: "another" }));
    expect(second?.accountId).not.toBe(first?.accountId);
  });

  it("makes no account before its code is exchanged, so that asking alone fills nothing", async () => {
    await harness.code({ request_vu: "Y" }, guest);
    expect(await harness.database.stores.accounts.list("guest")).toEqual([]);
  });

  it("refreshes and deletes as any other", async () => {
    const pair = pairOf((await harness.refresh((await guestPair()).refreshToken)).body);
    expectOk(await harness.deleteToken(pair.accessToken));
  });

  it("gives way to the account that signs in later, which is told apart", async () => {
    const first = await guestPair();
    const { accountId, deviceKey } = (await identityOf(first))!;
    const second = await harness.pair();
    expect((await identityOf(second))?.accountId).toBe(harness.accountId);
    expect(await harness.works(first.accessToken)).toBe(false);
    expect(changes).toEqual([
      {
        deviceKey,
        reason: "guest_signed_in",
        previousAccountId: accountId,
        accountId: harness.accountId,
      },
    ]);
  });

  it("takes the device with its key and its name along to that account", async () => {
    const { deviceKey } = (await identityOf(await guestPair()))!;
    await harness.server.devices.rename(deviceKey, "Kitchen");
    const [before] = await harness.server.devices.list();
    harness.clock.advance(1_000);
    await harness.pair();
    expect(await harness.server.devices.list()).toEqual([
      { ...before, accountId: harness.accountId, lastSeenAt: harness.clock.now() },
    ]);
  });

  it("comes back to a device without anything of the person's, and is the guest that it was", async () => {
    const { accountId, deviceKey } = (await identityOf(await guestPair()))!;
    const person = await harness.pair();
    await harness.server.devices.rename(deviceKey, "Bedroom");
    changes.length = 0;
    const again = (await identityOf(await guestPair()))!;
    expect(again).toMatchObject({ accountId, deviceKey });
    expect(await harness.works(person.accessToken)).toBe(false);
    expect((await harness.server.devices.get(deviceKey))?.name).toBeNull();
    expect(changes).toMatchObject([{ reason: "signed_in", accountId }]);
  });

  it("leaves nothing to whoever signs in after the device was removed", async () => {
    const { deviceKey } = (await identityOf(await guestPair()))!;
    await harness.server.devices.rename(deviceKey, "Kitchen");
    await harness.server.devices.remove(deviceKey);
    changes.length = 0;
    await harness.pair();
    expect((await harness.server.devices.get(deviceKey))?.name).toBeNull();
    expect(changes).toMatchObject([{ reason: "signed_in", accountId: harness.accountId }]);
  });
});

describe("a device that its owner removed", () => {
  it("is gone from the list, and its mailbox's keeper hears of it", async () => {
    const { deviceKey } = (await identityOf(await harness.pair()))!;
    await harness.server.devices.remove(deviceKey);
    expect(await harness.server.devices.list()).toEqual([]);
    expect(changes).toEqual([
      {
        deviceKey,
        reason: "removed",
        previousAccountId: harness.accountId,
        accountId: undefined,
      },
    ]);
    await expect(harness.server.devices.remove(deviceKey)).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it("may sign in anew, under the key it had", async () => {
    const { deviceKey } = (await identityOf(await harness.pair()))!;
    await harness.server.devices.remove(deviceKey);
    const again = await harness.pair();
    expect((await identityOf(again))?.deviceKey).toBe(deviceKey);
    expect(await harness.server.devices.list()).toHaveLength(1);
    expectOk(await harness.refresh(again.refreshToken));
  });
});
