import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CachedToken, TokenCache } from "./token-cache.js";

const identity = { deviceKey: "k", accountId: "a", clientId: "c", deviceId: "d", modelId: "m" };
const token = (key: string, grantId = `grant of ${key}`) =>
  new CachedToken(key, identity, grantId, 1);

describe("the cache", () => {
  it("holds no more than its capacity of tokens that nobody holds", () => {
    const cache = new TokenCache(3);
    for (let index = 0; index < 50; index++) cache.add(token(String(index)));
    expect(cache.size).toBe(3);
    expect(cache.get("49")).toBeDefined();
  });

  it("drops first what was not used of late", () => {
    const cache = new TokenCache(3);
    for (const key of ["a", "b", "c"]) cache.add(token(key));
    cache.get("a");
    cache.add(token("d"));
    expect(["a", "b", "c", "d"].filter((key) => cache.get(key) !== undefined)).toEqual([
      "a",
      "c",
      "d",
    ]);
  });

  it("never drops what is held, and drops it when it is let go", () => {
    const cache = new TokenCache(2);
    const held = Array.from({ length: 40 }, (_, index) => token(`held ${index}`));
    const letGo = held.map((one) => {
      cache.add(one);
      return one.onRevoked(() => {});
    });
    for (let index = 0; index < 40; index++) cache.add(token(String(index)));
    for (const one of held) expect(cache.get(one.key)).toBe(one);
    for (const stop of letGo) stop();
    for (let index = 0; index < 200; index++) cache.add(token(`later ${index}`));
    expect(cache.size).toBeLessThan(60);
  });

  it("takes out the tokens of a grant, and no others", () => {
    const cache = new TokenCache(10);
    cache.add(token("a", "g"));
    cache.add(token("b", "g"));
    cache.add(token("c", "h"));
    expect(cache.takeGrant("g").map(({ key }) => key)).toEqual(["a", "b"]);
    expect(cache.takeGrant("g")).toEqual([]);
    expect(cache.size).toBe(1);
  });

  it("answers what was added last under a key, finds each by its grant, and stays in bounds", () => {
    const operation = fc.oneof(
      fc.record({ kind: fc.constant("add" as const), key: fc.nat(30) }),
      fc.record({ kind: fc.constant("get" as const), key: fc.nat(30) }),
      fc.record({ kind: fc.constant("hold" as const), key: fc.nat(30) }),
      fc.record({ kind: fc.constant("revoke" as const), key: fc.nat(5) }),
    );
    fc.assert(
      fc.property(
        fc.array(operation, { maxLength: 120 }),
        fc.integer({ min: 1, max: 8 }),
        (ops, capacity) => {
          const cache = new TokenCache(capacity);
          const held = new Set<CachedToken>();
          for (const { kind, key } of ops) {
            if (kind === "add" && cache.get(String(key)) === undefined) {
              cache.add(token(String(key), `g${key % 6}`));
            }
            const found = cache.get(String(key));
            if (kind === "hold" && found !== undefined) {
              found.onRevoked(() => held.delete(found));
              held.add(found);
            }
            if (kind === "revoke") {
              for (const one of cache.takeGrant(`g${key}`)) one.revoke();
              expect([...held].every(({ grantId }) => grantId !== `g${key}`)).toBe(true);
            }
            for (const one of held) expect(cache.get(one.key)).toBe(one);
            expect(cache.size).toBeLessThanOrEqual(capacity + held.size + 1);
          }
        },
      ),
    );
  });
});

describe("a cached token", () => {
  it("leaks no listener that was taken back", () => {
    const one = token("a");
    for (let round = 0; round < 1_000; round++) one.onRevoked(() => {})();
    expect(one.isHeld).toBe(false);
  });

  it("keeps the same function twice where it listens twice", () => {
    const one = token("a");
    let heard = 0;
    const listener = () => void (heard += 1);
    const stop = one.onRevoked(listener);
    one.onRevoked(listener);
    stop();
    stop();
    expect(one.revoke()).toEqual([]);
    expect(heard).toBe(1);
    one.revoke();
    expect(heard).toBe(1);
  });
});
