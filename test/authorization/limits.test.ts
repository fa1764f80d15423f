// 429 at `/authorize`, `/token` and the sign-in: what is slowed, what is let through all the same, and for how long.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AuthConfig } from "../../packages/server/src/config/index.js";
import { openDatabase } from "../../packages/server/src/storage/index.js";
import { expectError, expectOk } from "./expect-answer.js";
import { type Answer, type Harness, device, email, openHarness, password } from "./harness.js";

const few: Partial<AuthConfig> = {
  failuresPerAddress: 5,
  failuresPerClient: 12,
  attemptsPerDevice: 6,
  guestsPerAddress: 4,
  signInFailuresPerAccount: 6,
  attemptWindow: 60,
};

let harness: Harness;
const open = async (config: Partial<AuthConfig> = few) => {
  harness = await openHarness({ config });
};
beforeEach(() => open());
afterEach(() => harness.close());

const wrongToken = { headers: { authorization: "Bearer wrong" } };
const from = (remoteAddress: string) => ({ remoteAddress });

function expectSlowDown(answer: Answer): void {
  expectError(answer, 429, "slow_down");
  const seconds = Number(answer.headers.get("retry-after"));
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(60);
  expect(answer.body["retry_after"]).toBe(seconds);
}

const wrongSecret = (address = "192.0.2.66") =>
  harness.token(
    { grant_type: "refresh_token", refresh_token: "x", ...device, client_secret: "wrong" },
    from(address),
  );

describe("an address that guesses", () => {
  it("at a client's secret is slowed, and goes on at the pace of the window", async () => {
    for (let round = 0; round < 5; round++) {
      expectError(await wrongSecret(), 400, "invalid_client");
    }
    const slowed = await wrongSecret();
    expectSlowDown(slowed);
    expect(slowed.headers.get("retry-after")).toBe("12");
    harness.clock.advance(12_000);
    expectError(await wrongSecret(), 400, "invalid_client");
    expectSlowDown(await wrongSecret());
  });

  it.each([
    [
      "codes",
      () => harness.token({ grant_type: "authorization_code", code: "x", ...device }),
      "invalid_grant",
    ],
    ["refresh tokens", () => harness.refresh("x"), "invalid_grant"],
    ["access tokens", () => harness.deleteToken("x"), "invalid_grant"],
    ["account access tokens", () => harness.authorize({}, wrongToken), "access_denied"],
    ["clients", () => harness.authorize({ client_id: "x" }), "invalid_client"],
  ])("at %s is slowed", async (_, guess, error) => {
    for (let round = 0; round < 5; round++) expect((await guess()).body["error"]).toBe(error);
    expectSlowDown(await guess());
  });

  it("does not slow others", async () => {
    for (let round = 0; round < 8; round++) await wrongSecret();
    expectOk(await harness.authorize({}, from("192.0.2.67")));
    expectError(await wrongSecret("192.0.2.67"), 400, "invalid_client");
  });

  it("is one network where it is of IPv6", async () => {
    for (let round = 0; round < 5; round++) await wrongSecret(`2001:db8::${round + 1}`);
    expectSlowDown(await wrongSecret("2001:db8::ffff"));
    expectError(await wrongSecret("2001:db8:0:1::1"), 400, "invalid_client");
  });

  it("is not one that sends malformed requests: they are no guesses", async () => {
    for (let round = 0; round < 20; round++) {
      expectError(await harness.token({ grant_type: "nonsense" }), 400, "unsupported_grant_type");
      expectError(await harness.authorize({ state: "" }), 400, "invalid_request");
    }
    expectOk(await harness.authorize());
  });

  it("does not fill the audit log", async () => {
    for (let round = 0; round < 300; round++) await wrongSecret();
    const refusals = (await harness.audit()).filter((line) => line.endsWith("slow_down"));
    expect(refusals.length).toBeGreaterThan(0);
    expect(refusals.length).toBeLessThanOrEqual(60);
  });
});

describe("a shared address on which somebody guesses", () => {
  const shared = from("192.0.2.66");

  it("lets devices through that hold a live token or code", async () => {
    const pair = await harness.pair();
    const code = await harness.code({ device_id: "second" });
    for (let round = 0; round < 50; round++) await wrongSecret();
    expectOk(await harness.refresh(pair.refreshToken, {}, shared));
    const exchange = { grant_type: "authorization_code", code, ...device, device_id: "second" };
    expectOk(await harness.token(exchange, shared));
  });

  it("lets through nobody who holds another client's, a dead or an unknown one", async () => {
    const { refreshToken, accessToken } = await harness.pair();
    await harness.deleteToken(accessToken);
    const other = await harness.server.clients.create({ name: "Other" });
    const live = await harness.pair({ device_id: "third" });
    for (let round = 0; round < 6; round++) await wrongSecret();
    expectSlowDown(await harness.refresh(refreshToken, {}, shared));
    expectSlowDown(await harness.refresh("unknown", {}, shared));
    const foreign = {
      client_id: other.clientId,
      client_secret: other.clientSecret,
      device_id: "third",
    };
    expectSlowDown(await harness.refresh(live.refreshToken, foreign, shared));
  });

  it("lets people through at /authorize who prove their account, as long as the guessing goes on", async () => {
    for (let round = 0; round < 50; round++) {
      await wrongSecret();
      harness.clock.advance(1_000);
    }
    expectOk(await harness.authorize({}, shared));
    expectSlowDown(await harness.authorize({}, { ...wrongToken, ...shared }));
    expectSlowDown(await harness.authorize({ client_id: "unknown" }, shared));
    expectSlowDown(await harness.authorize({ request_vu: "Y" }, { headers: {}, ...shared }));
    harness.clock.advance(12_000);
    expectOk(await harness.authorize({ request_vu: "Y" }, { headers: {}, ...shared }));
  });

  it("is slowed at /authorize where each check is a question to a provider elsewhere", async () => {
    await harness.close();
    let asked = 0;
    const identityProvider = {
      name: "elsewhere",
      maxCredentialBytes: 512,
      asksElsewhere: true,
      async accountOf() {
        asked++;
        return undefined;
      },
      exchange: async () => undefined,
    };
    harness = await openHarness({ config: few, parts: { identityProvider } });
    for (let round = 0; round < 50; round++) await harness.authorize({}, shared);
    expect(asked).toBe(5);
    expectSlowDown(await harness.authorize({}, shared));
  });
});

describe("a client that is guessed at from many addresses", () => {
  const flood = async () => {
    for (let round = 0; round < 12; round++) await wrongSecret(`198.51.100.${round}`);
  };

  it("is guessed at no faster from further addresses", async () => {
    await flood();
    expectSlowDown(await wrongSecret("203.0.113.1"));
    const right = { grant_type: "refresh_token", refresh_token: "x", ...device };
    // Not even by who knows the secret: whether it was right is not told.
    expectSlowDown(await harness.token(right, from("203.0.113.2")));
  });

  it("goes on serving its devices and its people", async () => {
    const pair = await harness.pair();
    await flood();
    expectOk(await harness.refresh(pair.refreshToken, {}, from("203.0.113.1")));
    const code = await harness.code({ device_id: "new" });
    const exchange = { grant_type: "authorization_code", code, ...device, device_id: "new" };
    expectOk(await harness.token(exchange, from("203.0.113.2")));
    expectSlowDown(await harness.authorize({}, { ...wrongToken, ...from("203.0.113.3") }));
  });

  it("takes nothing from other clients", async () => {
    await flood();
    const other = await harness.server.clients.create({ name: "Other" });
    const { clientId, clientSecret } = other;
    const answer = await harness.token(
      { grant_type: "refresh_token", refresh_token: "x", ...device, client_id: clientId },
      from("203.0.113.1"),
    );
    expectError(answer, 400, "invalid_client");
    expect(clientSecret).not.toBe("");
  });
});

describe("a device", () => {
  it("that refreshes without end is slowed, and its token lives on", async () => {
    let { refreshToken } = await harness.pair();
    for (let round = 0; round < 5; round++) {
      const answer = await harness.refresh(refreshToken);
      expectOk(answer);
      refreshToken = String(answer.body["refresh_token"]);
    }
    expectSlowDown(await harness.refresh(refreshToken));
    harness.clock.advance(10_000);
    expectOk(await harness.refresh(refreshToken));
  });

  it("is slowed by nobody who only knows its name", async () => {
    const { refreshToken } = await harness.pair();
    for (let round = 0; round < 5; round++) {
      await harness.refresh("guess", {}, from("198.51.100.1"));
      await harness.token(
        { grant_type: "authorization_code", code: "guess", ...device },
        from("198.51.100.2"),
      );
    }
    expectOk(await harness.refresh(refreshToken));
  });

  it("of a large fleet behind one address is let through like any other", async () => {
    for (let unit = 0; unit < 40; unit++) {
      const named = { device_id: `unit ${unit}` };
      const { refreshToken } = await harness.pair(named);
      expectOk(await harness.refresh(refreshToken, named));
    }
  });
});

describe("codes", () => {
  it("for one device are slowed, for the account's other devices they are not", async () => {
    for (let round = 0; round < 6; round++) expectOk(await harness.authorize());
    expectSlowDown(await harness.authorize());
    expectOk(await harness.authorize({ device_id: "another" }));
  });

  it("for one device are slowed by nobody else's account", async () => {
    const other = await harness.server.accounts.createLocal({
      email: "other@example.org",
      password: "another long password",
    });
    const token = await harness.server.accounts.issueAccountAccessToken(other.accountId);
    const headers = { authorization: `Bearer ${token}` };
    for (let round = 0; round < 8; round++) await harness.authorize({}, { headers });
    expectOk(await harness.authorize());
  });

  it("for guests from one address are slowed, for accounts they are not", async () => {
    const asGuest = (deviceId: string, address: string) =>
      harness.authorize(
        { request_vu: "Y", device_id: deviceId },
        { headers: {}, ...from(address) },
      );
    for (let round = 0; round < 4; round++) expectOk(await asGuest(`g${round}`, "192.0.2.66"));
    expectSlowDown(await asGuest("g5", "192.0.2.66"));
    expectOk(await asGuest("g5", "192.0.2.67"));
    expectOk(await harness.authorize({}, from("192.0.2.66")));
  });
});

describe("passwords", () => {
  const signIn = async (address: string, given: string, who = email) => {
    const response = await harness.server.app.fetch(
      new Request("https://trefoil.example/account/sign-in", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ email: who, password: given }),
      }),
      { remoteAddress: address },
    );
    return response.status;
  };

  it("of one account are guessed no faster from many addresses, and the person gets in where they did before", async () => {
    expect(await signIn("192.0.2.1", password)).toBe(200);
    for (let round = 0; round < 6; round++) {
      expect(await signIn(`198.51.100.${round}`, "wrong")).toBe(403);
    }
    expect(await signIn("198.51.100.99", "wrong")).toBe(429);
    expect(await signIn("198.51.100.99", password)).toBe(429);
    expect(await signIn("192.0.2.1", password)).toBe(200);
    // Written in another way it is the same address.
    expect(await signIn("198.51.100.98", "wrong", " Person@EXAMPLE.org")).toBe(429);
    // Other accounts are no matter.
    expect(await signIn("198.51.100.99", "wrong", "other@example.org")).toBe(403);
  });

  it("are not forgiven by a success in between", async () => {
    await harness.close();
    await open({ ...few, signInAttempts: 4 });
    for (const given of ["wrong", "wrong", password, "wrong"]) await signIn("192.0.2.1", given);
    expect(await signIn("192.0.2.1", password)).toBe(429);
  });
});

it("counts survive a restart", async () => {
  const database = await openDatabase({ kind: "sqlite", file: ":memory:" });
  const before = await openHarness({ database, config: few });
  before.server.start();
  const guess = (one: Harness) =>
    one.token(
      { grant_type: "refresh_token", refresh_token: "x", ...device, client_secret: "wrong" },
      from("192.0.2.66"),
    );
  for (let round = 0; round < 6; round++) await guess(before);
  await before.close();
  const after = await openHarness({ database, config: few });
  after.server.start();
  // Nothing failed here yet. The counts are read in the background.
  await vi.waitFor(async () => expectSlowDown(await after.authorize({}, from("192.0.2.66"))));
  await after.close();
  await database.close();
});
