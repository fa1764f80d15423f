// `POST /account/sign-in`: e-mail and password become an account access token.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { expectError, expectOk } from "./expect-answer.js";
import { type Harness, email, openHarness, password } from "./harness.js";

let harness: Harness;
beforeEach(async () => {
  harness = await openHarness();
});
afterEach(() => harness.close());

interface Request0 {
  readonly body?: string;
  readonly type?: string;
  readonly remoteAddress?: string;
  readonly method?: string;
}

async function signIn(request: Request0 = {}) {
  const method = request.method ?? "POST";
  const response = await harness.server.app.fetch(
    new Request("https://trefoil.example/account/sign-in", {
      method,
      ...(method === "POST" ? { body: request.body ?? JSON.stringify({ email, password }) } : {}),
      headers: { "content-type": request.type ?? "application/json" },
    }),
    { remoteAddress: request.remoteAddress ?? "192.0.2.1" },
  );
  const text = await response.text();
  const body = JSON.parse(text) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, text, body };
}
const wrong = JSON.stringify({ email, password: "wrong password" });

it("gives an account access token that /authorize takes until it expires", async () => {
  const answer = await signIn();
  expectOk(answer);
  expect(answer.body).toEqual({
    account_access_token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/) as string,
    token_type: "Bearer",
    expires_in: 3_600,
  });
  const headers = { authorization: `Bearer ${String(answer.body["account_access_token"])}` };
  expectOk(await harness.authorize({}, { headers }));
  harness.clock.advance(3_600_000);
  expectError(await harness.authorize({}, { headers }), 403, "access_denied");
});

it("takes the address in any case and with spaces around it", async () => {
  expectOk(await signIn({ body: JSON.stringify({ email: ` ${email.toUpperCase()} `, password }) }));
});

it("takes a password however its letters were composed", async () => {
  await harness.server.accounts.createLocal({ email: "m@x", password: "Mu\u0308nchen 1972" });
  expectOk(await signIn({ body: JSON.stringify({ email: "m@x", password: "M\u00fcnchen 1972" }) }));
});

it("answers 403, the same to a wrong password and to an unknown address", async () => {
  const bad = await signIn({ body: wrong });
  const unknown = await signIn({ body: JSON.stringify({ email: "nobody@example.org", password }) });
  expectError(bad, 403, "access_denied", "The e-mail address or the password is wrong.");
  expect(unknown.text).toBe(bad.text);
});

it("takes as long for an unknown address as for a known one", async () => {
  // Without a stand-in to check against, an unknown address would be answered in a fraction of a millisecond.
  const unknown = JSON.stringify({ email: "nobody@example.org", password });
  const took = async (body: string, remoteAddress: string) => {
    const before = performance.now();
    await signIn({ body, remoteAddress });
    return performance.now() - before;
  };
  await took(unknown, "192.0.2.9");
  const rounds: { readonly known: number; readonly unknown: number }[] = [];
  for (const round of [1, 2, 3]) {
    const address = `192.0.2.${round}`;
    rounds.push({ known: await took(wrong, address), unknown: await took(unknown, address) });
  }
  const quickest = (who: "known" | "unknown") => Math.min(...rounds.map((round) => round[who]));
  expect(quickest("unknown")).toBeGreaterThan(quickest("known") / 4);
});

it("answers 403 to an account without a password", async () => {
  await harness.database.stores.accounts.insert({
    accountId: "federated",
    kind: "local",
    email: "federated@example.org",
    passwordHash: null,
    createdAt: 1,
  });
  const body = JSON.stringify({ email: "federated@example.org", password });
  expectError(await signIn({ body }), 403, "access_denied");
});

describe("bad input", () => {
  it.each([
    ["{", "not JSON"],
    ["", "not JSON"],
    ["[]", "JSON object"],
    ["null", "JSON object"],
    ['{"password":"x"}', "The member email"],
    ['{"email":"","password":"x"}', "The member email"],
    ['{"email":7,"password":"x"}', "The member email"],
    ['{"email":"a@b"}', "The member password"],
    ['{"email":"a@b","password":{"$gt":""}}', "The member password"],
    [JSON.stringify({ email: `${"a".repeat(251)}@b.c`, password: "x" }), "The member email"],
    [JSON.stringify({ email: "a@b", password: "x".repeat(1_025) }), "The member password"],
  ])("answers 400 to %s", async (body, why) => {
    expectError(await signIn({ body }), 400, "invalid_request", why);
  });

  it("answers 415 to what a form of a foreign page can send", async () => {
    for (const type of ["application/x-www-form-urlencoded", "text/plain"]) {
      expectError(await signIn({ type }), 415, "invalid_request", "application/json");
    }
  });

  it("answers 405 to GET, so that no password ends up in a URL", async () => {
    expectError(await signIn({ method: "GET" }), 405, "invalid_request");
  });

  it("answers 413 to a body of more than 8 KiB", async () => {
    const body = JSON.stringify({ email, password: "x".repeat(9_000) });
    expectError(await signIn({ body }), 413, "invalid_request");
  });
});

describe("many tries", () => {
  const tryOften = async (times: number, request: Request0) => {
    for (let round = 0; round < times; round++) await signIn(request);
  };

  it("from one address for one e-mail address are slowed, also the right one, and not for good", async () => {
    await tryOften(10, { body: wrong });
    const refused = await signIn();
    expectError(refused, 429, "slow_down");
    expect(refused.headers.get("retry-after")).toBe("90");
    expect(refused.body["retry_after"]).toBe(90);
    harness.clock.advance(90_000);
    expectOk(await signIn());
    expectError(await signIn(), 429, "slow_down");
  });

  it("leave other addresses and other people alone", async () => {
    await tryOften(10, { body: wrong });
    expectOk(await signIn({ remoteAddress: "192.0.2.2" }));
    const other = JSON.stringify({ email: "other@example.org", password });
    expectError(await signIn({ body: other }), 403, "access_denied");
  });

  it("count a whole IPv6 network of a caller as one", async () => {
    await tryOften(10, { body: wrong, remoteAddress: "2001:db8:1:2::1" });
    expectError(await signIn({ remoteAddress: "2001:db8:1:2:ffff::9" }), 429, "slow_down");
    expectOk(await signIn({ remoteAddress: "2001:db8:1:3::1" }));
  });

  it("for many e-mail addresses from one address are slowed", async () => {
    await harness.close();
    harness = await openHarness({ config: { signInAttemptsPerAddress: 5 } });
    for (let round = 0; round < 5; round++) {
      await signIn({ body: JSON.stringify({ email: `p${round}@example.org`, password: "x" }) });
    }
    expectError(await signIn(), 429, "slow_down");
    expectOk(await signIn({ remoteAddress: "192.0.2.2" }));
  });
});

it("notes tries in the audit log, without address and password", async () => {
  await signIn();
  await signIn({ body: wrong });
  expect((await harness.audit()).filter((line) => line.startsWith("account")).sort()).toEqual([
    "account.sign_in access_denied",
    "account.sign_in ok",
  ]);
  const failed = await harness.database.stores.auditLog.list({ outcome: "failed" });
  expect(failed).toMatchObject([{ accountId: harness.accountId, remoteAddress: "192.0.2.1" }]);
  const records = JSON.stringify(await harness.database.stores.auditLog.list());
  expect(records).not.toContain("wrong password");
  expect(records).not.toContain(password);
});
