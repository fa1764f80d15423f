// The authorization server as two OAuth libraries see it that nobody here wrote: oauth4webapi, which holds every answer
// against the RFCs, and openid-client.

import * as oauth from "oauth4webapi";
import * as openid from "openid-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Browser } from "../authorization/browser.js";
import { type ServerProcess, startServerProcess } from "../harness/server-process.js";
import { httpsFetch } from "./https-fetch.js";

let server: ServerProcess;
let fetch: ReturnType<typeof httpsFetch>;
beforeAll(async () => {
  server = await startServerProcess({ env: { TREFOIL_AUTH_DEVICE_CODE_INTERVAL: "1" } });
  fetch = httpsFetch(server.dev.caFile);
});
afterAll(() => server?.stop());

const device = (id: string) => ({ device_id: id, model_id: server.dev.modelId });

/** Signs the demo account in on the pages, and lets the device in that shows this code. */
async function allow(verificationUri: string): Promise<void> {
  const { account } = server.dev;
  const browser = new Browser({ fetch: (request) => fetch(request) });
  const signIn = await browser.open(`${server.origin}/sign-in`);
  await browser.submit(signIn, { email: account.email, password: account.password });
  const done = await browser.submit(await browser.open(verificationUri), { decision: "allow" });
  expect(done.location).toBe("/account?done=activated");
}

describe("oauth4webapi", () => {
  const options = { [oauth.customFetch]: (url: string, init: object) => fetch(url, init) };
  let as: oauth.AuthorizationServer;
  let client: oauth.Client;
  beforeAll(async () => {
    const issuer = new URL(server.origin);
    const answer = await oauth.discoveryRequest(issuer, { ...options, algorithm: "oauth2" });
    as = await oauth.processDiscoveryResponse(issuer, answer);
    client = { client_id: server.dev.clientId };
  });

  const methods = {
    client_secret_post: () => oauth.ClientSecretPost(server.dev.clientSecret),
    client_secret_basic: () => oauth.ClientSecretBasic(server.dev.clientSecret),
  };

  /** What the app gets for the device, as the parameters of a redirect. */
  async function authorize(deviceId: string, challenge: string): Promise<URLSearchParams> {
    const url = new URL(String(as.authorization_endpoint));
    url.search = new URLSearchParams({
      client_id: client.client_id,
      ...device(deviceId),
      response_type: "code",
      state: "a state",
      code_challenge: challenge,
      code_challenge_method: "S256",
    }).toString();
    const answer = await fetch(url, {
      headers: { authorization: `Bearer ${server.dev.accountAccessToken}` },
    });
    const body = (await answer.json()) as Record<string, string>;
    return oauth.validateAuthResponse(as, client, new URLSearchParams(body), "a state");
  }

  async function tokens(method: keyof typeof methods, deviceId: string) {
    const verifier = oauth.generateRandomCodeVerifier();
    const challenge = await oauth.calculatePKCECodeChallenge(verifier);
    const answer = await oauth.authorizationCodeGrantRequest(
      as,
      client,
      methods[method](),
      await authorize(deviceId, challenge),
      "https://app.example/back",
      verifier,
      { ...options, additionalParameters: device(deviceId) },
    );
    return oauth.processAuthorizationCodeResponse(as, client, answer);
  }

  const introspect = async (token: string) =>
    oauth.processIntrospectionResponse(
      as,
      client,
      await oauth.introspectionRequest(as, client, methods.client_secret_post(), token, options),
    );

  it("reads the metadata (RFC 8414), and finds the gateway in it", () => {
    expect(as.issuer).toBe(server.origin);
    expect(as["cic_gateway_endpoint"]).toBe(server.dev.gatewayBaseUrl);
    expect(as.code_challenge_methods_supported).toEqual(["S256"]);
  });

  it.each(Object.keys(methods) as (keyof typeof methods)[])(
    "exchanges a code with PKCE, refreshes, introspects and revokes by %s",
    async (method) => {
      const first = await tokens(method, `oauth4webapi ${method}`);
      expect(first.token_type).toBe("bearer");
      expect(first.expires_in).toBe(332_000);
      const answer = await oauth.refreshTokenGrantRequest(
        as,
        client,
        methods[method](),
        first.refresh_token ?? "",
        { ...options, additionalParameters: { model_id: server.dev.modelId } },
      );
      const second = await oauth.processRefreshTokenResponse(as, client, answer);
      expect(second.refresh_token).not.toBe(first.refresh_token);
      expect(await introspect(second.access_token)).toMatchObject({
        active: true,
        iss: server.origin,
        client_id: client.client_id,
        token_type: "Bearer",
      });
      await oauth.processRevocationResponse(
        await oauth.revocationRequest(as, client, methods[method](), second.access_token, options),
      );
      expect(await introspect(second.access_token)).toEqual({ active: false });
      const dead = await oauth.refreshTokenGrantRequest(
        as,
        client,
        methods[method](),
        second.refresh_token ?? "",
        { ...options, additionalParameters: { model_id: server.dev.modelId } },
      );
      await expect(oauth.processRefreshTokenResponse(as, client, dead)).rejects.toMatchObject({
        error: "invalid_grant",
        status: 400,
      });
    },
  );

  it("is told of a wrong secret, with a challenge where it came by HTTP Basic", async () => {
    const answer = await oauth.revocationRequest(
      as,
      client,
      oauth.ClientSecretBasic("wrong"),
      "token",
      options,
    );
    await expect(oauth.processRevocationResponse(answer)).rejects.toMatchObject({
      cause: [{ scheme: "basic" }],
    });
  });

  it("is refused with a verifier that does not fit", async () => {
    const verifier = oauth.generateRandomCodeVerifier();
    const parameters = await authorize(
      "wrong verifier",
      await oauth.calculatePKCECodeChallenge(verifier),
    );
    const answer = await oauth.authorizationCodeGrantRequest(
      as,
      client,
      methods.client_secret_post(),
      parameters,
      "https://app.example/back",
      oauth.generateRandomCodeVerifier(),
      { ...options, additionalParameters: device("wrong verifier") },
    );
    await expect(oauth.processAuthorizationCodeResponse(as, client, answer)).rejects.toMatchObject({
      error: "invalid_grant",
    });
  });

  it("signs a device in by its code (RFC 8628)", async () => {
    const started = await oauth.processDeviceAuthorizationResponse(
      as,
      client,
      await oauth.deviceAuthorizationRequest(
        as,
        client,
        methods.client_secret_basic(),
        device("oauth4webapi device"),
        options,
      ),
    );
    const ask = async () =>
      oauth.processDeviceCodeResponse(
        as,
        client,
        await oauth.deviceCodeGrantRequest(
          as,
          client,
          methods.client_secret_basic(),
          started.device_code,
          options,
        ),
      );
    await expect(ask()).rejects.toMatchObject({ error: "authorization_pending" });
    await expect(ask()).rejects.toMatchObject({ error: "slow_down" });
    await allow(started.verification_uri_complete ?? "");
    const { access_token: token } = await ask();
    expect(await introspect(token)).toMatchObject({
      active: true,
      device_id: "oauth4webapi device",
    });
  });
});

describe("openid-client", () => {
  let config: openid.Configuration;
  beforeAll(async () => {
    config = await openid.discovery(
      new URL(server.origin),
      server.dev.clientId,
      undefined,
      openid.ClientSecretPost(server.dev.clientSecret),
      { algorithm: "oauth2", [openid.customFetch]: (url, init) => fetch(url, init) },
    );
  });

  it("signs a device in by its code, asking until somebody allowed it; refreshes, introspects, revokes", async () => {
    const started = await openid.initiateDeviceAuthorization(config, device("openid-client"));
    expect(started.user_code).toMatch(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/);
    const waiting = openid.pollDeviceAuthorizationGrant(config, started);
    await allow(started.verification_uri_complete ?? "");
    const first = await waiting;
    expect(first.expiresIn()).toBeGreaterThan(331_990);
    const second = await openid.refreshTokenGrant(config, first.refresh_token ?? "", {
      model_id: server.dev.modelId,
    });
    const seen = await openid.tokenIntrospection(config, second.access_token);
    expect(seen).toMatchObject({ active: true, device_id: "openid-client" });
    await openid.tokenRevocation(config, second.refresh_token ?? "");
    expect(await openid.tokenIntrospection(config, second.access_token)).toEqual({ active: false });
  });

  it("hears that the person said no", async () => {
    const started = await openid.initiateDeviceAuthorization(config, device("denied"));
    const { account } = server.dev;
    const browser = new Browser({ fetch: (request) => fetch(request) });
    await browser.submit(await browser.open(`${server.origin}/sign-in`), {
      email: account.email,
      password: account.password,
    });
    const page = await browser.open(started.verification_uri_complete ?? "");
    await browser.submit(page, { decision: "deny" });
    await expect(openid.pollDeviceAuthorizationGrant(config, started)).rejects.toMatchObject({
      error: "access_denied",
    });
  });
});
