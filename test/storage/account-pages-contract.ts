// What every database must do for the account pages and the device flow: sessions, forms, recovery codes, waiting devices.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Database, NewDeviceAuthorization } from "../../packages/server/src/storage/index.js";
import type { StorageUnderTest } from "./storage-contract.js";

const hash = (byte: number) => new Uint8Array(32).fill(byte);

const waiting = (over: Partial<NewDeviceAuthorization> = {}): NewDeviceAuthorization => ({
  deviceCodeHash: hash(1),
  userCodeHash: hash(2),
  clientId: "c1",
  deviceId: "mac",
  modelId: "model",
  reportedName: "부엌",
  remoteAddress: "192.0.2.1",
  createdAt: 10,
  expiresAt: 100,
  pollInterval: 5_000,
  ...over,
});

/** @param make makes an empty database before each test */
export function describeAccountPages(name: string, make: () => Promise<StorageUnderTest>): void {
  describe(`${name}: account pages`, () => {
    let storage: StorageUnderTest;
    let database: Database;
    let stores: Database["stores"];

    beforeEach(async () => {
      storage = await make();
      database = await storage.open();
      await database.migrate();
      ({ stores } = database);
      await stores.clients.insert({
        clientId: "c1",
        name: "Speaker",
        redirectUris: [],
        createdAt: 1,
        disabledAt: null,
      });
      for (const accountId of ["a1", "a2"]) {
        await stores.accounts.insert({
          accountId,
          kind: "local",
          email: `${accountId}@example.org`,
          passwordHash: null,
          createdAt: 1,
        });
      }
    });
    afterEach(async () => {
      await database.close();
      await storage.remove();
    });

    describe("sessions", () => {
      const session = (byte: number, accountId = "a1", expiresAt = 100) =>
        stores.accountSessions.insert({ hash: hash(byte), accountId, startedAt: 10, expiresAt });

      it("are found until they expire", async () => {
        await session(1);
        const found = await stores.accountSessions.findLive(hash(1), 99);
        expect(found && { ...found, hash: [...found.hash] }).toEqual({
          hash: [...hash(1)],
          accountId: "a1",
          startedAt: 10,
          expiresAt: 100,
        });
        expect(await stores.accountSessions.findLive(hash(1), 100)).toBeUndefined();
        expect(await stores.accountSessions.findLive(hash(2), 99)).toBeUndefined();
      });

      it("end one by one, and all of an account", async () => {
        await Promise.all([session(1), session(2), session(3), session(4, "a2")]);
        await stores.accountSessions.remove(hash(1));
        expect(await stores.accountSessions.findLive(hash(1), 20)).toBeUndefined();
        expect(await stores.accountSessions.findLive(hash(2), 20)).toBeDefined();
        await stores.accountSessions.removeOfAccount("a1");
        expect(await stores.accountSessions.findLive(hash(3), 20)).toBeUndefined();
        expect(await stores.accountSessions.findLive(hash(4), 20)).toBeDefined();
      });

      it("are swept a few at a time once they expired", async () => {
        await Promise.all([session(1), session(2), session(3), session(4, "a1", 500)]);
        expect(await stores.accountSessions.sweep(101, 2)).toBe(2);
        expect(await stores.accountSessions.sweep(101, 2)).toBe(1);
        expect(await stores.accountSessions.sweep(101, 2)).toBe(0);
        expect(await stores.accountSessions.findLive(hash(4), 20)).toBeDefined();
      });
    });

    describe("spent form tokens", () => {
      it("are spent once, by one of many", async () => {
        const tries = Array.from({ length: 6 }, () => stores.spentFormTokens.insert(hash(1), 100));
        expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
        expect(await stores.spentFormTokens.insert(hash(2), 100)).toBe(true);
      });

      it("are swept once nobody could use them again", async () => {
        await stores.spentFormTokens.insert(hash(1), 100);
        expect(await stores.spentFormTokens.sweep(100, 10)).toBe(0);
        expect(await stores.spentFormTokens.sweep(101, 10)).toBe(1);
      });
    });

    describe("recovery codes", () => {
      const replace = (...bytes: number[]) =>
        database.write((inside) => inside.recoveryCodes.replace("a1", bytes.map(hash), 10));

      it("work once, for their account alone", async () => {
        await replace(1, 2);
        expect(await stores.recoveryCodes.countUnused("a1")).toBe(2);
        expect(await stores.recoveryCodes.isUnused("a1", hash(1))).toBe(true);
        expect(await stores.recoveryCodes.isUnused("a2", hash(1))).toBe(false);
        expect(await stores.recoveryCodes.consume("a2", hash(1), 20)).toBe(false);
        expect(await stores.recoveryCodes.consume("a1", hash(1), 20)).toBe(true);
        expect(await stores.recoveryCodes.consume("a1", hash(1), 21)).toBe(false);
        expect(await stores.recoveryCodes.isUnused("a1", hash(1))).toBe(false);
        expect(await stores.recoveryCodes.countUnused("a1")).toBe(1);
      });

      it("take the place of those before", async () => {
        await replace(1, 2);
        await replace(3);
        expect(await stores.recoveryCodes.countUnused("a1")).toBe(1);
        expect(await stores.recoveryCodes.isUnused("a1", hash(1))).toBe(false);
        expect(await stores.recoveryCodes.countUnused("a2")).toBe(0);
      });
    });

    describe("devices that wait", () => {
      const decide = (decision: "approved" | "denied", accountId: string | null = "a1") =>
        stores.deviceAuthorizations.decide(hash(2), decision, accountId, 50);
      const consume = (now = 60) =>
        stores.deviceAuthorizations.consume(hash(1), now, "g1", hash(9));
      const find = async () => {
        const found = await stores.deviceAuthorizations.findByDeviceCode(hash(1));
        return (
          found && {
            ...found,
            deviceCodeHash: [...found.deviceCodeHash],
            userCodeHash: [...found.userCodeHash],
            pairSalt: found.pairSalt && [...found.pairSalt],
          }
        );
      };

      it("come back as they went in, by either code", async () => {
        expect(await stores.deviceAuthorizations.insert(waiting())).toBe(true);
        expect(await find()).toEqual({
          ...waiting(),
          deviceCodeHash: [...hash(1)],
          userCodeHash: [...hash(2)],
          polledAt: null,
          decision: null,
          accountId: null,
          consumedAt: null,
          grantId: null,
          pairSalt: null,
        });
        expect(await stores.deviceAuthorizations.findWaiting(hash(2), 99)).toBeDefined();
        expect(await stores.deviceAuthorizations.findWaiting(hash(2), 100)).toBeUndefined();
        expect(await stores.deviceAuthorizations.findWaiting(hash(1), 50)).toBeUndefined();
      });

      it("have user codes that nobody else has", async () => {
        await stores.deviceAuthorizations.insert(waiting());
        const same = waiting({ deviceCodeHash: hash(3) });
        expect(await stores.deviceAuthorizations.insert(same)).toBe(false);
        expect(await stores.deviceAuthorizations.insert({ ...same, userCodeHash: hash(4) })).toBe(
          true,
        );
      });

      it("are decided once, in time, and then wait no more", async () => {
        await stores.deviceAuthorizations.insert(waiting());
        expect(await stores.deviceAuthorizations.decide(hash(2), "approved", "a1", 100)).toBe(
          false,
        );
        const answers = await Promise.all([decide("approved"), decide("denied", null)]);
        expect(answers).toEqual([true, false]);
        expect(await find()).toMatchObject({ decision: "approved", accountId: "a1" });
        expect(await stores.deviceAuthorizations.findWaiting(hash(2), 50)).toBeUndefined();
      });

      it("are used up once, approved ones alone, and in time", async () => {
        await stores.deviceAuthorizations.insert(waiting());
        expect(await consume()).toBe(false);
        await decide("approved");
        expect(await consume(100)).toBe(false);
        const tries = await Promise.all([consume(), consume(), consume()]);
        expect(tries.filter(Boolean)).toHaveLength(1);
        expect(await find()).toMatchObject({
          consumedAt: 60,
          grantId: "g1",
          pairSalt: [...hash(9)],
        });
      });

      it("are not used up where the person said no", async () => {
        await stores.deviceAuthorizations.insert(waiting());
        await decide("denied", null);
        expect(await consume()).toBe(false);
      });

      it("remember when they asked, and how long they wait", async () => {
        await stores.deviceAuthorizations.insert(waiting());
        await stores.deviceAuthorizations.polled(hash(1), 33, 10_000);
        expect(await find()).toMatchObject({ polledAt: 33, pollInterval: 10_000 });
      });

      it("are swept once they expired", async () => {
        await stores.deviceAuthorizations.insert(waiting());
        expect(await stores.deviceAuthorizations.sweep(100, 10)).toBe(0);
        expect(await stores.deviceAuthorizations.sweep(101, 10)).toBe(1);
        expect(await find()).toBeUndefined();
      });
    });

    describe("records of the OpenID Connect provider", () => {
      const record = (byte: number, over: object = {}) => ({
        model: "AccessToken",
        idHash: hash(byte),
        uid: null,
        grantHash: hash(100),
        accountId: "a1",
        payload: '{"scope":"openid"}',
        expiresAt: 100,
        ...over,
      });
      const find = (byte: number, now = 50) =>
        stores.oidcRecords.find("AccessToken", hash(byte), now);

      it("are found by model and id until they expire, and take each other's place", async () => {
        await stores.oidcRecords.upsert(record(1));
        await stores.oidcRecords.upsert(record(1, { payload: "{}", expiresAt: 200 }));
        expect(await find(1, 199)).toMatchObject({ payload: "{}", accountId: "a1" });
        expect(await find(1, 200)).toBeUndefined();
        expect(await stores.oidcRecords.find("Session", hash(1), 50)).toBeUndefined();
      });

      it("are used up once, in time, by one of many", async () => {
        await stores.oidcRecords.upsert(record(1));
        expect(await stores.oidcRecords.consume("AccessToken", hash(1), 100)).toBe(false);
        const tries = Array.from({ length: 5 }, () =>
          stores.oidcRecords.consume("AccessToken", hash(1), 60),
        );
        expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
        expect((await find(1))?.consumedAt).toBe(60);
      });

      it("end one by one, by second name, by grant, and by account", async () => {
        for (const byte of [1, 2]) await stores.oidcRecords.upsert(record(byte));
        await stores.oidcRecords.upsert(record(3, { grantHash: hash(101) }));
        await stores.oidcRecords.upsert(record(4, { model: "Session", uid: "u1" }));
        await stores.oidcRecords.remove("AccessToken", hash(1));
        expect(await find(1)).toBeUndefined();
        expect(await stores.oidcRecords.findByUid("Session", "u1", 50)).toBeDefined();
        await stores.oidcRecords.removeByUid("Session", "u1");
        expect(await stores.oidcRecords.findByUid("Session", "u1", 50)).toBeUndefined();
        await stores.oidcRecords.removeOfGrant("AccessToken", hash(100));
        expect(await find(2)).toBeUndefined();
        await stores.oidcRecords.removeOfAccount("a1", "AccessToken");
        expect(await find(3)).toBeDefined();
        await stores.oidcRecords.removeOfAccount("a1");
        expect(await find(3)).toBeUndefined();
      });

      it("are swept once they expired", async () => {
        await stores.oidcRecords.upsert(record(1));
        await stores.oidcRecords.upsert(record(1, { model: "Session", expiresAt: 500 }));
        expect(await stores.oidcRecords.sweep(101, 10)).toBe(1);
        expect(await stores.oidcRecords.find("Session", hash(1), 50)).toBeDefined();
      });
    });

    it("let one of many make the account of somebody known elsewhere, and keep it", async () => {
      const person = { provider: "https://id.example", subject: "s1" };
      const make = (accountId: string, label: string | null = "p@example.org") =>
        database.write((inside) =>
          inside.externalIdentities.findOrInsert(person, label, {
            accountId,
            kind: "federated",
            email: null,
            passwordHash: null,
            createdAt: 5,
          }),
        );
      const ids = await Promise.all(["e1", "e2", "e3"].map((id) => make(id)));
      expect(new Set(ids).size).toBe(1);
      expect(await stores.accounts.list("federated")).toHaveLength(1);
      const [accountId = ""] = ids;
      expect(await make("e4", "new@example.org")).toBe(accountId);
      expect(await make("e5", null)).toBe(accountId);
      expect(await stores.externalIdentities.ofAccount(accountId)).toEqual({
        ...person,
        accountId,
        label: "new@example.org",
      });
      expect(await stores.externalIdentities.ofAccount("a1")).toBeUndefined();
    });

    it("knows on which devices an account is signed in, and from where they were seen", async () => {
      await stores.devices.upsert({
        deviceKey: "d1",
        clientId: "c1",
        deviceId: "mac",
        modelId: "model",
        accountId: "a1",
        name: null,
        reportedName: null,
        reportedRuid: null,
        createdAt: 1,
        lastSeenAt: 1,
        lastSeenAddress: "192.0.2.1",
        removedAt: null,
      });
      const grant = { accountId: "a1", clientId: "c1", deviceKey: "d1", createdAt: 5 };
      await stores.grants.insert({ grantId: "g1", ...grant });
      await stores.grants.insert({ grantId: "g2", ...grant });
      expect(await stores.grants.signedInDevices("a1")).toEqual(["d1"]);
      expect(await stores.grants.signedInDevices("a2")).toEqual([]);
      await stores.devices.seen("d1", 20, "192.0.2.2");
      await stores.devices.seen("d1", 30);
      await stores.devices.seen("d1", 25, "192.0.2.9");
      expect(await stores.devices.get("d1")).toMatchObject({
        lastSeenAt: 30,
        lastSeenAddress: "192.0.2.2",
      });
      await stores.grants.revoke({ accountId: "a1" }, "signed_out", 40);
      expect(await stores.grants.signedInDevices("a1")).toEqual([]);
    });
  });
}
