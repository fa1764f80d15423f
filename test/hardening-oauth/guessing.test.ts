// Attacks that guess: at secrets, codes, tokens, passwords and accounts. What is slowed, what is told, and who else feels it.

import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type AuthConfig, configSchema } from "../../packages/server/src/config/index.js";
import { secretMatches } from "../../packages/server/src/auth/checks/client-authentication.js";
import { hashOf } from "../../packages/server/src/auth/secrets.js";
import { Browser } from "../authorization/browser.js";
import { expectError, expectOk } from "../authorization/expect-answer.js";
import { type Harness, device, email, openHarness, password } from "../authorization/harness.js";

const few: Partial<AuthConfig> = {
  failuresPerAddress: 5,
  failuresPerClient: 20,
  attemptWindow: 60,
};
let harness: Harness;
beforeEach(async () => {
  harness = await openHarness({ config: few });
});
afterEach(() => harness.close());

const from = (remoteAddress: string) => ({ remoteAddress });
const guessSecret = (address: string, secret = "wrong") =>
  harness.token(
    { grant_type: "refresh_token", refresh_token: "x", ...device, client_secret: secret },
    from(address),
  );

async function signIn(address: string, given: string, who = email) {
  const response = await harness.server.app.fetch(
    new Request("https://trefoil.example/account/sign-in", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email: who, password: given }),
    }),
    { remoteAddress: address },
  );
  return { status: response.status, text: await response.text() };
}

describe("timing of secrets", () => {
  it("tells nothing: each comparison is of two hashes in constant time, all live secrets are compared", () => {
    const compare = vi.spyOn(crypto, "timingSafeEqual");
    syncBuiltinESMExports();
    const client = { clientId: "c", name: "C", redirectUris: [], createdAt: 1, disabledAt: null };
    const secretHashes = [hashOf("new"), hashOf("old")];
    for (const presented of ["new", "old", "wrong", "", "n".repeat(512)]) {
      compare.mockClear();
      secretMatches({ client, secretHashes }, presented);
      expect(compare).toHaveBeenCalledTimes(2);
      for (const [a, b] of compare.mock.calls) expect(a.byteLength).toBe(b.byteLength);
    }
    // An unknown client costs one as well.
    compare.mockClear();
    expect(secretMatches(undefined, "nobody")).toBe(false);
    expect(compare).toHaveBeenCalledTimes(1);
    compare.mockRestore();
    syncBuiltinESMExports();
  });
});

describe("enumeration", () => {
  it("of clients: an unknown one and a wrong secret are answered alike", async () => {
    const unknown = await harness.token({
      grant_type: "refresh_token",
      refresh_token: "x",
      ...device,
      client_id: "unknown",
    });
    const wrong = await guessSecret("192.0.2.1");
    expect([unknown.status, unknown.text]).toEqual([wrong.status, wrong.text]);
  });

  it("of accounts: an unknown address and a wrong password are answered alike", async () => {
    const unknown = await signIn("192.0.2.1", "wrong", "nobody@example.org");
    expect(unknown).toEqual(await signIn("192.0.2.1", "wrong"));
    expect(unknown.status).toBe(403);
  });

  it("of tokens: an unknown one and somebody else's are answered alike", async () => {
    const { refreshToken } = await harness.pair();
    const other = await harness.server.clients.create({ name: "Stranger" });
    const stranger = { client_id: other.clientId, client_secret: other.clientSecret };
    const known = await harness.refresh(refreshToken, stranger);
    const unknown = await harness.refresh("y".repeat(43), stranger);
    expect([known.status, known.text]).toEqual([unknown.status, unknown.text]);
  });

  it("of what is switched off: told to nobody who does not know the secret", async () => {
    await harness.server.clients.disable(harness.clientId);
    expectError(await guessSecret("192.0.2.1"), 400, "invalid_client");
  });
});

describe("brute force", () => {
  it("from one address is slowed with 429 and Retry-After, before the secret is looked at", async () => {
    for (let round = 0; round < 5; round++) await guessSecret("192.0.2.66");
    const wrong = await guessSecret("192.0.2.66");
    const right = await guessSecret("192.0.2.66", harness.clientSecret);
    expectError(wrong, 429, "slow_down");
    expect(right.text).toBe(wrong.text);
    expect(Number(wrong.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  it("from very many addresses at one client is slowed as well (botnet)", async () => {
    for (let round = 0; round < 20; round++) await guessSecret(`198.51.100.${round}`);
    expectError(await guessSecret("203.0.113.1"), 429, "slow_down");
  });

  it("from one IPv6 network with an address for each try is one address", async () => {
    for (let round = 0; round < 5; round++) await guessSecret(`2001:db8:1:2::${round + 1}`);
    expectError(await guessSecret("2001:db8:1:2:ffff::1"), 429, "slow_down");
  });

  it("at one person's password from very many addresses is slowed (credential stuffing)", async () => {
    await harness.close();
    harness = await openHarness({ config: { signInFailuresPerAccount: 5 } });
    for (let round = 0; round < 5; round++) await signIn(`198.51.100.${round}`, "wrong");
    expect((await signIn("203.0.113.1", password)).status).toBe(429);
  });

  it("is not forgiven by a success of the attacker's own", async () => {
    for (let round = 0; round < 5; round++) {
      await guessSecret("192.0.2.66");
      await harness.authorize({}, from("192.0.2.66"));
    }
    expectError(await guessSecret("192.0.2.66"), 429, "slow_down");
  });
});

describe("denial of service by guessing", () => {
  it("locks nobody out of a shared address for good: it is slowed, and the budget flows back", async () => {
    for (let round = 0; round < 200; round++) await guessSecret("192.0.2.66");
    const guest = () =>
      harness.authorize({ request_vu: "Y" }, { headers: {}, ...from("192.0.2.66") });
    expectError(await guest(), 429, "slow_down");
    // Whoever proves their account does not even wait.
    expectOk(await harness.authorize({}, from("192.0.2.66")));
    harness.clock.advance(12_000);
    expectOk(await guest());
  });

  it("keeps no device out that holds a live token, at a shared address or with a client under attack", async () => {
    const pair = await harness.pair();
    for (let round = 0; round < 200; round++) await guessSecret("192.0.2.66");
    for (let round = 0; round < 40; round++) await guessSecret(`198.51.100.${round}`);
    expectOk(await harness.refresh(pair.refreshToken, {}, from("192.0.2.66")));
  });

  it("keeps nobody out of their own account: who signed in there before gets in", async () => {
    await harness.close();
    harness = await openHarness({ config: { signInFailuresPerAccount: 5 } });
    await signIn("192.0.2.1", password);
    for (let round = 0; round < 50; round++) await signIn(`198.51.100.${round}`, "wrong");
    expect((await signIn("192.0.2.1", password)).status).toBe(200);
  });

  it("uses up no device's budget by calling oneself by its name", async () => {
    const { refreshToken } = await harness.pair();
    for (let round = 0; round < 150; round++) {
      await harness.refresh("guess", {}, from(`198.51.100.${round}`));
    }
    expectOk(await harness.refresh(refreshToken));
  });

  it("uses up no device's budget by asking for codes in its name (RFC 8628), with a secret out of some firmware", async () => {
    const { refreshToken } = await harness.pair();
    const ask = (address: string) =>
      harness.send(
        "/device_authorization",
        { client_id: harness.clientId, client_secret: harness.clientSecret, ...device },
        { shape: "POST body", ...from(address) },
      );
    const answers = [];
    for (let round = 0; round < 150; round++) answers.push((await ask("198.51.100.1")).status);
    expect(answers).toContain(429);
    expectOk(await harness.refresh(refreshToken));
    // Nor its own way in by a code, from where it is.
    expectOk(await ask("192.0.2.1"));
  });
});

describe("a flood", () => {
  it("of refusals does not fill the audit log", async () => {
    for (let round = 0; round < 1_000; round++) await guessSecret("192.0.2.66");
    const lines = (await harness.audit()).filter((line) => line.startsWith("token.refresh"));
    expect(lines.length).toBeLessThanOrEqual(5 + 60);
  });

  it("of made-up ways back from a provider elsewhere does not fill it", async () => {
    await harness.close();
    const { oidc } = configSchema.parse({
      auth: { oidc: { preset: "line", clientId: "c" } },
    }).auth;
    harness = await openHarness({ config: { ...few, identityProvider: "oidc", oidc } });
    const browser = new Browser(harness);
    for (let round = 0; round < 300; round++) {
      await browser.open("https://trefoil.example/sign-in/outside/back?code=x&state=y.z");
    }
    const lines = (await harness.audit()).filter((line) => line.startsWith("account.sign_in"));
    expect(lines.length).toBeLessThanOrEqual(5 + 60);
  });

  it("of malformed requests to the OpenID Connect provider does not fill it", async () => {
    for (let round = 0; round < 300; round++) {
      await harness.send("/oidc/token", { grant_type: "x" }, { shape: "POST body" });
    }
    const lines = (await harness.audit()).filter((line) => line.startsWith("oidc.token"));
    expect(lines.length).toBeLessThanOrEqual(60);
  });

  it("of forms fills no table without end", async () => {
    await harness.close();
    harness = await openHarness({ config: { formsPerAddress: 10 } });
    const browser = new Browser(harness);
    const answers = [];
    for (let round = 0; round < 30; round++) {
      const page = await browser.open("https://trefoil.example/sign-up");
      answers.push(await browser.submit(page, {}));
    }
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(10);
    expect(answers.at(-1)?.status).toBe(429);
    expect(Number(answers.at(-1)?.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(answers.at(-1)?.html).toContain("Too many tries");
    // It is slowed, and nobody is locked out for good.
    harness.clock.advance(900_000);
    const page = await browser.open("https://trefoil.example/sign-up");
    expect((await browser.submit(page, {})).status).toBe(422);
  });

  it("of sign-ins that apps begin fills no table without end", async () => {
    await harness.close();
    harness = await openHarness({ config: { formsPerAddress: 10 }, startAt: Date.now() - 5_000 });
    const redirectUri = "https://app.example/back";
    await harness.server.clients.setRedirectUris(harness.clientId, [redirectUri]);
    const query = new URLSearchParams({
      client_id: harness.clientId,
      redirect_uri: redirectUri,
      response_type: "code",
      scope: "openid",
      code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
      code_challenge_method: "S256",
    });
    const answers = [];
    for (let round = 0; round < 30; round++) {
      const url = `https://localhost/oidc/auth?${query.toString()}`;
      answers.push(await new Browser(harness).open(url));
    }
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(10);
    expect(answers.at(-1)?.status).toBe(429);
    expect(answers.at(-1)?.html).toContain("Too many tries");
  });

  it("of bytes that never end is not gathered by the OpenID Connect provider", async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536).fill(0x61));
        if (sent > 64 * 65_536) controller.close();
      },
    });
    const response = await harness.server.app.fetch(
      new Request("https://trefoil.example/oidc/token", {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: endless,
        duplex: "half",
      }),
    );
    expect(response.status).toBe(413);
    expect(sent).toBeLessThan(8 * 65_536);
  });

  it("of guests fills no table without end, and makes no accounts", async () => {
    await harness.close();
    harness = await openHarness({ config: { guestsPerAddress: 10 } });
    const answers = [];
    for (let round = 0; round < 50; round++) {
      answers.push(
        await harness.authorize({ request_vu: "Y", device_id: `g${round}` }, { headers: {} }),
      );
    }
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(await harness.database.stores.accounts.list("guest")).toEqual([]);
  });

  it("of sign-ins is answered 503 or 429 rather than taking the machine's memory (argon2)", async () => {
    await harness.close();
    harness = await openHarness();
    const answers = await Promise.all(
      Array.from({ length: 150 }, (_, index) => signIn(`198.51.100.${index}`, "wrong")),
    );
    const statuses = new Set(answers.map(({ status }) => status));
    expect([...statuses].every((status) => [403, 429, 503].includes(status))).toBe(true);
    expect(statuses.has(503) || statuses.has(429)).toBe(true);
  });
});
