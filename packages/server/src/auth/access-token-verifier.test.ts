import { FakeClock } from "@trefoil/protocol/clock";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { silentLogger } from "../logging/index.js";
import type { AccessTokenRecord, Database } from "../storage/index.js";
import { AccessTokenVerifier } from "./access-token-verifier.js";
import { hashOf } from "./secrets.js";

const record = (over: Partial<AccessTokenRecord> = {}): AccessTokenRecord => ({
  hash: hashOf("token"),
  grantId: "g",
  issuedAt: 0,
  expiresAt: Date.UTC(2025, 0, 2),
  deviceKey: "k",
  accountId: "a",
  clientId: "c",
  deviceId: "d",
  modelId: "m",
  firstUsedAt: null,
  grantRevokedAt: null,
  ...over,
});

/** A database whose answers wait until they are let go. */
function slowDatabase() {
  const waiting: ((found: AccessTokenRecord | undefined) => void)[] = [];
  const markUsed = vi.fn(async () => {});
  const find = vi.fn(
    () => new Promise<AccessTokenRecord | undefined>((resolve) => void waiting.push(resolve)),
  );
  const database = { stores: { accessTokens: { find, markUsed } } } as unknown as Database;
  return {
    database,
    find,
    markUsed,
    answer: (found?: AccessTokenRecord) => waiting.shift()?.(found),
  };
}

let clock: FakeClock;
let slow: ReturnType<typeof slowDatabase>;
let verifier: AccessTokenVerifier;
beforeEach(() => {
  clock = new FakeClock();
  slow = slowDatabase();
  verifier = new AccessTokenVerifier({ database: slow.database, clock, log: silentLogger });
});

describe("the verifier", () => {
  it("asks the database once for a token that many ask for", async () => {
    const first = verifier.verify("token");
    const second = verifier.verify("token");
    slow.answer(record());
    expect(await first).toBe(await second);
    expect(slow.find).toHaveBeenCalledTimes(1);
  });

  it("does not let a token in that was revoked while it was read", async () => {
    const asked = verifier.verify("token");
    verifier.revoked(["g"]);
    slow.answer(record());
    expect(await asked).toBeUndefined();
    expect(verifier.verify("token")).toBeUndefined();
  });

  it("forgets such revocations when nothing is being read, and lets later tokens in", async () => {
    const first = verifier.verify("token");
    verifier.revoked(["g"]);
    slow.answer();
    expect(await first).toBeUndefined();
    const other = verifier.verify("other");
    slow.answer(record({ grantId: "g" }));
    expect((await other)?.grantId).toBe("g");
  });

  it("notes the first use once", async () => {
    const first = verifier.verify("token");
    slow.answer(record());
    await first;
    void verifier.verify("token");
    await verifier.settled();
    expect(slow.markUsed).toHaveBeenCalledTimes(1);
    const used = verifier.verify("used before");
    slow.answer(record({ firstUsedAt: 5 }));
    await used;
    expect(slow.markUsed).toHaveBeenCalledTimes(1);
  });

  it("lets a token in though its first use cannot be noted", async () => {
    slow.markUsed.mockRejectedValueOnce(new Error("disk full"));
    const asked = verifier.verify("token");
    slow.answer(record());
    expect(await asked).toBeDefined();
    await verifier.settled();
  });

  it("does not ask again for ten seconds where a token does not work", async () => {
    const asked = verifier.verify("token");
    slow.answer();
    await asked;
    expect(verifier.verify("token")).toBeUndefined();
    clock.advance(9_999);
    expect(verifier.verify("token")).toBeUndefined();
    expect(slow.find).toHaveBeenCalledTimes(1);
    clock.advance(1);
    const again = verifier.verify("token");
    slow.answer(record());
    expect(await again).toBeDefined();
  });

  it("passes a failure of the database on, and asks again the next time", async () => {
    slow.find.mockRejectedValueOnce(new Error("gone"));
    await expect(verifier.verify("token")).rejects.toThrow("gone");
    const again = verifier.verify("token");
    slow.answer(record());
    expect(await again).toBeDefined();
  });

  // Attack: a flood of made-up tokens must not fill the memory.
  it("remembers a bounded number of tokens that do not work", async () => {
    for (let index = 0; index < 10_000; index++) {
      const asked = verifier.verify(`made up ${index}`);
      slow.answer();
      await asked;
    }
    expect(verifier.size).toBe(0);
    const first = verifier.verify("made up 0");
    expect(first).toBeInstanceOf(Promise);
    slow.answer();
    await first;
  });
});
