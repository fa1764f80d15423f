// Attacks on codes and tokens. Each test names the attack; the rules are those of RFC 9700.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openDatabase } from "../../packages/server/src/storage/index.js";
import { expectError, expectOk } from "../authorization/expect-answer.js";
import { type Harness, device, openHarness, pairOf } from "../authorization/harness.js";

let harness: Harness;
beforeEach(async () => {
  harness = await openHarness();
});
afterEach(() => harness.close());

const exchange = (code: string, fields: Record<string, string> = {}) =>
  harness.token({ grant_type: "authorization_code", code, ...device, ...fields });

describe("a stolen authorization code", () => {
  it("that the thief presents second gives nothing, and ends what it gave (RFC 9700 section 4.5)", async () => {
    const code = await harness.code();
    const { accessToken, refreshToken } = pairOf((await exchange(code)).body);
    expectError(await exchange(code), 400, "invalid_grant");
    expect(await harness.works(accessToken)).toBe(false);
    expect((await harness.refresh(refreshToken)).status).toBe(400);
  });

  it("that the thief presents first ends with the device's own try", async () => {
    const code = await harness.code();
    const stolen = pairOf((await exchange(code)).body);
    expectError(await exchange(code), 400, "invalid_grant");
    expect(await harness.works(stolen.accessToken)).toBe(false);
    expect(await harness.audit()).toContain("grant.revoke ok");
  });

  it("is of no use with another device, another model or another client", async () => {
    const other = await harness.server.clients.create({ name: "Thief" });
    const code = await harness.code();
    for (const fields of [
      { device_id: "thief" },
      { model_id: "thief" },
      { client_id: other.clientId, client_secret: other.clientSecret },
    ]) {
      expectError(await exchange(code, fields), 400, "invalid_grant");
    }
    // Nor does the thief's try use it up.
    expectOk(await exchange(code));
  });

  it("is of no use without its code_verifier, and PKCE cannot be stripped (downgrade, RFC 9700 section 4.8)", async () => {
    const challenge = {
      code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
      code_challenge_method: "S256",
    };
    const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const code = await harness.code(challenge);
    expectError(await exchange(code), 400, "invalid_grant");
    const plain = { ...challenge, code_challenge_method: "plain" };
    expectError(await harness.authorize(plain), 400, "invalid_request");
    // The challenge was cut out on the way: the verifier shows it.
    const stripped = await harness.code();
    expectError(await exchange(stripped, { code_verifier: verifier }), 400, "invalid_grant");
    expectOk(await exchange(code, { code_verifier: verifier }));
  });

  it("is exchanged once where many race for it", async () => {
    const code = await harness.code();
    const answers = await Promise.all(Array.from({ length: 20 }, () => exchange(code)));
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
  });

  it("is of no use after ten minutes, or once its account withdrew", async () => {
    const late = await harness.code();
    harness.clock.advance(600_000);
    expectError(await exchange(late), 400, "invalid_grant");
    const code = await harness.code();
    await harness.server.withdrawals.withdraw(harness.accountId, { by: "account" });
    expectError(await exchange(code), 400, "invalid_grant");
  });

  it("is not used up by a link preview or a HEAD request", async () => {
    const code = await harness.code();
    const query = new URLSearchParams({
      grant_type: "authorization_code",
      client_id: harness.clientId,
      client_secret: harness.clientSecret,
      code,
      ...device,
    });
    const head = await harness.server.app.fetch(
      new Request(`https://trefoil.example/token?${query.toString()}`, { method: "HEAD" }),
    );
    expect(head.status).toBe(405);
    expectOk(await exchange(code));
  });
});

describe("a stolen refresh token", () => {
  it("that the thief uses after the device ends the whole grant, and is noted (RFC 9700 section 4.14)", async () => {
    const first = await harness.pair();
    const second = pairOf((await harness.refresh(first.refreshToken)).body);
    expect(await harness.works(second.accessToken)).toBe(true);
    const reused = await harness.refresh(first.refreshToken);
    expectError(reused, 400, "expired_token", "refresh token has been used");
    expect(await harness.works(second.accessToken)).toBe(false);
    expect((await harness.refresh(second.refreshToken)).status).toBe(400);
    const audit = await harness.audit();
    expect(audit).toContain("token.refresh expired_token");
    expect(audit).toContain("grant.revoke ok");
  });

  it("that the thief uses before the device ends the thief's pair with the device's next try", async () => {
    const first = await harness.pair();
    const stolen = pairOf((await harness.refresh(first.refreshToken)).body);
    expect(await harness.works(stolen.accessToken)).toBe(true);
    expectError(await harness.refresh(first.refreshToken), 400, "expired_token");
    expect(await harness.works(stolen.accessToken)).toBe(false);
  });

  it("gives no second pair: within the window every retry is answered with the same", async () => {
    const { refreshToken } = await harness.pair();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => harness.refresh(refreshToken)),
    );
    expect(new Set(answers.map(({ body }) => body["refresh_token"])).size).toBe(1);
    expect(new Set(answers.map(({ body }) => body["access_token"])).size).toBe(1);
  });

  it("is of no use with another client, device or model", async () => {
    const other = await harness.server.clients.create({ name: "Thief" });
    const { refreshToken } = await harness.pair();
    for (const fields of [
      { device_id: "thief" },
      { model_id: "thief" },
      { client_id: other.clientId, client_secret: other.clientSecret },
    ]) {
      expectError(await harness.refresh(refreshToken, fields), 400, "invalid_grant");
    }
    expectOk(await harness.refresh(refreshToken));
  });
});

describe("a fleet that loses power between the answer and the flash write", () => {
  it("is not logged out: each device gets its pair again within a minute, in whichever process", async () => {
    const directory = mkdtempSync(join(tmpdir(), "trefoil-fleet-"));
    const settings = { kind: "sqlite", file: join(directory, "trefoil.db") } as const;
    const [mine, other] = [await openDatabase(settings), await openDatabase(settings)];
    const one = await openHarness({ database: mine });
    const two = await openHarness({ database: other });
    const credentials = { client_id: one.clientId, client_secret: one.clientSecret };
    for (let unit = 0; unit < 20; unit++) {
      const named = { device_id: `unit ${unit}` };
      const { refreshToken } = await one.pair(named);
      const lost = await one.refresh(refreshToken, named);
      two.clock.advance(1_000);
      const again = await two.refresh(refreshToken, { ...named, ...credentials });
      expectOk(again);
      expect(again.body["refresh_token"]).toBe(lost.body["refresh_token"]);
      expectOk(
        await two.refresh(String(again.body["refresh_token"]), { ...named, ...credentials }),
      );
    }
    for (const each of [one, two]) await each.close();
    await mine.close();
    await other.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it("opens no window for a thief: it ends with the first use of the new pair, and with the minute", async () => {
    const first = await harness.pair();
    await harness.refresh(first.refreshToken);
    harness.clock.advance(60_001);
    expectError(await harness.refresh(first.refreshToken), 400, "expired_token");
  });
});

describe("a stolen access token", () => {
  it("is revoked in the turn in which its grant is, wherever it is held open", async () => {
    const { accessToken, refreshToken } = await harness.pair();
    const heard = vi.fn<() => void>();
    (await harness.server.tokens.verify(accessToken))?.onRevoked(heard);
    await harness.refresh(refreshToken);
    await harness.deleteToken(accessToken);
    expect(heard).toHaveBeenCalledTimes(1);
  });

  it("of another client cannot be ended, and its existence is not told", async () => {
    const { accessToken } = await harness.pair();
    const other = await harness.server.clients.create({ name: "Stranger" });
    const stranger = { client_id: other.clientId, client_secret: other.clientSecret };
    const known = await harness.deleteToken(accessToken, stranger);
    const unknown = await harness.deleteToken("x".repeat(43), stranger);
    expect([known.status, known.text]).toEqual([unknown.status, unknown.text]);
    expect(await harness.works(accessToken)).toBe(true);
  });

  it("is looked up by its hash, so that no comparison of characters tells how much of a guess was right", async () => {
    const { accessToken } = await harness.pair();
    const find = vi.spyOn(harness.database.stores.accessTokens, "find");
    await harness.server.tokens.verify(`${accessToken.slice(0, -1)}x`);
    expect(find).toHaveBeenCalledTimes(1);
    expect(Buffer.from(find.mock.calls[0]?.[0] ?? []).byteLength).toBe(32);
    find.mockRestore();
  });
});
