// The embedded OpenID Connect provider, as an app meets it: by openid-client, which nobody here wrote, and a browser.

import { createHash } from "node:crypto";
import * as openid from "openid-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Browser, type Shown } from "./browser.js";
import { expectError, expectOk } from "./expect-answer.js";
import { type Harness, email, openHarness, password } from "./harness.js";

const origin = "https://localhost";
const webBack = "https://app.example/back";
const nativeBack = "com.example.app:/back";

let harness: Harness;
let browser: Browser;
beforeEach(async () => {
  // The library goes by the machine's clock; ours is behind it by more than a second, which is how exact its times are.
  harness = await openHarness({ startAt: Date.now() - 5_000 });
  browser = new Browser(harness);
});
afterEach(() => harness.close());

interface App {
  readonly config: openid.Configuration;
  readonly redirectUri: string;
  readonly clientId: string;
}

const customFetch = async (url: string, init: object) =>
  harness.server.app.fetch(new Request(url, init), { remoteAddress: "192.0.2.50" });

async function openApp(redirectUri: string, secret?: string): Promise<App> {
  const made = await harness.server.clients.create({ name: "App", redirectUris: [redirectUri] });
  const proof =
    redirectUri === nativeBack
      ? openid.None()
      : openid.ClientSecretBasic(secret ?? made.clientSecret);
  const config = await openid.discovery(
    new URL(`${origin}/oidc`),
    made.clientId,
    undefined,
    proof,
    { [openid.customFetch]: customFetch },
  );
  return { config, redirectUri, clientId: made.clientId };
}

interface Asked {
  readonly url: URL;
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
}

async function ask(app: App, more: Readonly<Record<string, string>> = {}): Promise<Asked> {
  const verifier = openid.randomPKCECodeVerifier();
  const state = openid.randomState();
  const nonce = openid.randomNonce();
  const url = openid.buildAuthorizationUrl(app.config, {
    redirect_uri: app.redirectUri,
    scope: "openid email devices",
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
    ...more,
  });
  return { url, verifier, state, nonce };
}

/** Goes where the browser is sent, until it is shown something or sent elsewhere. */
async function follow(start: Shown, who = browser): Promise<Shown> {
  let page = start;
  for (let steps = 0; page.location !== null && steps < 12; steps++) {
    const next = new URL(page.location, page.url);
    if (next.origin !== origin) return { ...page, location: next.href };
    page = await who.open(next.href);
  }
  return page;
}
const open = async (url: URL, who = browser) => follow(await who.open(url.href), who);
const submit = async (page: Shown, fields: Readonly<Record<string, string>>, who = browser) =>
  follow(await who.submit(page, fields), who);
const signIn = (page: Shown, who = browser) => submit(page, { email, password }, who);
const allow = (page: Shown, who = browser) => submit(page, { decision: "allow" }, who);

const exchange = (app: App, asked: Asked, back: Shown) =>
  openid.authorizationCodeGrant(app.config, new URL(back.location ?? ""), {
    pkceCodeVerifier: asked.verifier,
    expectedState: asked.state,
    expectedNonce: asked.nonce,
    idTokenExpected: true,
  });

async function tokens(app: App, more: Readonly<Record<string, string>> = {}) {
  const asked = await ask(app, more);
  let page = await open(asked.url);
  if (page.html.includes("field-password")) page = await signIn(page);
  const back = await allow(page);
  return { ...(await exchange(app, asked, back)), asked, back };
}

describe("an app signs a person in", () => {
  it.each([
    ["a web app with its secret", webBack],
    ["an app on the person's phone, without one", nativeBack],
  ])("%s: sign-in, consent, code, ID token, user info", async (_, redirectUri) => {
    const app = await openApp(redirectUri);
    const asked = await ask(app);
    const signInPage = await open(asked.url);
    expect(signInPage.html).toContain("<h1>Sign in</h1>");
    const consentPage = await signIn(signInPage);
    expect(consentPage.html).toContain("<h1>Continue to App?</h1>");
    expect(consentPage.html).toContain("sign devices in to your account");
    const back = await allow(consentPage);
    expect(back.location).toMatch(new RegExp(`^${redirectUri.replaceAll(".", "\\.")}\\?code=`));
    const given = await exchange(app, asked, back);
    expect(given.claims()).toMatchObject({
      iss: `${origin}/oidc`,
      sub: harness.accountId,
      aud: app.clientId,
    });
    const info = await openid.fetchUserInfo(app.config, given.access_token, harness.accountId);
    expect(info).toEqual({ sub: harness.accountId, email, email_verified: false });
    expect(await harness.audit()).toEqual(
      expect.arrayContaining(["oidc.authorize ok", "oidc.consent ok", "oidc.token ok"]),
    );
  });

  it("lets the browser's policy follow where the app waits, through every page that may lead there", async () => {
    const app = await openApp(nativeBack);
    const signInPage = await open((await ask(app)).url);
    expect(signInPage.headers.get("content-security-policy")).toContain(
      "form-action 'self' com.example.app:;",
    );
    const consentPage = await signIn(signInPage);
    expect(consentPage.headers.get("content-security-policy")).toContain(
      "form-action 'self' com.example.app:;",
    );
  });

  it("and is not asked to sign in again, nor a web app's consent, in the same browser", async () => {
    const app = await openApp(webBack);
    await tokens(app);
    const asked = await ask(app);
    const back = await open(asked.url);
    expect(back.location).toContain(`${webBack}?code=`);
    expect((await exchange(app, asked, back)).claims()?.sub).toBe(harness.accountId);
    const quietly = await ask(app, { prompt: "none" });
    expect((await open(quietly.url)).location).toContain(`${webBack}?code=`);
  });

  it("who says no: access_denied", async () => {
    const app = await openApp(webBack);
    const consentPage = await signIn(await open((await ask(app)).url));
    const back = await submit(consentPage, { decision: "deny" });
    expect(new URL(back.location ?? "").searchParams.get("error")).toBe("access_denied");
  });

  it("who is signed in as somebody else by now is asked for that one's consent", async () => {
    const app = await openApp(webBack);
    await tokens(app);
    await browser.submit(
      { ...(await browser.open(`${origin}/account`)), url: `${origin}/sign-out` },
      {},
    );
    const other = await harness.server.accounts.createLocal({ email: "o@example.org", password });
    const asked = await ask(app);
    const page = await submit(await open(asked.url), { email: "o@example.org", password });
    const given = await exchange(app, asked, await allow(page));
    expect(given.claims()?.sub).toBe(other.accountId);
  });

  it("who signed out is not signed in by what the library remembers", async () => {
    const app = await openApp(webBack);
    await tokens(app);
    await browser.submit(
      { ...(await browser.open(`${origin}/account`)), url: `${origin}/sign-out` },
      {},
    );
    const quietly = await ask(app, { prompt: "none" });
    const back = new URL((await open(quietly.url)).location ?? "");
    expect(back.searchParams.get("error")).toBe("login_required");
  });

  it("again where the app wants that (prompt=login)", async () => {
    const app = await openApp(webBack);
    await tokens(app);
    const asked = await ask(app, { prompt: "login" });
    const page = await open(asked.url);
    expect(page.html).toContain("<h1>Sign in</h1>");
    harness.clock.advance(60_000);
    const back = await signIn(page);
    expect((await exchange(app, asked, back)).claims()?.sub).toBe(harness.accountId);
  });
});

describe("what an app gets", () => {
  const withToken = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

  it("lets devices in: its access token is an account access token", async () => {
    const given = await tokens(await openApp(webBack));
    expectOk(await harness.authorize({}, withToken(given.access_token)));
  });

  it("lets none in without the scope devices", async () => {
    const given = await tokens(await openApp(webBack), { scope: "openid" });
    const refused = await harness.authorize({}, withToken(given.access_token));
    expectError(refused, 403, "access_denied");
  });

  it("is refreshed, with rotation, where the person said yes to offline_access", async () => {
    const app = await openApp(nativeBack);
    const given = await tokens(app, { scope: "openid devices offline_access", prompt: "consent" });
    const next = await openid.refreshTokenGrant(app.config, given.refresh_token ?? "");
    expectOk(await harness.authorize({}, withToken(next.access_token)));
    await expect(
      openid.refreshTokenGrant(app.config, given.refresh_token ?? ""),
    ).rejects.toMatchObject({ error: "invalid_grant" });
    // A spent one that came back ends all of them.
    expectError(await harness.authorize({}, withToken(next.access_token)), 403, "access_denied");
  });

  it("is given back (RFC 7009)", async () => {
    const app = await openApp(webBack);
    const given = await tokens(app);
    await openid.tokenRevocation(app.config, given.access_token);
    expectError(await harness.authorize({}, withToken(given.access_token)), 403, "access_denied");
  });

  it("ends when the person signs out everywhere, or changes the password", async () => {
    const app = await openApp(webBack);
    const first = await tokens(app);
    await browser.submit(await browser.open(`${origin}/account/sign-out-everywhere`), {});
    expectError(await harness.authorize({}, withToken(first.access_token)), 403, "access_denied");
    const second = await tokens(app);
    await harness.server.accounts.setPassword(harness.accountId, "another long password");
    expectError(await harness.authorize({}, withToken(second.access_token)), 403, "access_denied");
  });

  it("tells the app that the account is locked, once it withdrew", async () => {
    const given = await tokens(await openApp(webBack));
    await harness.server.withdrawals.withdraw(harness.accountId, { by: "account" });
    const locked = await harness.authorize({}, withToken(given.access_token));
    expectError(locked, 423, "account_locked");
  });
});

describe("an account authorization code (grant_type=uauth_auth_code_v2)", () => {
  async function code(more: Readonly<Record<string, string>> = {}) {
    const app = await openApp(nativeBack);
    const asked = await ask(app, more);
    const back = await allow(await signIn(await open(asked.url)));
    const value = new URL(back.location ?? "").searchParams.get("code") ?? "";
    const bring = (fields: Readonly<Record<string, string>> = {}) =>
      harness.authorize(
        {
          grant_type: "uauth_auth_code_v2",
          client_id: app.clientId,
          code_verifier: asked.verifier,
          ...fields,
        },
        { headers: { authorization: `Bearer ${value}` } },
      );
    return { app, asked, back, bring };
  }

  it("is exchanged by /authorize, once; a second time ends what it gave", async () => {
    const { bring } = await code();
    expectOk(await bring());
    expectError(await bring(), 403, "access_denied");
  });

  it("is one code: the provider's own token endpoint takes it no more", async () => {
    const { app, asked, back, bring } = await code();
    expectOk(await bring());
    await expect(exchange(app, asked, back)).rejects.toMatchObject({ error: "invalid_grant" });
  });

  it("is refused with a verifier that does not fit, from another client, and without the scope", async () => {
    const { bring } = await code();
    expectError(await bring({ code_verifier: "x".repeat(43) }), 403, "access_denied");
    expectError(await bring({ client_id: harness.clientId }), 403, "access_denied");
    expectOk(await bring());
    browser = new Browser(harness);
    const { bring: bringOther } = await code({ scope: "openid" });
    expectError(await bringOther(), 403, "access_denied");
  });
});

describe("attacks", () => {
  it("a redirect URI that is not registered leads nowhere", async () => {
    const app = await openApp(webBack);
    const { url } = await ask(app, { redirect_uri: "https://evil.example/" });
    const page = await open(url);
    expect(page.status).toBe(400);
    expect(page.location).toBeNull();
    expect(page.html).toContain("Signing in did not work");
    expect(page.html).not.toContain('evil.example/"');
    expect(page.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  });

  it("a page that posts the answer to the app runs its one script, and cannot be framed", async () => {
    const app = await openApp(webBack);
    const sly = `</script><script>alert(1)</script>`;
    const more = { response_mode: "form_post", prompt: "none", state: sly };
    const page = await browser.open((await ask(app, more)).url.href);
    expect(page.html).toContain(`action="${webBack}"`);
    expect(page.html.match(/<script/g)).toHaveLength(1);
    const policy = page.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    const script = /<script>([^]*?)<\/script>/.exec(page.html)?.[1] ?? "";
    const hash = createHash("sha256").update(script).digest("base64");
    expect(policy).toContain(`script-src 'sha256-${hash}';`);
    expect(page.headers.get("x-frame-options")).toBe("DENY");
  });

  it("what sends a browser on tells no other site where it was, and nothing is sniffed for a page", async () => {
    const app = await openApp(webBack);
    const sent = await browser.open((await ask(app)).url.href);
    const keys = await browser.open(`${origin}/oidc/jwks`);
    for (const { headers } of [sent, keys]) {
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
    }
  });

  it("a code is refused without PKCE from the start", async () => {
    const app = await openApp(webBack);
    const asked = await ask(app);
    asked.url.searchParams.delete("code_challenge");
    asked.url.searchParams.delete("code_challenge_method");
    const back = await open(asked.url);
    expect(new URL(back.location ?? "").searchParams.get("error")).toBe("invalid_request");
  });

  it("a stolen code is of no use without the verifier", async () => {
    const app = await openApp(nativeBack);
    const asked = await ask(app);
    const back = await allow(await signIn(await open(asked.url)));
    const thief = { ...asked, verifier: openid.randomPKCECodeVerifier() };
    await expect(exchange(app, thief, back)).rejects.toMatchObject({ error: "invalid_grant" });
  });

  it("a code presented twice ends what it gave", async () => {
    const app = await openApp(webBack);
    const given = await tokens(app);
    await expect(exchange(app, given.asked, given.back)).rejects.toMatchObject({
      error: "invalid_grant",
    });
    const headers = { authorization: `Bearer ${given.access_token}` };
    expectError(await harness.authorize({}, { headers }), 403, "access_denied");
  });

  it("a code presented by many at the same time gives one of them tokens", async () => {
    const app = await openApp(webBack);
    const asked = await ask(app);
    const back = await allow(await signIn(await open(asked.url)));
    const tries = await Promise.allSettled(
      Array.from({ length: 5 }, () => exchange(app, asked, back)),
    );
    expect(tries.filter(({ status }) => status === "fulfilled").length).toBeLessThanOrEqual(1);
  });

  it("a web app's secret is checked, and either of two that live is right", async () => {
    const wrong = await openApp(webBack, "a wrong secret of some length");
    const asked = await ask(wrong);
    const back = await allow(await signIn(await open(asked.url)));
    await expect(exchange(wrong, asked, back)).rejects.toMatchObject({ status: 401 });
    const rotated = await harness.server.clients.rotateSecret(wrong.clientId);
    const right = await openid.discovery(
      new URL(`${origin}/oidc`),
      wrong.clientId,
      undefined,
      openid.ClientSecretPost(rotated.clientSecret),
      { [openid.customFetch]: customFetch },
    );
    const given = await exchange({ ...wrong, config: right }, asked, back);
    expect(given.claims()?.sub).toBe(harness.accountId);
  });

  it("an interaction of one browser is no other browser's", async () => {
    const app = await openApp(webBack);
    const first = await browser.open((await ask(app)).url.href);
    const stranger = new Browser(harness);
    const page = await stranger.open(new URL(first.location ?? "", origin).href);
    expect(page.status).toBe(400);
    expect(page.html).toContain("This page has expired");
  });

  it("a client that was switched off, or has no redirect URI, signs nobody in", async () => {
    const app = await openApp(webBack);
    await harness.server.clients.disable(app.clientId);
    expect((await open((await ask(app)).url)).status).toBe(400);
    const bare = await harness.server.clients.create({ name: "Bare" });
    const { url } = await ask(app);
    url.searchParams.set("client_id", bare.clientId);
    expect((await open(url)).status).toBe(400);
  });
});

it("is told of by the authorization server's metadata", async () => {
  const answer = await harness.server.app.fetch(
    new Request(`${origin}/.well-known/oauth-authorization-server`),
  );
  expect(await answer.json()).toMatchObject({ account_issuer: `${origin}/oidc` });
});

it("answers 404 at paths that it does not have, and 413 to what is too large", async () => {
  const missing = await harness.server.app.fetch(new Request(`${origin}/oidc/nothing`));
  expect(missing.status).toBe(404);
  const large = await harness.server.app.fetch(
    new Request(`${origin}/oidc/token`, {
      method: "POST",
      body: "x".repeat(70_000),
      headers: { "content-length": "70000", "content-type": "application/x-www-form-urlencoded" },
    }),
  );
  expect(large.status).toBe(413);
});
