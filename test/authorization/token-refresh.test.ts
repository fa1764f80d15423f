// `grant_type=refresh_token`: every row of its table, by GET and POST, from query and body; rotation, reuse, retry window.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { expectError, expectOk } from "./expect-answer.js";
import { type Harness, openHarness, pairOf, shapes } from "./harness.js";

let harness: Harness;
beforeEach(async () => {
  harness = await openHarness();
});
afterEach(() => harness.close());

const required = ["client_id", "client_secret", "refresh_token", "model_id"] as const;
const used = "refresh token has been used";

describe.each(shapes)("asked by %s, the grant refresh_token", (shape) => {
  it("answers 200 with the four members, both tokens new", async () => {
    const first = await harness.pair();
    const answer = await harness.refresh(first.refreshToken, {}, { shape });
    expectOk(answer);
    expect(answer.body).toEqual({
      access_token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/) as string,
      expires_in: 332_000,
      refresh_token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/) as string,
      token_type: "Bearer",
    });
    const second = pairOf(answer.body);
    expect(
      new Set([first.accessToken, first.refreshToken, second.accessToken, second.refreshToken])
        .size,
    ).toBe(4);
    expect(await harness.works(second.accessToken)).toBe(true);
  });

  it("does without device_id, but it must match when given", async () => {
    const first = await harness.pair();
    const other = { device_id: "another" };
    const answer = await harness.refresh(first.refreshToken, other, { shape });
    expectError(answer, 400, "invalid_grant", "another device_id or model_id");
    expectOk(await harness.refresh(first.refreshToken, { device_id: undefined }, { shape }));
  });

  it("answers 400 invalid_grant to another model_id, and keeps the token", async () => {
    const { refreshToken } = await harness.pair();
    const answer = await harness.refresh(refreshToken, { model_id: "another" }, { shape });
    expectError(answer, 400, "invalid_grant", "another device_id or model_id");
    expectOk(await harness.refresh(refreshToken, {}, { shape }));
  });

  it.each(required)("answers 400 where %s is missing or empty", async (name) => {
    const { refreshToken } = await harness.pair();
    for (const value of [undefined, ""]) {
      const answer = await harness.refresh(refreshToken, { [name]: value }, { shape });
      expectError(answer, 400, "invalid_request", `The parameter ${name} is missing.`);
    }
    expectOk(await harness.refresh(refreshToken, {}, { shape }));
  });

  it.each([...required, "device_id"] as const)(
    "answers 400 where %s is given twice",
    async (name) => {
      const { refreshToken } = await harness.pair();
      const fields = {
        grant_type: "refresh_token",
        client_id: harness.clientId,
        client_secret: harness.clientSecret,
        refresh_token: refreshToken,
        device_id: "8c:85:90:01:02:03",
        model_id: "test_model",
      };
      const pairs = [...Object.entries(fields), [name, fields[name]] as const];
      const answer = await harness.send("/token", pairs, { shape });
      expectError(answer, 400, "invalid_request", `The parameter ${name} was given twice.`);
    },
  );

  it.each([
    ["client_id", 256],
    ["client_secret", 512],
    ["refresh_token", 512],
    ["device_id", 128],
    ["model_id", 128],
  ] as const)("answers 400 where %s is longer than %d bytes", async (name, bound) => {
    const answer = await harness.refresh("x", { [name]: "x".repeat(bound + 1) }, { shape });
    expectError(answer, 400, "invalid_request", `${name} is longer than ${bound} bytes`);
  });

  it("answers 400 invalid_client the same to a wrong secret and to an unknown client", async () => {
    const { refreshToken } = await harness.pair();
    const wrong = await harness.refresh(refreshToken, { client_secret: "wrong" }, { shape });
    const unknown = await harness.refresh(refreshToken, { client_id: "nobody" }, { shape });
    expectError(wrong, 400, "invalid_client");
    expect(unknown.text).toBe(wrong.text);
    expectOk(await harness.refresh(refreshToken, {}, { shape }));
  });

  it("answers 400 invalid_grant to an unknown token, an access token, and another client's", async () => {
    const pair = await harness.pair();
    const unknown = await harness.refresh("unknown", {}, { shape });
    expectError(unknown, 400, "invalid_grant", "The refresh token is unknown.");
    const access = await harness.refresh(pair.accessToken, {}, { shape });
    expect(access.text).toBe(unknown.text);
    const other = await harness.server.clients.create({ name: "Other" });
    const theirs = await harness.refresh(
      pair.refreshToken,
      { client_id: other.clientId, client_secret: other.clientSecret },
      { shape },
    );
    expect(theirs.text).toBe(unknown.text);
    expectOk(await harness.refresh(pair.refreshToken, {}, { shape }));
  });

  it("answers 400 expired_token to a spent token, and revokes the family", async () => {
    const first = await harness.pair();
    const second = pairOf((await harness.refresh(first.refreshToken, {}, { shape })).body);
    harness.clock.advance(60_001);
    const reused = await harness.refresh(first.refreshToken, {}, { shape });
    expectError(reused, 400, "expired_token", used);
    expect(reused.body).toEqual({ error: "expired_token", error_description: used });
    expect(await harness.works(first.accessToken)).toBe(false);
    expect(await harness.works(second.accessToken)).toBe(false);
    const dead = await harness.refresh(second.refreshToken, {}, { shape });
    expectError(dead, 400, "invalid_grant", "revoked");
    const again = await harness.refresh(first.refreshToken, {}, { shape });
    expectError(again, 400, "expired_token", used);
  });

  it("answers the same new pair again within the retry window", async () => {
    const first = await harness.pair();
    const lost = await harness.refresh(first.refreshToken, {}, { shape });
    harness.clock.advance(60_000);
    const retried = await harness.refresh(first.refreshToken, {}, { shape });
    expectOk(retried);
    expect(retried.body).toEqual({ ...lost.body, expires_in: 332_000 - 60 });
    const pair = pairOf(retried.body);
    expect(await harness.works(pair.accessToken)).toBe(true);
    expectOk(await harness.refresh(pair.refreshToken, {}, { shape }));
  });

  it("ends the retry window when the new access token is used", async () => {
    const first = await harness.pair();
    const second = pairOf((await harness.refresh(first.refreshToken, {}, { shape })).body);
    expect(await harness.works(second.accessToken)).toBe(true);
    const retried = await harness.refresh(first.refreshToken, {}, { shape });
    expectError(retried, 400, "expired_token", used);
    expect(await harness.works(second.accessToken)).toBe(false);
  });

  it("ends the retry window when the new refresh token is used", async () => {
    const first = await harness.pair();
    const second = pairOf((await harness.refresh(first.refreshToken, {}, { shape })).body);
    const third = pairOf((await harness.refresh(second.refreshToken, {}, { shape })).body);
    const retried = await harness.refresh(first.refreshToken, {}, { shape });
    expectError(retried, 400, "expired_token", used);
    expect(await harness.works(third.accessToken)).toBe(false);
  });

  it("answers 400 unauthorized_client where the owner removed the device, spent token or not", async () => {
    const first = await harness.pair();
    const second = pairOf((await harness.refresh(first.refreshToken, {}, { shape })).body);
    const [device] = await harness.server.devices.list();
    await harness.server.devices.remove(device!.deviceKey);
    for (const token of [second.refreshToken, first.refreshToken]) {
      expectError(await harness.refresh(token, {}, { shape }), 400, "unauthorized_client");
    }
    expect(await harness.works(second.accessToken)).toBe(false);
  });

  it("answers 400 unauthorized_client where the client was switched off, also after it is on again", async () => {
    const { refreshToken, accessToken } = await harness.pair();
    await harness.server.clients.disable(harness.clientId);
    expect(await harness.works(accessToken)).toBe(false);
    expectError(await harness.refresh(refreshToken, {}, { shape }), 400, "unauthorized_client");
    await harness.server.clients.enable(harness.clientId);
    expectError(await harness.refresh(refreshToken, {}, { shape }), 400, "unauthorized_client");
    expectOk(await harness.refresh((await harness.pair()).refreshToken, {}, { shape }));
  });

  it("answers 400 invalid_grant after delete", async () => {
    const { refreshToken, accessToken } = await harness.pair();
    expectOk(await harness.deleteToken(accessToken));
    const answer = await harness.refresh(refreshToken, {}, { shape });
    expectError(answer, 400, "invalid_grant", "revoked");
  });

  it("answers 400 invalid_grant a year after it was last used, and slides", async () => {
    const year = 31_536_000_000;
    const first = await harness.pair();
    harness.clock.advance(year - 1);
    const second = pairOf((await harness.refresh(first.refreshToken, {}, { shape })).body);
    harness.clock.advance(year - 1);
    const third = pairOf((await harness.refresh(second.refreshToken, {}, { shape })).body);
    harness.clock.advance(year);
    const late = await harness.refresh(third.refreshToken, {}, { shape });
    expectError(late, 400, "invalid_grant", "expired");
  });
});

it("answers one and the same pair to many that refresh at the same time", async () => {
  const { refreshToken } = await harness.pair();
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => harness.refresh(refreshToken)),
  );
  for (const answer of answers) expectOk(answer);
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
});

it("keeps the access token before alive until it expires by itself", async () => {
  const first = await harness.pair();
  expect(await harness.works(first.accessToken)).toBe(true);
  await harness.refresh(first.refreshToken);
  expect(await harness.works(first.accessToken)).toBe(true);
  harness.clock.advance(332_000_000);
  expect(await harness.works(first.accessToken)).toBe(false);
});

it("has no retry window where it is configured to none", async () => {
  const strict = await openHarness({ config: { refreshRetryWindow: 0 } });
  try {
    const { refreshToken } = await strict.pair();
    expectOk(await strict.refresh(refreshToken));
    expectError(await strict.refresh(refreshToken), 400, "expired_token", used);
  } finally {
    await strict.close();
  }
});

it("does not repeat a pair within the window after the family was revoked", async () => {
  const first = await harness.pair();
  const second = pairOf((await harness.refresh(first.refreshToken)).body);
  await harness.deleteToken(second.accessToken);
  expectError(await harness.refresh(first.refreshToken), 400, "expired_token", used);
});

it("notes refresh, repetition and reuse in the audit log", async () => {
  const { refreshToken } = await harness.pair();
  await harness.refresh(refreshToken);
  await harness.refresh(refreshToken);
  harness.clock.advance(60_001);
  await harness.refresh(refreshToken);
  const lines = await harness.audit();
  expect(lines.filter((line) => line === "token.refresh ok")).toHaveLength(2);
  expect(lines).toContain("token.refresh expired_token");
  expect(lines).toContain("grant.revoke ok");
});

it("says in the audit log whose grant ended by a reuse, and from where", async () => {
  const { refreshToken } = await harness.pair();
  await harness.refresh(refreshToken);
  harness.clock.advance(60_001);
  await harness.refresh(refreshToken);
  await harness.server.flushAudit();
  const records = await harness.database.stores.auditLog.list({ limit: 1_000 });
  const refreshed = records.find(({ event }) => event === "token.refresh");
  const issued = records.find(({ event }) => event === "token.issue");
  const revoked = records.find(({ event }) => event === "grant.revoke");
  expect(issued?.grantId).toBeTypeOf("string");
  expect(refreshed?.remoteAddress).toBeTypeOf("string");
  expect(revoked).toMatchObject({
    grantId: issued?.grantId,
    accountId: issued?.accountId,
    clientId: issued?.clientId,
    deviceKey: issued?.deviceKey,
    remoteAddress: refreshed?.remoteAddress,
    detail: "refresh_token_reused",
  });
});
