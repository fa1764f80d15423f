// What every database must do: the suite that SQLite and PostgreSQL both pass.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type {
  AccountRecord,
  ClientRecord,
  Database,
  DeviceRecord,
  Rotation,
} from "../../packages/server/src/storage/index.js";

/** A database to test: empty, migrated by the suite. */
export interface StorageUnderTest {
  /** Opens it; several times where several processes may share it. */
  open(): Promise<Database>;
  /** Whether `open` may be called more than once for the same data. */
  readonly shared: boolean;
  /** Removes it. */
  remove(): Promise<void>;
}

const hash = (byte: number) => new Uint8Array(32).fill(byte);
const client = (over: Partial<ClientRecord> = {}): ClientRecord => ({
  clientId: "c1",
  name: "Speaker",
  redirectUris: ["app://back", "https://example.org/back?x=1"],
  createdAt: 1_735_689_600_123,
  disabledAt: null,
  ...over,
});
const account = (over: Partial<AccountRecord> = {}): AccountRecord => ({
  withdrawnAt: null,
  lockedUntil: null,
  accountId: "a1",
  kind: "local",
  email: "a1@example.org",
  passwordHash: "$argon2id$",
  createdAt: 1,
  ...over,
});
const device = (over: Partial<DeviceRecord> = {}): DeviceRecord => ({
  deviceKey: "d1",
  clientId: "c1",
  deviceId: "mac",
  modelId: "model",
  accountId: "a1",
  name: null,
  reportedName: "거실",
  reportedRuid: null,
  createdAt: 1,
  lastSeenAt: 1,
  lastSeenAddress: null,
  removedAt: null,
  ...over,
});
const triple = { clientId: "c1", deviceId: "mac", modelId: "model" };

/** @param make makes an empty database before each test */
export function describeStorage(name: string, make: () => Promise<StorageUnderTest>): void {
  describe(name, () => {
    let storage: StorageUnderTest;
    let opened: Database[];
    let database: Database;

    const open = async () => {
      const one = await storage.open();
      opened.push(one);
      return one;
    };

    beforeEach(async () => {
      storage = await make();
      opened = [];
      database = await open();
      await database.migrate();
    });
    afterEach(async () => {
      for (const one of opened) await one.close();
      await storage.remove();
    });

    /** A client, two accounts and a device with a grant. */
    const furnish = async () => {
      const { stores } = database;
      await stores.clients.insert(client());
      await stores.accounts.insert(account());
      await stores.accounts.insert(account({ accountId: "a2", email: "a2@example.org" }));
      await stores.devices.upsert(device());
      await grant("g1");
    };
    const grant = (grantId: string, accountId = "a1") =>
      database.stores.grants.insert({
        grantId,
        accountId,
        clientId: "c1",
        deviceKey: "d1",
        createdAt: 5,
      });
    const refreshToken = (byte: number, grantId = "g1", expiresAt = 100) =>
      database.stores.refreshTokens.insert({
        hash: hash(byte),
        grantId,
        accessTokenHash: hash(byte + 100),
        issuedAt: 10,
        expiresAt,
      });

    /** Spends the refresh token `hash(byte)` of `g1`; its successors are derived from `salt`. */
    const rotation = (byte: number, now: number, salt: number): Rotation => ({
      spent: hash(byte),
      now,
      successorSalt: hash(salt),
      deviceKey: "d1",
      remoteAddress: "192.0.2.1",
      accessToken: { hash: hash(salt + 100), grantId: "g1", issuedAt: now, expiresAt: now + 10 },
      refreshToken: {
        hash: hash(salt + 50),
        grantId: "g1",
        accessTokenHash: hash(salt + 100),
        issuedAt: now,
        expiresAt: now + 100,
      },
    });

    describe("migration", () => {
      it("does nothing the second time", async () => {
        await database.stores.clients.insert(client());
        await database.migrate();
        expect(await database.stores.clients.list()).toHaveLength(1);
      });
    });

    describe("clients", () => {
      it("come back as they went in", async () => {
        await database.stores.clients.insert(client());
        expect(await database.stores.clients.get("c1")).toEqual(client());
        expect(await database.stores.clients.get("C1")).toBeUndefined();
      });

      it("are listed oldest first", async () => {
        await database.stores.clients.insert(client({ clientId: "young", createdAt: 9 }));
        await database.stores.clients.insert(client({ clientId: "old", createdAt: 1 }));
        const ids = (await database.stores.clients.list()).map(({ clientId }) => clientId);
        expect(ids).toEqual(["old", "young"]);
      });

      it("refuse an id that is taken, as a conflict", async () => {
        await database.stores.clients.insert(client());
        await expect(database.stores.clients.insert(client())).rejects.toMatchObject({
          code: "conflict",
        });
      });

      it("are switched off and on", async () => {
        const { clients } = database.stores;
        await clients.insert(client());
        expect(await clients.setDisabled("c1", 7)).toBe(true);
        expect((await clients.get("c1"))?.disabledAt).toBe(7);
        expect(await clients.setDisabled("c1", null)).toBe(true);
        expect((await clients.get("c1"))?.disabledAt).toBeNull();
        expect(await clients.setDisabled("nobody", 7)).toBe(false);
      });

      it("take new redirect URIs", async () => {
        const { clients } = database.stores;
        await clients.insert(client());
        expect(await clients.setRedirectUris("c1", ["x:y"])).toBe(true);
        expect((await clients.get("c1"))?.redirectUris).toEqual(["x:y"]);
        expect(await clients.setRedirectUris("nobody", [])).toBe(false);
      });

      it("have secrets, newest first, that end", async () => {
        const { clients } = database.stores;
        await clients.insert(client());
        const secret = { clientId: "c1", expiresAt: null };
        await clients.insertSecret({ ...secret, secretId: "s1", hash: hash(1), createdAt: 1 });
        await clients.insertSecret({ ...secret, secretId: "s2", hash: hash(2), createdAt: 2 });
        expect((await clients.secrets("c1", 3)).map(({ secretId }) => secretId)).toEqual([
          "s2",
          "s1",
        ]);
        await clients.expireSecret("s1", 10);
        await clients.expireSecret("s1", 20);
        expect(await clients.secrets("c1", 9)).toHaveLength(2);
        expect(await clients.secrets("c1", 10)).toHaveLength(1);
        expect((await clients.credentials("c1", 9))?.secretHashes).toHaveLength(2);
        const credentials = await clients.credentials("c1", 10);
        expect(credentials?.client).toEqual(client());
        expect(credentials?.secretHashes.map((one) => [...one])).toEqual([[...hash(2)]]);
        await clients.removeSecret("s2");
        expect((await clients.credentials("c1", 10))?.secretHashes).toEqual([]);
        expect(await clients.credentials("nobody", 10)).toBeUndefined();
      });
    });

    describe("accounts", () => {
      it("come back by id and by e-mail address", async () => {
        const { accounts } = database.stores;
        await accounts.insert(account());
        expect(await accounts.get("a1")).toEqual(account());
        expect(await accounts.findByEmail("a1@example.org")).toEqual(account());
        expect(await accounts.findByEmail("nobody@example.org")).toBeUndefined();
        expect(await accounts.get("nobody")).toBeUndefined();
      });

      it("refuse an e-mail address that is taken, as a conflict", async () => {
        const { accounts } = database.stores;
        await accounts.insert(account());
        await expect(accounts.insert(account({ accountId: "other" }))).rejects.toMatchObject({
          code: "conflict",
        });
      });

      it("take a new password", async () => {
        const { accounts } = database.stores;
        await accounts.insert(account());
        expect(await accounts.setPasswordHash("a1", "new")).toBe(true);
        expect((await accounts.get("a1"))?.passwordHash).toBe("new");
        expect(await accounts.setPasswordHash("nobody", "new")).toBe(false);
      });

      it("make one guest for a device, and another for another device", async () => {
        const { accounts, clients } = database.stores;
        await clients.insert(client());
        const guest = (accountId: string) =>
          account({ accountId, kind: "guest", email: null, passwordHash: null });
        const first = await accounts.findOrInsertGuest(triple, guest("g-a"));
        const again = await accounts.findOrInsertGuest(triple, guest("g-b"));
        const other = await accounts.findOrInsertGuest({ ...triple, modelId: "m2" }, guest("g-c"));
        expect([first.accountId, again.accountId, other.accountId]).toEqual(["g-a", "g-a", "g-c"]);
        expect((await accounts.list("guest")).map(({ accountId }) => accountId)).toEqual([
          "g-a",
          "g-c",
        ]);
        expect(await accounts.list("local")).toEqual([]);
      });
    });

    describe("account tokens", () => {
      const token = {
        hash: hash(1),
        kind: "access" as const,
        accountId: "a1",
        issuedAt: 1,
        expiresAt: 10,
      };

      it("are found until they expire, by their own kind", async () => {
        const { accountTokens, accounts } = database.stores;
        await accounts.insert(account());
        await accountTokens.insert(token);
        expect((await accountTokens.findLive(hash(1), "access", 9))?.accountId).toBe("a1");
        expect(await accountTokens.findLive(hash(1), "code", 9)).toBeUndefined();
        expect(await accountTokens.findLive(hash(1), "access", 10)).toBeUndefined();
        expect(await accountTokens.findLive(hash(2), "access", 9)).toBeUndefined();
      });

      it("are consumed once where they are codes, never where they are not", async () => {
        const { accountTokens, accounts } = database.stores;
        await accounts.insert(account());
        await accountTokens.insert(token);
        await accountTokens.insert({ ...token, hash: hash(2), kind: "code" });
        expect(await accountTokens.consume(hash(1), 5)).toBe(false);
        expect(await accountTokens.consume(hash(2), 10)).toBe(false);
        expect(await accountTokens.consume(hash(2), 5)).toBe(true);
        expect(await accountTokens.consume(hash(2), 5)).toBe(false);
        expect(await accountTokens.findLive(hash(2), "code", 5)).toBeUndefined();
      });

      it("end with their account's consent, and are swept", async () => {
        const { accountTokens, accounts } = database.stores;
        await accounts.insert(account());
        await accountTokens.insert(token);
        expect(await accountTokens.sweep(10, 5)).toBe(0);
        expect(await accountTokens.sweep(11, 5)).toBe(1);
        await accountTokens.insert(token);
        await accountTokens.removeOfAccount("a1");
        expect(await accountTokens.findLive(hash(1), "access", 5)).toBeUndefined();
      });
    });

    describe("devices", () => {
      it("keep key, owner and name when they sign in again, and report anew", async () => {
        await furnish();
        const { devices } = database.stores;
        expect(await devices.get("d1")).toEqual(device());
        await devices.rename("d1", "Kitchen");
        const again = await devices.upsert(
          device({
            deviceKey: "fresh",
            accountId: "a2",
            reportedName: null,
            reportedRuid: "ruid",
            lastSeenAt: 9,
            createdAt: 9,
          }),
        );
        const expected = device({ name: "Kitchen", reportedRuid: "ruid", lastSeenAt: 9 });
        expect(again).toEqual(expected);
        expect(await devices.find(triple)).toEqual(expected);
        expect(await devices.get("fresh")).toBeUndefined();
      });

      it("go to an account, and are there again after they were removed", async () => {
        await furnish();
        const { devices } = database.stores;
        expect(await devices.remove("d1", 19, "a2")).toBeUndefined();
        expect(await devices.remove("d1", 20, "a1")).toBe("a1");
        expect(await devices.remove("d1", 21)).toBeUndefined();
        expect((await devices.get("d1"))?.removedAt).toBe(20);
        expect(await devices.list()).toEqual([]);
        expect(await devices.list({ removed: true })).toHaveLength(1);
        await devices.assign("d1", "a2");
        expect(await devices.get("d1")).toMatchObject({ accountId: "a2", removedAt: null });
      });

      it("are not taken from somebody who signs in on them at that moment", async () => {
        await furnish();
        let assigned = (): void => undefined;
        const isAssigned = new Promise<void>((resolve) => (assigned = resolve));
        let commit = (): void => undefined;
        const mayCommit = new Promise<void>((resolve) => (commit = resolve));
        const signIn = database.write(async (stores) => {
          await stores.devices.assign("d1", "a2");
          assigned();
          await mayCommit;
        });
        await isAssigned;
        const removal = database.write((stores) => stores.devices.remove("d1", 20, "a1"));
        setImmediate(commit);
        await signIn;
        expect(await removal).toBeUndefined();
        expect(await database.stores.devices.get("d1")).toMatchObject({
          accountId: "a2",
          removedAt: null,
        });
      });

      it("are listed in pages and by what they belong to", async () => {
        await furnish();
        const { devices } = database.stores;
        await devices.upsert(device({ deviceKey: "d2", deviceId: "mac2", accountId: "a2" }));
        await devices.upsert(device({ deviceKey: "d3", modelId: "m3" }));
        const keys = async (filter: Parameters<typeof devices.list>[0]) =>
          (await devices.list(filter)).map(({ deviceKey }) => deviceKey);
        expect(await keys({})).toEqual(["d1", "d2", "d3"]);
        expect(await keys({ limit: 2 })).toEqual(["d1", "d2"]);
        expect(await keys({ after: "d2" })).toEqual(["d3"]);
        expect(await keys({ accountId: "a2" })).toEqual(["d2"]);
        expect(await keys({ deviceId: "mac" })).toEqual(["d1", "d3"]);
        expect(await keys({ clientId: "nobody" })).toEqual([]);
      });

      it("are seen later, never earlier", async () => {
        await furnish();
        const { devices } = database.stores;
        await devices.seen("d1", 50);
        await devices.seen("d1", 40);
        expect((await devices.get("d1"))?.lastSeenAt).toBe(50);
      });

      it("are named by whoever is said to own them, and by nobody else", async () => {
        await furnish();
        const { devices } = database.stores;
        expect(await devices.rename("nobody", "x")).toBeUndefined();
        expect(await devices.rename("d1", "x", "a2")).toBeUndefined();
        expect(await devices.rename("d1", "x", "a1")).toBe("a1");
      });
    });

    describe("grants", () => {
      it("are revoked once, by whatever selects them", async () => {
        await furnish();
        await grant("g2", "a2");
        const { grants } = database.stores;
        expect(
          await grants.revoke({ deviceKey: "d1", exceptAccountId: "a2" }, "owner_changed", 30),
        ).toEqual([{ grantId: "g1", accountId: "a1", clientId: "c1", deviceKey: "d1" }]);
        expect(await grants.revoke({ deviceKey: "d1" }, "device_removed", 40)).toMatchObject([
          { grantId: "g2" },
        ]);
        expect(await grants.revoke({ clientId: "c1" }, "client_disabled", 50)).toEqual([]);
        expect(await grants.get("g1")).toMatchObject({
          revokedAt: 30,
          revokeReason: "owner_changed",
        });
        expect(await grants.get("g2")).toMatchObject({
          revokedAt: 40,
          revokeReason: "device_removed",
        });
      });

      it("are revoked by id, by account and by client", async () => {
        await furnish();
        await grant("g2", "a2");
        await grant("g3", "a2");
        const { grants } = database.stores;
        expect(await grants.revoke({ grantId: "g3" }, "administrator", 1)).toMatchObject([
          { grantId: "g3" },
        ]);
        expect(await grants.revoke({ accountId: "a2" }, "administrator", 1)).toMatchObject([
          { grantId: "g2" },
        ]);
        expect(await grants.revoke({ clientId: "c1" }, "administrator", 1)).toMatchObject([
          { grantId: "g1" },
        ]);
      });

      it("are never revoked all at once by mistake", async () => {
        await furnish();
        const { grants } = database.stores;
        await expect(grants.revoke({}, "administrator", 1)).rejects.toThrow("selector");
        await expect(grants.revoke({ exceptAccountId: "a1" }, "administrator", 1)).rejects.toThrow(
          "selector",
        );
      });

      it("tell what was revoked since a time", async () => {
        await furnish();
        await grant("g2");
        const { grants } = database.stores;
        await grants.revoke({ grantId: "g1" }, "administrator", 100);
        await grants.revoke({ grantId: "g2" }, "administrator", 200);
        expect([...(await grants.revokedSince(100))].sort()).toEqual(["g1", "g2"]);
        expect(await grants.revokedSince(101)).toEqual(["g2"]);
        expect(await grants.revokedSince(201)).toEqual([]);
      });
    });

    describe("authorization codes", () => {
      const code = {
        ...triple,
        hash: hash(1),
        accountId: "a1",
        codeChallenge: "challenge",
        issuedAt: 1,
        expiresAt: 10,
      };

      it("come back as they went in", async () => {
        await furnish();
        const { authorizationCodes } = database.stores;
        await authorizationCodes.insert(code);
        await authorizationCodes.insert({
          ...code,
          hash: hash(2),
          accountId: null,
          codeChallenge: null,
        });
        const found = await authorizationCodes.find(hash(1));
        expect(found && { ...found, hash: [...found.hash] }).toEqual({
          ...code,
          hash: [...hash(1)],
          termsStateHash: null,
          termsAgreedAt: null,
          consumedAt: null,
          grantId: null,
        });
        expect(await authorizationCodes.find(hash(2))).toMatchObject({
          accountId: null,
          codeChallenge: null,
        });
        expect(await authorizationCodes.find(hash(3))).toBeUndefined();
      });

      it("are consumed once, while they have not expired", async () => {
        await furnish();
        const { authorizationCodes } = database.stores;
        await authorizationCodes.insert(code);
        expect(await authorizationCodes.consume(hash(1), 10, "g9")).toBe(false);
        expect(await authorizationCodes.consume(hash(1), 9, "g9")).toBe(true);
        expect(await authorizationCodes.consume(hash(1), 9, "g8")).toBe(false);
        expect(await authorizationCodes.find(hash(1))).toMatchObject({
          consumedAt: 9,
          grantId: "g9",
        });
      });

      it("are swept a few at a time", async () => {
        await furnish();
        const { authorizationCodes } = database.stores;
        for (const byte of [1, 2, 3]) {
          await authorizationCodes.insert({ ...code, hash: hash(byte) });
        }
        expect(await authorizationCodes.sweep(10, 2)).toBe(0);
        expect(await authorizationCodes.sweep(11, 2)).toBe(2);
        expect(await authorizationCodes.sweep(11, 2)).toBe(1);
      });
    });

    describe("access tokens", () => {
      const token = { hash: hash(1), grantId: "g1", issuedAt: 1, expiresAt: 10 };

      it("come back with the device they speak for", async () => {
        await furnish();
        const { accessTokens, grants } = database.stores;
        await accessTokens.insert(token);
        const found = await accessTokens.find(hash(1));
        expect(found && { ...found, hash: [...found.hash] }).toEqual({
          ...token,
          ...triple,
          hash: [...hash(1)],
          deviceKey: "d1",
          accountId: "a1",
          firstUsedAt: null,
          grantRevokedAt: null,
        });
        await grants.revoke({ grantId: "g1" }, "administrator", 7);
        expect((await accessTokens.find(hash(1)))?.grantRevokedAt).toBe(7);
        expect(await accessTokens.find(hash(2))).toBeUndefined();
      });

      it("keep the time of their first use", async () => {
        await furnish();
        const { accessTokens } = database.stores;
        await accessTokens.insert(token);
        await accessTokens.markUsed(hash(1), 3);
        await accessTokens.markUsed(hash(1), 4);
        expect((await accessTokens.find(hash(1)))?.firstUsedAt).toBe(3);
      });

      it("are swept when they have expired", async () => {
        await furnish();
        const { accessTokens } = database.stores;
        await accessTokens.insert(token);
        expect(await accessTokens.sweep(10, 9)).toBe(0);
        expect(await accessTokens.sweep(11, 9)).toBe(1);
      });
    });

    describe("refresh tokens", () => {
      it("come back with device, grant and the access token given along", async () => {
        await furnish();
        const { refreshTokens, accessTokens } = database.stores;
        await refreshToken(1);
        expect(await refreshTokens.find(hash(1))).toMatchObject({
          ...triple,
          deviceKey: "d1",
          accountId: "a1",
          consumedAt: null,
          successorSalt: null,
          grantRevokedAt: null,
          grantRevokeReason: null,
          accessTokenExpiresAt: null,
          accessTokenFirstUsedAt: null,
        });
        await accessTokens.insert({
          hash: hash(101),
          grantId: "g1",
          issuedAt: 1,
          expiresAt: 77,
        });
        await accessTokens.markUsed(hash(101), 5);
        expect(await refreshTokens.find(hash(1))).toMatchObject({
          accessTokenExpiresAt: 77,
          accessTokenFirstUsedAt: 5,
        });
      });

      it("are spent once, for a pair that is stored along with it", async () => {
        await furnish();
        const { refreshTokens, accessTokens, devices } = database.stores;
        await refreshToken(1);
        expect(await refreshTokens.rotate(rotation(1, 50, 8))).toBe(true);
        expect(await refreshTokens.rotate(rotation(1, 51, 9))).toBe(false);
        const spent = await refreshTokens.find(hash(1));
        expect(spent?.consumedAt).toBe(50);
        expect([...(spent?.successorSalt ?? [])]).toEqual([...hash(8)]);
        expect(await refreshTokens.find(hash(58))).toMatchObject({
          grantId: "g1",
          issuedAt: 50,
          expiresAt: 150,
          consumedAt: null,
          accessTokenExpiresAt: 60,
        });
        expect(await accessTokens.find(hash(108))).toMatchObject({ deviceKey: "d1", issuedAt: 50 });
        expect(await devices.get("d1")).toMatchObject({
          lastSeenAt: 50,
          lastSeenAddress: "192.0.2.1",
        });
        // What lost left nothing behind.
        expect(await refreshTokens.find(hash(59))).toBeUndefined();
        expect(await accessTokens.find(hash(109))).toBeUndefined();
      });

      it("are not spent when they have expired or their grant was revoked", async () => {
        await furnish();
        const { refreshTokens, grants } = database.stores;
        await refreshToken(1);
        await refreshToken(2);
        expect(await refreshTokens.rotate(rotation(1, 100, 8))).toBe(false);
        await grants.revoke({ grantId: "g1" }, "device_removed", 60);
        expect(await refreshTokens.rotate(rotation(2, 50, 8))).toBe(false);
        expect(await refreshTokens.find(hash(2))).toMatchObject({
          consumedAt: null,
          grantRevokedAt: 60,
          grantRevokeReason: "device_removed",
        });
      });

      it("are not spent where the pair cannot be stored, and that is no matter to others of the same moment", async () => {
        await furnish();
        const { refreshTokens } = database.stores;
        for (const byte of [1, 2, 3]) await refreshToken(byte);
        // The hash of its successor is taken.
        const clash = { ...rotation(2, 50, 9), refreshToken: rotation(1, 50, 8).refreshToken };
        const outcomes = await Promise.allSettled([
          refreshTokens.rotate(rotation(1, 50, 8)),
          refreshTokens.rotate(clash),
          refreshTokens.rotate(rotation(3, 50, 10)),
        ]);
        expect(outcomes.map(({ status }) => status).toSorted()).toEqual([
          "fulfilled",
          "fulfilled",
          "rejected",
        ]);
        expect(outcomes[2]).toEqual({ status: "fulfilled", value: true });
        // Which of the two that clash came first is the database's affair.
        const [first, second] = await Promise.all([1, 2].map((n) => refreshTokens.find(hash(n))));
        expect(new Set([first?.consumedAt, second?.consumedAt])).toEqual(new Set([50, null]));
        expect(await refreshTokens.find(hash(60))).toMatchObject({ consumedAt: null });
      });

      it("are spent inside a larger transaction, and not where that fails", async () => {
        await furnish();
        await refreshToken(1);
        const failing = database.write(async (stores) => {
          expect(await stores.refreshTokens.rotate(rotation(1, 50, 8))).toBe(true);
          throw new Error("changed our mind");
        });
        await expect(failing).rejects.toThrow("changed our mind");
        const { refreshTokens } = database.stores;
        expect(await refreshTokens.find(hash(1))).toMatchObject({ consumedAt: null });
        expect(await refreshTokens.find(hash(58))).toBeUndefined();
      });

      it("are swept when they have expired", async () => {
        await furnish();
        await refreshToken(1);
        expect(await database.stores.refreshTokens.sweep(100, 9)).toBe(0);
        expect(await database.stores.refreshTokens.sweep(101, 9)).toBe(1);
      });
    });

    describe("the audit log", () => {
      const record = (auditId: string, at: number, deviceKey: string | null = null) => ({
        auditId,
        at,
        event: "token.refresh",
        outcome: "ok",
        clientId: "c1",
        accountId: null,
        deviceKey,
        grantId: null,
        remoteAddress: "2001:db8::1",
        detail: "한국어",
      });

      it("keeps records and tells them newest first", async () => {
        const { auditLog } = database.stores;
        await auditLog.append([]);
        await auditLog.append([record("1", 10), record("2", 30, "d1"), record("3", 20)]);
        const ids = async (filter: Parameters<typeof auditLog.list>[0]) =>
          (await auditLog.list(filter)).map(({ auditId }) => auditId);
        expect((await auditLog.list())[0]).toEqual(record("2", 30, "d1"));
        expect(await ids({})).toEqual(["2", "3", "1"]);
        expect(await ids({ before: 30 })).toEqual(["3", "1"]);
        expect(await ids({ limit: 1 })).toEqual(["2"]);
        expect(await ids({ deviceKey: "d1" })).toEqual(["2"]);
        expect(await ids({ clientId: "c1" })).toHaveLength(3);
        expect(await ids({ accountId: "a1" })).toEqual([]);
        expect(await auditLog.sweep(20, 9)).toBe(1);
        expect(await ids({})).toEqual(["2", "3"]);
      });
    });

    describe("write transactions", () => {
      it("happen whole or not at all", async () => {
        const failure = new Error("no");
        await expect(
          database.write(async (stores) => {
            await stores.clients.insert(client());
            throw failure;
          }),
        ).rejects.toBe(failure);
        expect(await database.stores.clients.list()).toEqual([]);
        await database.write((stores) => stores.clients.insert(client()));
        expect(await database.stores.clients.list()).toHaveLength(1);
      });

      it("answer what the work answers", async () => {
        expect(await database.write(async () => 42)).toBe(42);
      });

      it("do not mix with what runs at the same time", async () => {
        await database.stores.clients.insert(client());
        const failing = database
          .write(async (stores) => {
            await stores.clients.setDisabled("c1", 1);
            await stores.clients.list();
            throw new Error("no");
          })
          .catch(() => "rolled back");
        const beside = database.stores.clients.insert(client({ clientId: "c2" }));
        expect(await failing).toBe("rolled back");
        await beside;
        expect((await database.stores.clients.get("c1"))?.disabledAt).toBeNull();
        expect(await database.stores.clients.get("c2")).toBeDefined();
      });

      it("keep rows that belong together together", async () => {
        await expect(grant("lonely")).rejects.toThrow();
      });

      it("let one of many spend a refresh token", async () => {
        await furnish();
        await refreshToken(1);
        const databases = storage.shared ? [database, await open(), await open()] : [database];
        const tries = Array.from({ length: 12 }, (_, index) =>
          databases[index % databases.length]!.stores.refreshTokens.rotate(rotation(1, 50, index)),
        );
        const won = (await Promise.all(tries)).flatMap((one, index) => (one ? [index] : []));
        expect(won).toHaveLength(1);
        const salt = (await database.stores.refreshTokens.find(hash(1)))?.successorSalt;
        expect(salt?.[0]).toBe(won[0]);
        const successors = Array.from({ length: 12 }, (_, index) =>
          database.stores.refreshTokens.find(hash(index + 50)),
        );
        const stored = (await Promise.all(successors)).flatMap((one, index) =>
          one ? [index] : [],
        );
        expect(stored).toEqual(won);
      });

      it("let one of many make the guest account of a device", async () => {
        await database.stores.clients.insert(client());
        const databases = storage.shared ? [database, await open(), await open()] : [database];
        const guests = await Promise.all(
          Array.from({ length: 9 }, (_, index) =>
            databases[index % databases.length]!.write((stores) =>
              stores.accounts.findOrInsertGuest(
                triple,
                account({ accountId: `g${index}`, kind: "guest", email: null }),
              ),
            ),
          ),
        );
        expect(new Set(guests.map(({ accountId }) => accountId)).size).toBe(1);
        expect(await database.stores.accounts.list()).toHaveLength(1);
      });

      it("let one of many make the row of a device", async () => {
        await furnish();
        const databases = storage.shared ? [database, await open()] : [database];
        const made = await Promise.all(
          Array.from({ length: 8 }, (_, index) =>
            databases[index % databases.length]!.write((stores) =>
              stores.devices.upsert(device({ deviceKey: `n${index}`, deviceId: "new" })),
            ),
          ),
        );
        expect(new Set(made.map(({ deviceKey }) => deviceKey)).size).toBe(1);
      });
    });

    it("migrates once when several processes start together", async () => {
      if (!storage.shared) return;
      const fresh = await make();
      const several = await Promise.all([fresh.open(), fresh.open(), fresh.open()]);
      await Promise.all(several.map((one) => one.migrate()));
      await several[0].stores.clients.insert(client());
      expect(await several[2].stores.clients.list()).toHaveLength(1);
      for (const one of several) await one.close();
      await fresh.remove();
    });

    it("ends as often as it is told to", async () => {
      const one = storage.shared ? await storage.open() : database;
      await one.close();
      await one.close();
      await expect(one.stores.clients.list()).rejects.toThrow();
    });
  });
}
