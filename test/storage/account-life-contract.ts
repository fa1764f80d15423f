// What every database must do for the life of an account: consents, codes that wait for them, withdrawal, and the counts of
// tries that several processes share.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../../packages/server/src/storage/index.js";
import type { StorageUnderTest } from "./storage-contract.js";

const hash = (byte: number) => new Uint8Array(32).fill(byte);

/** @param make makes an empty database that several may open, before each test */
export function describeAccountLife(name: string, make: () => Promise<StorageUnderTest>): void {
  describe(`${name}: the life of an account`, () => {
    let storage: StorageUnderTest;
    let database: Database;
    let other: Database;

    beforeEach(async () => {
      storage = await make();
      database = await storage.open();
      await database.migrate();
      other = await storage.open();
      const { accounts, clients } = database.stores;
      const account = { kind: "local" as const, passwordHash: null, createdAt: 1 };
      await accounts.insert({ ...account, accountId: "a1", email: "a1@example.org" });
      await accounts.insert({ ...account, accountId: "a2", email: "a2@example.org" });
      const client = { clientId: "c1", name: "C", redirectUris: [], createdAt: 1 };
      await clients.insert({ ...client, disabledAt: null });
    });
    afterEach(async () => {
      await database.close();
      await other.close();
      await storage.remove();
    });

    describe("consents", () => {
      const consent = {
        accountId: "a1",
        termsId: "service",
        version: "1",
        language: "ja",
        clientId: "c1",
        agreedAt: 5,
      };

      it("come back as they went in, newest first, an account's own", async () => {
        const { consents } = database.stores;
        await consents.agree(consent);
        await consents.agree({ ...consent, version: "2", clientId: null, agreedAt: 6 });
        await consents.agree({ ...consent, accountId: "a2" });
        expect(await consents.list("a1")).toEqual([
          { ...consent, version: "2", clientId: null, agreedAt: 6, withdrawnAt: null },
          { ...consent, withdrawnAt: null },
        ]);
      });

      it("are taken back, one document in all its versions, and given again", async () => {
        const { consents } = database.stores;
        await consents.agree(consent);
        await consents.agree({ ...consent, version: "2" });
        await consents.agree({ ...consent, termsId: "news" });
        expect(await consents.withdraw("a1", "service", 9)).toBe(true);
        expect(await consents.withdraw("a1", "service", 10)).toBe(false);
        const withdrawn = async () =>
          (await consents.list("a1")).map(({ termsId, withdrawnAt }) => [termsId, withdrawnAt]);
        expect(await withdrawn()).toEqual([
          ["news", null],
          ["service", 9],
          ["service", 9],
        ]);
        await consents.agree({ ...consent, agreedAt: 12, language: "ko" });
        expect((await consents.list("a1"))[0]).toMatchObject({
          termsId: "service",
          agreedAt: 12,
          language: "ko",
          withdrawnAt: null,
        });
      });

      it("are taken back all at once", async () => {
        const { consents } = database.stores;
        await consents.agree(consent);
        await consents.agree({ ...consent, termsId: "news" });
        await consents.agree({ ...consent, accountId: "a2" });
        await consents.withdrawAll("a1", 9);
        expect((await consents.list("a1")).map((one) => one.withdrawnAt)).toEqual([9, 9]);
        expect((await consents.list("a2")).map((one) => one.withdrawnAt)).toEqual([null]);
      });
    });

    describe("a lock", () => {
      it("keeps an account out until it has run out, and is forgotten when it enters", async () => {
        const { accounts } = database.stores;
        expect(await accounts.lock("a1", 10, 20)).toBe(true);
        expect(await accounts.get("a1")).toMatchObject({ withdrawnAt: 10, lockedUntil: 20 });
        expect(await accounts.enter("a1", 19)).toBe(false);
        expect(await accounts.lock("a1", 19, 40)).toBe(false);
        expect(await accounts.enter("a1", 20)).toBe(true);
        expect(await accounts.get("a1")).toMatchObject({ withdrawnAt: null, lockedUntil: null });
        expect((await accounts.get("a2"))?.lockedUntil).toBeNull();
      });

      it("is not for accounts that are not there", async () => {
        const { accounts } = database.stores;
        expect(await accounts.lock("nobody", 10, 20)).toBe(false);
        expect(await accounts.enter("nobody", 10)).toBe(false);
      });

      it("and an entry take turns", async () => {
        const order: string[] = [];
        const entering = database.write(async (stores) => {
          expect(await stores.accounts.enter("a1", 5)).toBe(true);
          order.push("entered");
          await new Promise((resolve) => setTimeout(resolve, 50));
          order.push("leaves");
        });
        await new Promise((resolve) => setTimeout(resolve, 10));
        const locking = other.write(async (stores) => {
          await stores.accounts.lock("a1", 6, 60);
          order.push("locked");
        });
        await Promise.all([entering, locking]);
        expect(order).toEqual(["entered", "leaves", "locked"]);
      });
    });

    describe("a code", () => {
      const code = {
        clientId: "c1",
        deviceId: "d",
        modelId: "m",
        hash: hash(1),
        accountId: "a1",
        codeChallenge: null,
        issuedAt: 1,
        expiresAt: 10,
      };

      it("that waits for terms is agreed for while it lives", async () => {
        const { authorizationCodes } = database.stores;
        await authorizationCodes.insert({ ...code, termsStateHash: hash(7) });
        const found = await authorizationCodes.find(hash(1));
        expect([...(found?.termsStateHash ?? [])]).toEqual([...hash(7)]);
        expect(found?.termsAgreedAt).toBeNull();
        expect(await authorizationCodes.agree(hash(1), 10)).toBe(false);
        expect(await authorizationCodes.agree(hash(1), 9)).toBe(true);
        expect((await authorizationCodes.find(hash(1)))?.termsAgreedAt).toBe(9);
        await authorizationCodes.consume(hash(1), 9, "g");
        expect(await authorizationCodes.agree(hash(1), 9)).toBe(false);
      });

      it("that waits for none is not agreed for", async () => {
        const { authorizationCodes } = database.stores;
        await authorizationCodes.insert(code);
        expect(await authorizationCodes.agree(hash(1), 9)).toBe(false);
      });

      it("of an account ends with it, unless it was used: its replay stays known", async () => {
        const { authorizationCodes } = database.stores;
        await authorizationCodes.insert(code);
        await authorizationCodes.insert({ ...code, hash: hash(2) });
        await authorizationCodes.insert({ ...code, hash: hash(3), accountId: "a2" });
        await authorizationCodes.consume(hash(2), 5, "g");
        await authorizationCodes.removeOfAccount("a1");
        expect(await authorizationCodes.find(hash(1))).toBeUndefined();
        expect((await authorizationCodes.find(hash(2)))?.consumedAt).toBe(5);
        expect(await authorizationCodes.find(hash(3))).toBeDefined();
      });
    });

    it("an account's tokens live no longer than they are told to", async () => {
      const { accountTokens } = database.stores;
      const token = { kind: "access" as const, issuedAt: 1 };
      await accountTokens.insert({ ...token, hash: hash(1), accountId: "a1", expiresAt: 100 });
      await accountTokens.insert({ ...token, hash: hash(2), accountId: "a1", expiresAt: 10 });
      await accountTokens.insert({ ...token, hash: hash(3), accountId: "a2", expiresAt: 100 });
      await accountTokens.expireOfAccount("a1", 50);
      const livesAt = async (byte: number, now: number) =>
        (await accountTokens.findLive(hash(byte), "access", now)) !== undefined;
      expect(await livesAt(1, 49)).toBe(true);
      expect(await livesAt(1, 50)).toBe(false);
      expect(await livesAt(2, 10)).toBe(false);
      expect(await livesAt(3, 99)).toBe(true);
    });

    describe("counts of tries", () => {
      it("add up, beginning anew where the bucket is full again", async () => {
        const { attempts } = database.stores;
        expect(await attempts.add([{ key: "a", amount: 10.2 }], 100)).toEqual([
          { key: "a", fullAt: 111 },
        ]);
        expect(await attempts.add([{ key: "a", amount: 10 }], 105)).toEqual([
          { key: "a", fullAt: 121 },
        ]);
        expect(await attempts.add([{ key: "a", amount: 10 }], 200)).toEqual([
          { key: "a", fullAt: 210 },
        ]);
        expect(await attempts.add([], 200)).toEqual([]);
      });

      it("of several processes add up too, whatever they write at the same time", async () => {
        const keys = Array.from({ length: 40 }, (_, index) => `key ${index}`);
        const some = keys.map((key) => ({ key, amount: 5 }));
        await Promise.all(
          Array.from({ length: 10 }, (_, index) =>
            (index % 2 === 0 ? database : other).stores.attempts.add(
              index % 3 === 0 ? some.toReversed() : some,
              1_000,
            ),
          ),
        );
        const rows = await other.stores.attempts.changedSince(0, 0, 100);
        expect(rows).toHaveLength(40);
        expect(new Set(rows.map(({ fullAt }) => fullAt))).toEqual(new Set([1_050]));
      });

      it("are read where they changed and are not full again, the latest first", async () => {
        const { attempts } = database.stores;
        await attempts.add([{ key: "old", amount: 1_000 }], 10);
        await attempts.add([{ key: "full", amount: 5 }], 20);
        await attempts.add([{ key: "new", amount: 1_000 }], 30);
        const keys = async (since: number, limit = 10) =>
          (await attempts.changedSince(since, 40, limit)).map(({ key }) => key);
        expect(await keys(0)).toEqual(["new", "old"]);
        expect(await keys(11)).toEqual(["new"]);
        expect(await keys(0, 1)).toEqual(["new"]);
      });

      it("are swept a few at a time", async () => {
        const { attempts } = database.stores;
        for (const key of ["a", "b", "c"]) await attempts.add([{ key, amount: 5 }], 10);
        expect(await attempts.sweep(15, 2)).toBe(0);
        expect(await attempts.sweep(16, 2)).toBe(2);
        expect(await attempts.sweep(16, 2)).toBe(1);
      });
    });
  });
}
