// Tokens stay fresh: one refresh at a time, ahead of the end, saved before use, and a clear word when they are dead.
import { FakeClock } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import { describe, expect, it } from "vitest";
import type { RefreshOutcome } from "./token-endpoint.js";
import { TokenKeeper } from "./token-keeper.js";
import { MemoryTokenStore } from "./token-store.js";
import type { Tokens } from "./tokens.js";

const lifetime = 100_000;

function setUp() {
  const clock = new FakeClock(1_000_000);
  const store = new MemoryTokenStore();
  const log: string[] = [];
  let given = 0;
  const answers: (() => RefreshOutcome | Promise<RefreshOutcome>)[] = [];
  const fresh = (): Tokens => ({
    accessToken: `a${++given}`,
    refreshToken: `r${given}`,
    issuedAt: clock.now(),
    expiresAt: clock.now() + lifetime,
  });
  const keeper = new TokenKeeper({
    server: {
      async refresh(refreshToken) {
        log.push(`refresh ${refreshToken}`);
        return (await answers.shift()?.()) ?? { kind: "tokens", tokens: fresh() };
      },
    },
    store,
    clock,
    random: () => 0.5,
    listener: {
      refreshed: ({ accessToken }) => log.push(`refreshed ${accessToken}`),
      signInNeeded: ({ code }) => log.push(`sign in: ${code}`),
      storeFailed: () => log.push("store failed"),
    },
  });
  return { clock, store, log, answers, fresh, keeper };
}

const refused = (error: string): RefreshOutcome => ({
  kind: "refused",
  refusal: { status: 400, error, description: undefined, retryAfter: undefined },
});
const failed = (retryAfter?: number): RefreshOutcome => ({
  kind: "failed",
  refusal: { status: 503, error: "", description: undefined, retryAfter },
});
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("a token keeper", () => {
  it("answers that the person must sign in while it has none", async () => {
    const { keeper } = setUp();
    expect(await keeper.accessToken()).toMatchObject({ kind: "sign-in" });
  });

  it("uses what the store has", async () => {
    const { keeper, store, fresh, log } = setUp();
    await store.save(fresh());
    expect(await keeper.accessToken()).toEqual({ kind: "token", accessToken: "a1" });
    expect(log).toEqual([]);
  });

  it("refreshes first what has expired", async () => {
    const { keeper, store, fresh, clock, log } = setUp();
    await store.save(fresh());
    clock.advance(lifetime);
    expect(await keeper.accessToken()).toEqual({ kind: "token", accessToken: "a2" });
    expect(log).toEqual(["refresh r1", "refreshed a2"]);
    expect((await store.load())?.accessToken).toBe("a2");
  });

  it("refreshes once for all who ask, however many", async () => {
    const { keeper, fresh, log } = setUp();
    await keeper.adopt(fresh());
    const answers = await Promise.all([1, 2, 3].map(() => keeper.renew("a1")));
    expect(answers).toEqual(answers.map(() => ({ kind: "token", accessToken: "a2" })));
    // Who was refused with the old one later on gets the new one without another refresh.
    expect(await keeper.renew("a1")).toEqual({ kind: "token", accessToken: "a2" });
    expect(log.filter((line) => line.startsWith("refresh "))).toHaveLength(1);
  });

  it("saves new tokens before anybody can use them", async () => {
    const { keeper, fresh, store } = setUp();
    await keeper.adopt(fresh());
    const order: string[] = [];
    const save = store.save.bind(store);
    store.save = async (tokens) => {
      await settle();
      await save(tokens);
      order.push("saved");
    };
    await keeper.renew("a1").then(() => order.push("used"));
    expect(order).toEqual(["saved", "used"]);
  });

  it("lives on when the store fails, and says so", async () => {
    const { keeper, fresh, store, log } = setUp();
    store.save = () => Promise.reject(new Error("disk full"));
    await keeper.adopt(fresh());
    expect(await keeper.renew("a1")).toEqual({ kind: "token", accessToken: "a2" });
    expect(log).toEqual(["store failed", "refresh r1", "store failed", "refreshed a2"]);
  });

  it("refreshes ahead of the end while it runs, again and again", async () => {
    const { keeper, fresh, clock, log } = setUp();
    await keeper.adopt(fresh());
    keeper.start();
    clock.advance(69_999);
    await settle();
    expect(log).toEqual([]);
    clock.advance(1);
    await settle();
    expect(log).toEqual(["refresh r1", "refreshed a2"]);
    clock.advance(70_000);
    await settle();
    expect(log).toHaveLength(4);
    keeper.stop();
    expect(clock.pendingTimers).toBe(0);
  });

  it("does not spin when setTimeout could not count so far", async () => {
    const { keeper, fresh, clock, log } = setUp();
    await keeper.adopt({ ...fresh(), expiresAt: clock.now() + 365 * 86_400_000 });
    keeper.start();
    expect(clock.pendingTimers).toBe(1);
    clock.advance(2_147_483_647);
    await settle();
    expect(log).toEqual([]);
    expect(clock.pendingTimers).toBe(1);
  });

  it("tries a refresh that failed again, after growing waits or what the server asks for", async () => {
    const { keeper, fresh, clock, log, answers } = setUp();
    await keeper.adopt(fresh());
    keeper.start();
    answers.push(
      () => failed(),
      () => failed(20),
      () => Promise.reject(new TrefoilError("unavailable", "no")),
    );
    clock.advance(70_000);
    await settle();
    expect(log).toHaveLength(1);
    clock.advance(1_000);
    await settle();
    expect(log).toHaveLength(2);
    clock.advance(19_999);
    await settle();
    expect(log).toHaveLength(2);
    clock.advance(1);
    await settle();
    expect(log).toHaveLength(3);
    // The old token still works meanwhile.
    expect(await keeper.accessToken()).toEqual({ kind: "token", accessToken: "a1" });
    clock.advance(60_000);
    await settle();
    expect(log.at(-1)).toBe("refreshed a2");
  });

  it.each(["unauthorized_client", "invalid_grant", "expired_token"])(
    "forgets tokens that are dead by %s, and says once that the person must sign in",
    async (error) => {
      const { keeper, fresh, store, log, answers } = setUp();
      await keeper.adopt(fresh());
      answers.push(() => refused(error));
      expect(await keeper.renew("a1")).toMatchObject({ kind: "sign-in", error: { code: error } });
      expect(await keeper.accessToken()).toMatchObject({ kind: "sign-in", error: { code: error } });
      expect(log).toEqual(["refresh r1", `sign in: ${error}`]);
      expect(await store.load()).toBeUndefined();
    },
  );

  it("keeps the stored tokens where only the client's secret is wrong", async () => {
    const { keeper, fresh, store, answers } = setUp();
    await keeper.adopt(fresh());
    answers.push(() => refused("invalid_client"));
    expect(await keeper.renew("a1")).toMatchObject({ kind: "sign-in" });
    expect((await store.load())?.accessToken).toBe("a1");
  });

  it("takes over what another process with the same store has refreshed", async () => {
    const { keeper, fresh, store, clock, log } = setUp();
    await keeper.adopt(fresh());
    clock.advance(10);
    await store.save(fresh());
    expect(await keeper.renew("a1")).toEqual({ kind: "token", accessToken: "a2" });
    expect(log).toEqual(["refreshed a2"]);
  });

  it("takes it over also where that process was quicker by a moment", async () => {
    const { keeper, fresh, store, clock, log, answers } = setUp();
    await keeper.adopt(fresh());
    clock.advance(10);
    answers.push(async () => {
      await store.save(fresh());
      return refused("expired_token");
    });
    expect(await keeper.renew("a1")).toEqual({ kind: "token", accessToken: "a2" });
    expect(log).toEqual(["refresh r1", "refreshed a2"]);
  });

  it("takes it over also where the clock was set back in between", async () => {
    const { keeper, fresh, store, answers } = setUp();
    await keeper.adopt(fresh());
    answers.push(async () => {
      const other = fresh();
      await store.save({ ...other, issuedAt: other.issuedAt - 60_000 });
      return refused("expired_token");
    });
    expect(await keeper.renew("a1")).toEqual({ kind: "token", accessToken: "a2" });
    // Where those are dead too, that is the end of it.
    answers.push(() => refused("expired_token"));
    expect(await keeper.renew("a2")).toMatchObject({ kind: "sign-in" });
    expect(await store.load()).toBeUndefined();
  });

  it("drops what a refresh brings after the person has signed out", async () => {
    const { keeper, fresh, store, answers } = setUp();
    await keeper.adopt(fresh());
    let answer: (outcome: RefreshOutcome) => void = () => {};
    answers.push(() => new Promise<RefreshOutcome>((resolve) => (answer = resolve)));
    const renewed = keeper.renew("a1");
    await settle();
    await keeper.forget();
    answer({ kind: "tokens", tokens: fresh() });
    expect(await renewed).toMatchObject({ kind: "sign-in" });
    expect(await store.load()).toBeUndefined();
  });

  it("is not stuck when the person signs in anew during a refresh, with tokens that have expired already", async () => {
    const { keeper, fresh, clock, answers } = setUp();
    await keeper.adopt(fresh());
    let answer: (outcome: RefreshOutcome) => void = () => {};
    answers.push(() => new Promise<RefreshOutcome>((resolve) => (answer = resolve)));
    const renewed = keeper.renew("a1");
    await settle();
    // As after a leap of the device's clock.
    await keeper.adopt({ ...fresh(), expiresAt: clock.now() });
    answer({ kind: "tokens", tokens: fresh() });
    const late = settle().then(() => "stuck");
    expect(await Promise.race([renewed, late])).toMatchObject({ kind: "token" });
    expect(await keeper.accessToken()).toEqual({ kind: "token", accessToken: "a4" });
  });

  it.each([
    ["signs out", undefined],
    ["signs in anew", "a9"],
  ])(
    "lets what a refresh brought go where the person %s while it is saved",
    async (_what, next) => {
      const { keeper, fresh, store, log } = setUp();
      await keeper.adopt(fresh());
      const save = store.save.bind(store);
      let saved: () => void = () => {};
      store.save = (tokens) => {
        store.save = save;
        return new Promise((resolve) => {
          // The slow disk has the last word.
          saved = () => resolve(save(tokens));
        });
      };
      const renewed = keeper.renew("a1");
      await settle();
      if (next === undefined) await keeper.forget();
      else await keeper.adopt({ ...fresh(), accessToken: next });
      saved();
      expect(await renewed).toMatchObject(
        next === undefined ? { kind: "sign-in" } : { kind: "token", accessToken: next },
      );
      expect((await keeper.tokens())?.accessToken).toBe(next);
      expect((await store.load())?.accessToken).toBe(next);
      expect(log).toEqual(["refresh r1"]);
    },
  );

  it("tries the stored tokens again when it is asked again after a refusal of the client", async () => {
    const { keeper, fresh, answers } = setUp();
    await keeper.adopt(fresh());
    answers.push(() => refused("invalid_client"));
    expect(await keeper.renew("a1")).toMatchObject({ kind: "sign-in" });
    // The operator has put it right; the application connects again.
    expect(await keeper.accessToken()).toEqual({ kind: "token", accessToken: "a1" });
    expect(await keeper.renew("a1")).toEqual({ kind: "token", accessToken: "a2" });
  });

  it("stays signed out where that was asked for while the store was read", async () => {
    const { keeper, fresh, store } = setUp();
    await store.save(fresh());
    const stored = await store.load();
    store.load = async () => {
      await settle();
      return stored;
    };
    const asked = keeper.accessToken();
    await keeper.forget();
    expect(await asked).toMatchObject({ kind: "sign-in" });
    expect(await keeper.tokens()).toBeUndefined();
  });
});
