// The requests to the authorization server and what each answer means.
import * as fc from "fast-check";
import { FakeClock } from "@trefoil/protocol/clock";
import { describe, expect, it } from "vitest";
import type { HttpAnswer, HttpRequest } from "../http/index.js";
import { AuthorizationServer } from "./authorization-server.js";
import { authorizeOutcome } from "./authorize.js";
import { refreshOutcome } from "./token-endpoint.js";
import { isTokens, refreshTime } from "./tokens.js";

const clock = new FakeClock();

/** A server that answers as it is told, and remembers what it was asked. */
function serverWith(answer: (request: HttpRequest) => HttpAnswer) {
  const requests: HttpRequest[] = [];
  const server = new AuthorizationServer({
    baseUrl: "https://auth.test/prefix/",
    client: { id: "client id", secret: "s&cret" },
    device: { id: "02:00:00:00:00:01", model: "model" },
    clock,
    http: (request) => {
      requests.push(request);
      return Promise.resolve(answer(request));
    },
  });
  const form = () => Object.fromEntries(new URLSearchParams(requests.at(-1)?.body));
  return { server, requests, form };
}

const json = (status: number, body: unknown, headers: Record<string, string> = {}): HttpAnswer => ({
  status,
  headers,
  body: JSON.stringify(body),
});

const echo =
  (status: number, members: Record<string, unknown>) =>
  (request: HttpRequest): HttpAnswer =>
    json(status, { ...members, state: new URLSearchParams(request.body).get("state") });

describe("authorize", () => {
  it("sends the account's token in the header, and nothing secret in the address", async () => {
    const { server, requests, form } = serverWith(echo(200, { code: "c" }));
    const outcome = await server.authorize({ kind: "account-token", token: "account-token" });
    expect(outcome).toEqual({ kind: "code", code: "c" });
    expect(requests[0]).toMatchObject({
      method: "POST",
      url: new URL("https://auth.test/prefix/authorize"),
      headers: { authorization: "Bearer account-token" },
    });
    expect(form()).toEqual({
      client_id: "client id",
      device_id: "02:00:00:00:00:01",
      model_id: "model",
      response_type: "code",
      state: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it("sends an account's code with the grant type that says so", async () => {
    const { server, requests, form } = serverWith(echo(200, { code: "c" }));
    await server.authorize({ kind: "account-code", code: "account-code" });
    expect(requests[0]?.headers["authorization"]).toBe("Bearer account-code");
    expect(form()).toMatchObject({ grant_type: "uauth_auth_code_v2" });
  });

  it("sends no Authorization header for a guest", async () => {
    const { server, requests, form } = serverWith(echo(200, { code: "c" }));
    await server.authorize({ kind: "guest" });
    expect(requests[0]?.headers).not.toHaveProperty("authorization");
    expect(form()).toMatchObject({ request_vu: "Y" });
  });

  it.each([
    [
      "451: the page with the terms",
      echo(451, { code: "pending", redirect_uri: "https://auth.test/terms?code=pending" }),
      { kind: "terms", code: "pending", page: "https://auth.test/terms?code=pending" },
    ],
    [
      "423: how long, and what to say",
      () =>
        json(423, { error: "account_locked", error_description: "Come back.", retry_after: 99 }),
      { kind: "locked", retryAfter: 99, guidance: "Come back." },
    ],
    [
      "403: the account is not let in",
      () => json(403, { error: "access_denied", error_description: "Expired." }),
      { kind: "denied", description: "Expired." },
    ],
    [
      "429: when to try again",
      () => json(429, { error: "slow_down" }, { "retry-after": "30" }),
      { kind: "slow-down", retryAfter: 30 },
    ],
  ])("understands %s", async (_, answer, outcome) => {
    const { server } = serverWith(answer);
    expect(await server.authorize({ kind: "guest" })).toEqual(outcome);
  });

  it.each([
    ["a wrong request", json(400, { error: "invalid_request" }), "invalid_request"],
    ["an unknown client", json(400, { error: "invalid_client" }), "invalid_client"],
    ["a failure", json(500, { error: "server_error" }), "internal"],
    ["a proxy's page", { status: 502, headers: {}, body: "<html>" }, "unavailable"],
    ["a page that is no answer", { status: 200, headers: {}, body: "<html>" }, "unavailable"],
    ["an answer without a code", json(200, { state: "s" }), "unavailable"],
    ["another request's answer", json(200, { code: "c", state: "other" }), "access_denied"],
  ])("throws on %s", async (_, answer, code) => {
    const { server } = serverWith(() => answer);
    await expect(server.authorize({ kind: "guest" })).rejects.toMatchObject({ code });
  });

  it("never takes garbage for a code", () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), fc.string(), (status, body) => {
        let kind: string;
        try {
          ({ kind } = authorizeOutcome({ status, headers: {}, body }, "the state", 0));
        } catch {
          return;
        }
        expect(["denied", "locked", "slow-down"]).toContain(kind);
      }),
    );
  });
});

describe("token", () => {
  const given = {
    access_token: "a",
    refresh_token: "r",
    expires_in: 332_000,
    token_type: "Bearer",
  };

  it("asks with grant_type in the query and the rest in the body, as devices do", async () => {
    const { server, requests, form } = serverWith(() => json(200, given));
    const tokens = await server.exchange("the-code");
    expect(requests[0]?.url.href).toBe(
      "https://auth.test/prefix/token?grant_type=authorization_code",
    );
    expect(form()).toEqual({
      client_id: "client id",
      client_secret: "s&cret",
      code: "the-code",
      device_id: "02:00:00:00:00:01",
      model_id: "model",
    });
    expect(tokens).toEqual({
      accessToken: "a",
      refreshToken: "r",
      issuedAt: clock.now(),
      expiresAt: clock.now() + 332_000_000,
    });
  });

  it("reports a code that is not taken", async () => {
    const { server } = serverWith(() =>
      json(400, { error: "invalid_grant", error_description: "terms not agreed" }),
    );
    await expect(server.exchange("c")).rejects.toMatchObject({
      code: "invalid_grant",
      message: expect.stringContaining("terms not agreed"),
    });
  });

  it("deletes a token", async () => {
    const { server, requests, form } = serverWith(() => json(200, { access_token: "a" }));
    await server.delete("a");
    expect(requests[0]?.url.search).toBe("?grant_type=delete");
    expect(form()).toMatchObject({ access_token: "a" });
  });

  it.each([
    [json(200, given), "tokens"],
    [json(400, { error: "unauthorized_client" }), "refused"],
    [json(400, { error: "invalid_grant" }), "refused"],
    [json(400, { error: "expired_token" }), "refused"],
    [json(400, { error: "invalid_client" }), "refused"],
    [json(400, { error: "invalid_request" }), "failed"],
    [json(429, { error: "slow_down" }), "failed"],
    [json(503, { error: "invalid_grant" }), "failed"],
    [{ status: 404, headers: {}, body: "<html>" }, "failed"],
  ])("takes %j to a refresh for %s", (answer, kind) => {
    expect(refreshOutcome(answer, 0).kind).toBe(kind);
  });
});

describe("the time to refresh", () => {
  const hour = 3_600_000;
  const tokens = (lifetime: number) => ({
    accessToken: "a",
    refreshToken: "r",
    issuedAt: 0,
    expiresAt: lifetime,
  });

  it("is one to two hours before the end of a long life", () => {
    expect(refreshTime(tokens(100 * hour), 0)).toBe(99 * hour);
    expect(refreshTime(tokens(100 * hour), 1)).toBe(98 * hour);
  });

  it("is in the last two fifths of a short one", () => {
    expect(refreshTime(tokens(100_000), 0)).toBe(80_000);
    expect(refreshTime(tokens(100_000), 1)).toBe(60_000);
  });

  it("is never before a second of use, and never after the end of a life that is longer", () => {
    fc.assert(
      fc.property(fc.nat(1e12), fc.double({ min: 0, max: 1, noNaN: true }), (lifetime, random) => {
        const time = refreshTime(tokens(lifetime), random);
        expect(time).toBeGreaterThanOrEqual(1_000);
        expect(time).toBeLessThanOrEqual(Math.max(lifetime, 1_000));
      }),
    );
  });
});

describe("stored tokens", () => {
  it("are told from anything else", () => {
    const tokens = { accessToken: "a", refreshToken: "r", issuedAt: 1, expiresAt: 2 };
    expect(isTokens(tokens)).toBe(true);
    for (const other of [undefined, null, "a", [], {}, { ...tokens, expiresAt: "2" }]) {
      expect(isTokens(other)).toBe(false);
    }
  });
});
