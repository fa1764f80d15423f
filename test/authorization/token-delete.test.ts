// `grant_type=delete`: every row of its table, by GET and POST, from query and body.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { expectError, expectOk } from "./expect-answer.js";
import { type Harness, device, openHarness, pairOf, shapes } from "./harness.js";

let harness: Harness;
beforeEach(async () => {
  harness = await openHarness();
});
afterEach(() => harness.close());

const required = ["client_id", "client_secret", "access_token", "device_id", "model_id"] as const;

describe.each(shapes)("asked by %s, the grant delete", (shape) => {
  it("answers 200 with the token, its client and what was left of it", async () => {
    const { accessToken } = await harness.pair();
    harness.clock.advance(1_500);
    const answer = await harness.deleteToken(accessToken, {}, { shape });
    expectOk(answer);
    expect(answer.body).toEqual({
      access_token: accessToken,
      client_id: harness.clientId,
      expires_in: 331_998,
    });
  });

  it("revokes access and refresh token, and those before them", async () => {
    const first = await harness.pair();
    const second = pairOf((await harness.refresh(first.refreshToken)).body);
    expect(await harness.works(first.accessToken)).toBe(true);
    expectOk(await harness.deleteToken(second.accessToken, {}, { shape }));
    expect(await harness.works(first.accessToken)).toBe(false);
    expect(await harness.works(second.accessToken)).toBe(false);
    expectError(await harness.refresh(second.refreshToken), 400, "invalid_grant");
  });

  it.each(required)("answers 400 where %s is missing or empty", async (name) => {
    const { accessToken } = await harness.pair();
    for (const value of [undefined, ""]) {
      const answer = await harness.deleteToken(accessToken, { [name]: value }, { shape });
      expectError(answer, 400, "invalid_request", `The parameter ${name} is missing.`);
    }
    expect(await harness.works(accessToken)).toBe(true);
  });

  it.each(required)("answers 400 where %s is given twice", async (name) => {
    const { accessToken } = await harness.pair();
    const fields = {
      grant_type: "delete",
      client_id: harness.clientId,
      client_secret: harness.clientSecret,
      access_token: accessToken,
      ...device,
    };
    const pairs = [...Object.entries(fields), [name, fields[name]] as const];
    const answer = await harness.send("/token", pairs, { shape });
    expectError(answer, 400, "invalid_request", `The parameter ${name} was given twice.`);
    expect(await harness.works(accessToken)).toBe(true);
  });

  it.each([
    ["client_id", 256],
    ["client_secret", 512],
    ["access_token", 512],
    ["device_id", 128],
    ["model_id", 128],
  ] as const)("answers 400 where %s is longer than %d bytes", async (name, bound) => {
    const answer = await harness.deleteToken("x", { [name]: "x".repeat(bound + 1) }, { shape });
    expectError(answer, 400, "invalid_request", `${name} is longer than ${bound} bytes`);
  });

  it("answers 401 invalid_client, with a challenge, the same to a wrong secret and to an unknown client", async () => {
    const { accessToken } = await harness.pair();
    const wrong = await harness.deleteToken(accessToken, { client_secret: "wrong" }, { shape });
    const unknown = await harness.deleteToken(accessToken, { client_id: "nobody" }, { shape });
    expectError(wrong, 401, "invalid_client");
    expect(wrong.headers.get("www-authenticate")).toMatch(/^Basic realm=/);
    expect(unknown.text).toBe(wrong.text);
    expect(await harness.works(accessToken)).toBe(true);
  });

  it.each(["device_id", "model_id"])("answers 401 to another %s", async (name) => {
    const { accessToken } = await harness.pair();
    const answer = await harness.deleteToken(accessToken, { [name]: "another" }, { shape });
    expectError(answer, 401, "invalid_grant", "another device_id or model_id");
    expect(answer.headers.get("www-authenticate")).toMatch(/^Basic realm=/);
    expect(await harness.works(accessToken)).toBe(true);
  });

  it("answers 400 invalid_grant to an unknown token, a refresh token, someone else's, and a deleted one", async () => {
    const pair = await harness.pair();
    const unknown = await harness.deleteToken("unknown", {}, { shape });
    expectError(unknown, 400, "invalid_grant", "The access token is unknown.");
    expect((await harness.deleteToken(pair.refreshToken, {}, { shape })).text).toBe(unknown.text);
    const other = await harness.server.clients.create({ name: "Other" });
    const theirs = { client_id: other.clientId, client_secret: other.clientSecret };
    expect((await harness.deleteToken(pair.accessToken, theirs, { shape })).text).toBe(
      unknown.text,
    );
    expect(await harness.works(pair.accessToken)).toBe(true);
    expectOk(await harness.deleteToken(pair.accessToken, {}, { shape }));
    expect((await harness.deleteToken(pair.accessToken, {}, { shape })).text).toBe(unknown.text);
  });

  it("takes an expired token back, with nothing left of it, and revokes the refresh token", async () => {
    const pair = await harness.pair();
    harness.clock.advance(332_000_000);
    const answer = await harness.deleteToken(pair.accessToken, {}, { shape });
    expectOk(answer);
    expect(answer.body["expires_in"]).toBe(0);
    expectError(await harness.refresh(pair.refreshToken), 400, "invalid_grant", "revoked");
  });

  it("answers 400 unauthorized_client where the client was switched off", async () => {
    const { accessToken } = await harness.pair();
    await harness.server.clients.disable(harness.clientId);
    const answer = await harness.deleteToken(accessToken, {}, { shape });
    expectError(answer, 400, "unauthorized_client");
  });
});

it("leaves the account's other devices, and an earlier sign-in of the same device, alone", async () => {
  const earlier = await harness.pair();
  const other = await harness.pair({ device_id: "other" });
  const present = await harness.pair();
  expectOk(await harness.deleteToken(present.accessToken));
  expect(await harness.works(earlier.accessToken)).toBe(true);
  expect(await harness.works(other.accessToken)).toBe(true);
});

it("answers 200 to one alone of many that delete at the same time", async () => {
  const { accessToken } = await harness.pair();
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => harness.deleteToken(accessToken)),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 400)).toHaveLength(5);
});
