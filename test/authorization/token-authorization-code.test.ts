// `grant_type=authorization_code`: every row of its table, by GET and POST, from query and body.

import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { expectError, expectOk } from "./expect-answer.js";
import { type Fields, type Harness, device, openHarness, pairOf, shapes } from "./harness.js";

let harness: Harness;
beforeEach(async () => {
  harness = await openHarness();
});
afterEach(() => harness.close());

const required = ["client_id", "client_secret", "code", "device_id", "model_id"] as const;
const exchange = (code: string, fields: Fields = {}) => ({
  grant_type: "authorization_code",
  code,
  ...device,
  ...fields,
});

describe.each(shapes)("asked by %s, the grant authorization_code", (shape) => {
  it("answers 200 with the four members, expires_in an integer of seconds", async () => {
    const answer = await harness.token(exchange(await harness.code()), { shape });
    expectOk(answer);
    expect(answer.body).toEqual({
      access_token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/) as string,
      expires_in: 332_000,
      refresh_token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/) as string,
      token_type: "Bearer",
    });
    expect(await harness.works(pairOf(answer.body).accessToken)).toBe(true);
  });

  it.each(required)("answers 400 where %s is missing or empty", async (name) => {
    const code = await harness.code();
    for (const value of [undefined, ""]) {
      const answer = await harness.token(exchange(code, { [name]: value }), { shape });
      expectError(answer, 400, "invalid_request", `The parameter ${name} is missing.`);
    }
    expectOk(await harness.token(exchange(code), { shape }));
  });

  it.each(required)("answers 400 where %s is given twice", async (name) => {
    const fields = {
      ...exchange(await harness.code()),
      client_id: harness.clientId,
      client_secret: harness.clientSecret,
    };
    const pairs = Object.entries(fields);
    const answer = await harness.send("/token", [...pairs, [name, "again"]], { shape });
    expectError(answer, 400, "invalid_request", `The parameter ${name} was given twice.`);
  });

  it.each([
    ["client_id", 256],
    ["client_secret", 512],
    ["code", 512],
    ["device_id", 128],
    ["model_id", 128],
  ] as const)("answers 400 where %s is longer than %d bytes", async (name, bound) => {
    const code = await harness.code();
    const fields = exchange(code, { [name]: "x".repeat(bound + 1) });
    const answer = await harness.token(fields, { shape });
    expectError(answer, 400, "invalid_request", `${name} is longer than ${bound} bytes`);
  });

  it("answers 400 invalid_client the same to a wrong secret and to an unknown client", async () => {
    const code = await harness.code();
    const wrong = await harness.token(exchange(code, { client_secret: "wrong" }), { shape });
    const unknown = await harness.token(exchange(code, { client_id: "nobody" }), { shape });
    expectError(wrong, 400, "invalid_client");
    expect(unknown.text).toBe(wrong.text);
    expectOk(await harness.token(exchange(code), { shape }));
  });

  it("answers 400 invalid_grant to an unknown code", async () => {
    const answer = await harness.token(exchange("unknown"), { shape });
    expectError(answer, 400, "invalid_grant", "The code is unknown.");
  });

  it.each([
    ["device_id", "another"],
    ["model_id", "another"],
  ])("answers 400 invalid_grant to another %s, and keeps the code", async (name, value) => {
    const code = await harness.code();
    const answer = await harness.token(exchange(code, { [name]: value }), { shape });
    expectError(answer, 400, "invalid_grant", "another device_id or model_id");
    expectOk(await harness.token(exchange(code), { shape }));
  });

  it("answers 400 invalid_grant to another client's code, as to an unknown one", async () => {
    const other = await harness.server.clients.create({ name: "Other" });
    const code = await harness.code();
    const fields = exchange(code, {
      client_id: other.clientId,
      client_secret: other.clientSecret,
    });
    expectError(await harness.token(fields, { shape }), 400, "invalid_grant", "unknown");
    expectOk(await harness.token(exchange(code), { shape }));
  });

  it("answers 400 invalid_grant to a code of ten minutes ago", async () => {
    const code = await harness.code();
    const late = await harness.code();
    harness.clock.advance(599_999);
    expectOk(await harness.token(exchange(code), { shape }));
    harness.clock.advance(1);
    expectError(await harness.token(exchange(late), { shape }), 400, "invalid_grant", "expired");
  });

  it("answers 400 invalid_grant to a code presented twice, and revokes what it gave", async () => {
    const code = await harness.code();
    const first = pairOf((await harness.token(exchange(code), { shape })).body);
    const second = pairOf((await harness.refresh(first.refreshToken)).body);
    expect(await harness.works(first.accessToken)).toBe(true);
    expectError(await harness.token(exchange(code), { shape }), 400, "invalid_grant", "been used");
    expect(await harness.works(first.accessToken)).toBe(false);
    expect(await harness.works(second.accessToken)).toBe(false);
    expectError(await harness.refresh(second.refreshToken), 400, "invalid_grant", "revoked");
    expect(await harness.audit()).toContain("grant.revoke ok");
  });

  it("revokes nothing where somebody else presents a code that was used", async () => {
    const other = await harness.server.clients.create({ name: "Other" });
    const code = await harness.code();
    const pair = pairOf((await harness.token(exchange(code), { shape })).body);
    const fields = exchange(code, {
      client_id: other.clientId,
      client_secret: other.clientSecret,
    });
    expectError(await harness.token(fields, { shape }), 400, "invalid_grant", "unknown");
    expect(await harness.works(pair.accessToken)).toBe(true);
  });

  it("answers 400 unauthorized_client where the client was switched off", async () => {
    const code = await harness.code();
    await harness.server.clients.disable(harness.clientId);
    expectError(await harness.token(exchange(code), { shape }), 400, "unauthorized_client");
  });

  describe("with PKCE", () => {
    const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const challenged = () =>
      harness.code({
        code_challenge: createHash("sha256").update(verifier).digest("base64url"),
        code_challenge_method: "S256",
      });

    it("takes the verifier of the challenge", async () => {
      const code = await challenged();
      expectOk(await harness.token(exchange(code, { code_verifier: verifier }), { shape }));
    });

    it.each([
      ["is missing", undefined],
      ["is another", verifier.replace("d", "e")],
      ["is too short", "x"],
    ])("answers 400 invalid_grant where it %s, and keeps the code", async (_, value) => {
      const code = await challenged();
      const wrong = exchange(code, { code_verifier: value });
      expectError(await harness.token(wrong, { shape }), 400, "invalid_grant", "code_verifier");
      expectOk(await harness.token(exchange(code, { code_verifier: verifier }), { shape }));
    });

    it("answers 400 invalid_grant to a verifier where no challenge was (downgrade)", async () => {
      const fields = exchange(await harness.code(), { code_verifier: verifier });
      expectError(await harness.token(fields, { shape }), 400, "invalid_grant", "code_verifier");
    });
  });
});

it("gives tokens to one of many that present a code at the same time", async () => {
  const code = await harness.code();
  const answers = await Promise.all(Array.from({ length: 8 }, () => harness.token(exchange(code))));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  for (const answer of answers.filter(({ status }) => status !== 200)) {
    expectError(answer, 400, "invalid_grant", "been used");
  }
  // A replay is a replay: the one pair that was given does not live on.
  const winner = answers.find(({ status }) => status === 200)!;
  expect(await harness.works(pairOf(winner.body).accessToken)).toBe(false);
});

it("notes device and name that the device reports, and ignores what is wrong with them", async () => {
  const headers = {
    "x-device-name": Buffer.from("거실 스피커").toString("latin1"),
    "x-device-ruid": "r".repeat(500),
  };
  expectOk(await harness.token(exchange(await harness.code()), { headers }));
  const [known] = await harness.server.devices.list();
  expect(known).toMatchObject({ reportedName: "거실 스피커", reportedRuid: "r".repeat(128) });
});

it("takes either of two live secrets, and no third", async () => {
  const { clients } = harness.server;
  const second = await clients.rotateSecret(harness.clientId);
  const issue = async (client_secret: string) =>
    (await harness.token(exchange(await harness.code(), { client_secret }))).status;
  expect(await issue(harness.clientSecret)).toBe(200);
  expect(await issue(second.clientSecret)).toBe(200);
  const third = await clients.rotateSecret(harness.clientId);
  expect(await issue(harness.clientSecret)).toBe(400);
  expect(await issue(second.clientSecret)).toBe(200);
  expect(await issue(third.clientSecret)).toBe(200);
});

it("lets the secret before work for the overlap alone where one is given", async () => {
  await harness.server.clients.rotateSecret(harness.clientId, { overlap: 60 });
  harness.clock.advance(59_999);
  expectOk(await harness.token(exchange(await harness.code())));
  harness.clock.advance(1);
  expectError(await harness.token(exchange(await harness.code())), 400, "invalid_client");
});
