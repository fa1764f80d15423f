// The endpoints beside the service's own: metadata (RFC 8414), revocation (RFC 7009), introspection (RFC 7662).

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { expectError, expectOk } from "./expect-answer.js";
import { type Answer, type Fields, type Harness, device, openHarness } from "./harness.js";

let harness: Harness;
beforeEach(async () => {
  harness = await openHarness();
});
afterEach(() => harness.close());

const credentials = () => ({ client_id: harness.clientId, client_secret: harness.clientSecret });
const post = (path: string, fields: Fields, headers: Record<string, string> = {}) =>
  harness.send(path, fields, { shape: "POST body", headers });
const ask = (path: string, fields: Fields) => post(path, { ...credentials(), ...fields });

/** Another client, and a pair of tokens that it was given. */
async function stranger(): Promise<{ readonly id: Fields; readonly accessToken: string }> {
  const made = await harness.server.clients.create({ name: "Other" });
  const id = { client_id: made.clientId, client_secret: made.clientSecret };
  const pair = await harness.pair(id);
  return { id, accessToken: pair.accessToken };
}

describe("/.well-known/oauth-authorization-server", () => {
  const get = (method = "GET") =>
    harness.server.app.fetch(
      new Request("https://any.host/.well-known/oauth-authorization-server", { method }),
    );

  it("names every endpoint of this server, and the gateway, whatever host was asked", async () => {
    const answer = await get();
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("application/json");
    const metadata = (await answer.json()) as Record<string, unknown>;
    const issuer = "https://localhost";
    expect(metadata).toMatchObject({
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      revocation_endpoint: `${issuer}/revoke`,
      introspection_endpoint: `${issuer}/introspect`,
      device_authorization_endpoint: `${issuer}/device_authorization`,
      cic_gateway_endpoint: issuer,
      response_types_supported: ["code"],
      code_challenge_methods_supported: ["S256"],
    });
    expect(metadata["grant_types_supported"]).toEqual([
      "authorization_code",
      "refresh_token",
      "urn:ietf:params:oauth:grant-type:device_code",
      "delete",
    ]);
  });

  it("answers HEAD, and 405 to POST", async () => {
    expect((await get("HEAD")).status).toBe(200);
    expect((await get("POST")).status).toBe(405);
  });
});

describe.each(["/revoke", "/introspect"])("%s", (path) => {
  it("answers 401 with a challenge to a client that is unknown or whose secret is wrong", async () => {
    for (const wrong of [{ client_secret: "wrong" }, { client_id: "nobody" }]) {
      const answer = await ask(path, { token: "t", ...wrong });
      expectError(answer, 401, "invalid_client");
      expect(answer.headers.get("www-authenticate")).toMatch(/^Basic /);
    }
  });

  it("takes HTTP Basic, and not both ways", async () => {
    const basic = Buffer.from(`${harness.clientId}:${harness.clientSecret}`).toString("base64");
    const headers = { authorization: `Basic ${basic}` };
    expectOk(await post(path, { token: "unknown" }, headers));
    const both = await post(path, { token: "unknown", client_secret: "x" }, headers);
    expectError(both, 400, "invalid_request", "given twice");
  });

  it("wants a token, once, in the body, and of a sane length", async () => {
    expectError(await ask(path, {}), 400, "invalid_request", "The parameter token is missing.");
    const long = await ask(path, { token: "x".repeat(513) });
    expectError(long, 400, "invalid_request", "The parameter token is longer");
    const pairs = Object.entries({ ...credentials(), token: "a" });
    const twice = await harness.send(path, [...pairs, ["token", "b"]], { shape: "POST body" });
    expectError(twice, 400, "invalid_request", "given twice");
    const inQuery = await harness.send(
      path,
      { token: "a", ...credentials() },
      { shape: "POST split" },
    );
    expectError(inQuery, 400, "invalid_request", "The parameter token is missing.");
  });

  it("answers 405 to GET: no token stands in an address", async () => {
    const answer = await harness.send(path, { token: "x" }, { shape: "GET query" });
    expectError(answer, 405, "invalid_request");
    expect(answer.headers.get("allow")).toBe("POST");
  });

  it("slows who guesses secrets, and not who has a token (attack: guessing a client's secret)", async () => {
    const { accessToken } = await harness.pair();
    let refused: Answer | undefined;
    for (let tries = 0; tries < 2_000 && refused === undefined; tries++) {
      const answer = await ask(path, { token: "t", client_secret: `guess ${tries}` });
      if (answer.status === 429) refused = answer;
    }
    expect(refused?.headers.get("retry-after")).toMatch(/^\d+$/);
    expectError(await ask(path, { token: "t" }), 429, "slow_down");
    expectOk(await ask(path, { token: accessToken }));
  });
});

describe("/revoke", () => {
  it.each(["accessToken", "refreshToken"] as const)(
    "ends the whole grant of its %s, whatever the hint says",
    async (which) => {
      for (const hint of [undefined, "access_token", "refresh_token", "nonsense"]) {
        const pair = await harness.pair();
        expect(await harness.works(pair.accessToken)).toBe(true);
        const answer = await ask("/revoke", { token: pair[which], token_type_hint: hint });
        expectOk(answer);
        expect(answer.body).toEqual({});
        expect(await harness.works(pair.accessToken)).toBe(false);
        expectError(await harness.refresh(pair.refreshToken), 400, "invalid_grant");
      }
      expect(await harness.audit()).toContain("token.revoke ok");
    },
  );

  it("says 200 to a token that is unknown or dead already", async () => {
    const pair = await harness.pair();
    expectOk(await ask("/revoke", { token: "unknown" }));
    expectOk(await ask("/revoke", { token: pair.accessToken }));
    expectOk(await ask("/revoke", { token: pair.accessToken }));
  });

  it("refuses another client's token, and leaves it alone", async () => {
    const { accessToken } = await stranger();
    expectError(await ask("/revoke", { token: accessToken }), 400, "invalid_grant");
    expect(await harness.works(accessToken)).toBe(true);
  });
});

describe("/introspect", () => {
  it("tells a client of its access token", async () => {
    const { accessToken } = await harness.pair();
    harness.clock.advance(2_000);
    const answer = await ask("/introspect", { token: accessToken });
    expectOk(answer);
    const now = Math.floor(harness.clock.now() / 1_000);
    expect(answer.body).toEqual({
      active: true,
      iss: "https://localhost",
      sub: harness.accountId,
      client_id: harness.clientId,
      token_type: "Bearer",
      iat: now - 2,
      exp: now - 2 + 332_000,
      device_id: device.device_id,
      model_id: device.model_id,
      device_key: expect.any(String) as string,
      grant_id: expect.any(String) as string,
    });
  });

  it("tells a client of its refresh token until it is spent", async () => {
    const { refreshToken } = await harness.pair();
    const active = await ask("/introspect", { token: refreshToken });
    expect(active.body).toMatchObject({ active: true, client_id: harness.clientId });
    expect(active.body).not.toHaveProperty("token_type");
    await harness.refresh(refreshToken);
    expect((await ask("/introspect", { token: refreshToken })).body).toEqual({ active: false });
  });

  it("says no more than that of a token that is unknown, revoked, expired, or another client's", async () => {
    const revoked = await harness.pair();
    await harness.deleteToken(revoked.accessToken);
    const { accessToken: foreign } = await stranger();
    const { accessToken: expired } = await harness.pair({ device_id: "another" });
    for (const token of ["unknown", revoked.accessToken, foreign]) {
      expect((await ask("/introspect", { token })).body).toEqual({ active: false });
    }
    harness.clock.advance(332_000_000);
    expect((await ask("/introspect", { token: expired })).body).toEqual({ active: false });
  });

  it("tells a gateway that runs apart of every client's token, and takes that for the token's first use", async () => {
    const gateway = await harness.server.clients.create({ name: "Gateway" });
    const apart = await openHarness({
      database: harness.database,
      config: { introspectionClients: [gateway.clientId] },
    });
    const first = await harness.pair();
    const second = await harness.refresh(first.refreshToken);
    const token = String(second.body["access_token"]);
    const answer = await apart.send(
      "/introspect",
      { client_id: gateway.clientId, client_secret: gateway.clientSecret, token },
      { shape: "POST body" },
    );
    expect(answer.body).toMatchObject({ active: true, client_id: harness.clientId });
    // The device has the pair: its spent token is no lost answer any more, but a copy.
    expectError(await harness.refresh(first.refreshToken), 400, "expired_token");
    await apart.close();
  });
});
