// People who are known to a provider elsewhere: by the endpoints that NAVER, LINE and Google document, and by discovery at a
// provider of the same make as ours.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { configSchema } from "../../packages/server/src/config/index.js";
import { Browser, type Shown } from "./browser.js";
import { expectError, expectOk } from "./expect-answer.js";
import { type Harness, email, openHarness, password } from "./harness.js";

const open: Harness[] = [];
afterEach(async () => {
  for (const harness of open.splice(0)) await harness.close();
});

type Respond = (url: URL, init: RequestInit) => Response | Promise<Response>;

/** A server whose people are known elsewhere. */
async function openExternal(oidc: object, respond: Respond): Promise<Harness> {
  const { auth } = configSchema.parse({
    auth: { identityProvider: "oidc", oidc: { clientId: "our-client", ...oidc } },
  });
  const harness = await openHarness({
    config: { identityProvider: auth.identityProvider, oidc: auth.oidc },
    startAt: Date.now() - 5_000,
    parts: {
      externalClientSecret: "our secret there",
      origin: () => "https://b.example",
      fetch: async (url, init) => respond(new URL(url), init),
    },
  });
  open.push(harness);
  return harness;
}

const json = (body: object, status = 200) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json" },
  });
const bearerIn = (init: RequestInit) => new Headers(init.headers).get("authorization");
const authorize = (harness: Harness, token: string, fields: Record<string, string> = {}) =>
  harness.authorize(fields, { headers: { authorization: `Bearer ${token}` } });

/** Whose account a device ended up in. */
async function ownerBy(harness: Harness, token: string): Promise<string> {
  const answer = await authorize(harness, token);
  expectOk(answer);
  await harness.token({
    grant_type: "authorization_code",
    code: String(answer.body["code"]),
    device_id: "8c:85:90:01:02:03",
    model_id: "test_model",
  });
  const [device] = await harness.server.devices.list();
  return device?.accountId ?? "none";
}

describe.each([
  {
    preset: "google",
    info: "https://oauth2.googleapis.com/tokeninfo",
    about: { aud: "our-client", sub: "g-1", expires_in: "3000" },
    person: "https://openidconnect.googleapis.com/v1/userinfo",
    answer: { sub: "g-1", email: "p@example.org" },
    foreign: { aud: "another-app", sub: "g-1" },
  },
  {
    preset: "line",
    info: "https://api.line.me/oauth2/v2.1/verify",
    about: { scope: "profile", client_id: "our-client", expires_in: 2_591_659 },
    person: "https://api.line.me/oauth2/v2.1/userinfo",
    answer: { sub: "U1", name: "Taro" },
    foreign: { scope: "profile", client_id: "another-app", expires_in: 5 },
  },
  {
    preset: "naver",
    info: undefined,
    about: {},
    person: "https://openapi.naver.com/v1/nid/me",
    answer: { resultcode: "00", message: "success", response: { id: "32742776", email: "n@x" } },
    foreign: undefined,
  },
])("$preset", ({ preset, info, about, person, answer, foreign }) => {
  const asked: string[] = [];
  const respond: Respond = (url, init) => {
    asked.push(url.origin + url.pathname);
    const token = url.searchParams.get("access_token") ?? bearerIn(init)?.replace("Bearer ", "");
    if (token === "down") return json({}, 503);
    if (token === "unknown")
      return json({ error: "invalid_token" }, info === undefined ? 401 : 400);
    if (url.href.startsWith(info ?? "none"))
      return json(token === "foreign" ? (foreign ?? {}) : about);
    if (url.href.startsWith(person)) return json(answer);
    return json({}, 404);
  };
  let harness: Harness;
  beforeEach(async () => {
    asked.length = 0;
    harness = await openExternal({ preset }, respond);
  });

  it("lets in whom the provider names, who is the same account each time", async () => {
    const first = await ownerBy(harness, "good");
    const account = await harness.server.accounts.get(first);
    expect(account).toMatchObject({ kind: "federated", email: null });
    harness.clock.advance(61_000);
    expect(await ownerBy(harness, "another-good-one")).toBe(first);
    expect(asked).toContain(person);
  });

  it("is asked once in a while, not with every request", async () => {
    await Promise.all([authorize(harness, "good"), authorize(harness, "good")]);
    expectOk(await authorize(harness, "good"));
    const once = asked.length;
    expect(once).toBe(info === undefined ? 1 : 2);
    harness.clock.advance(60_000);
    expectOk(await authorize(harness, "good"));
    expect(asked).toHaveLength(once * 2);
  });

  it("answers 403 to a token that the provider does not know", async () => {
    expectError(await authorize(harness, "unknown"), 403, "access_denied");
  });

  it("answers 503 while the provider cannot be asked, and asks again", async () => {
    const answer503 = await authorize(harness, "down");
    expectError(answer503, 503, "temporarily_unavailable", "cannot be asked");
    expect(answer503.headers.get("retry-after")).toBe("5");
    expect(harness.logged.join()).not.toContain("down");
  });

  it.runIf(foreign !== undefined)(
    "answers 403 to a token that another app was given (attack: a token of a malicious app)",
    async () => {
      expectError(await authorize(harness, "foreign"), 403, "access_denied");
      expect(asked).not.toContain(person);
    },
  );
});

describe("an account authorization code that we exchange", () => {
  const seen: URLSearchParams[] = [];
  const respond: Respond = async (url, init) => {
    if (url.pathname === "/oauth2.0/token") {
      const form = new URLSearchParams(await new Response(init.body ?? "").text());
      seen.push(form);
      return form.get("code") === "good"
        ? json({ access_token: "t", token_type: "bearer", expires_in: "3600" })
        : json({ error: "invalid_request", error_description: "no valid data in session" }, 400);
    }
    return bearerIn(init) === "Bearer t" ? json({ response: { id: "n1" } }) : json({}, 401);
  };

  it("gives the account, with our secret and the app's redirect URI", async () => {
    seen.length = 0;
    const harness = await openExternal(
      { preset: "naver", redirectUri: "com.example.app:/naver" },
      respond,
    );
    const bring = (code: string) =>
      authorize(harness, code, { grant_type: "uauth_auth_code_v2", code_verifier: "v".repeat(43) });
    expectOk(await bring("good"));
    expect(Object.fromEntries(seen[0] ?? [])).toMatchObject({
      grant_type: "authorization_code",
      code: "good",
      redirect_uri: "com.example.app:/naver",
      client_id: "our-client",
      client_secret: "our secret there",
      code_verifier: "v".repeat(43),
    });
    expectError(await bring("bad"), 403, "access_denied");
  });
});

describe("introspection (RFC 7662)", () => {
  const settings = {
    issuer: "https://id.example",
    authorizationEndpoint: "https://id.example/authorize",
    tokenEndpoint: "https://id.example/token",
    introspectionEndpoint: "https://id.example/introspect",
    audiences: ["the-app"],
  };
  it.each([
    [{ active: true, sub: "s", client_id: "the-app" }, 200],
    [{ active: true, sub: "s", aud: ["x", "our-client"] }, 200],
    [{ active: true, sub: "s", client_id: "another-app" }, 403],
    [{ active: true, client_id: "the-app" }, 403],
    [{ active: false }, 403],
  ])("of %j is answered %i", async (answer, status) => {
    const harness = await openExternal(settings, () => json(answer));
    expect((await authorize(harness, "t")).status).toBe(status);
  });
});

describe("signing in on the account pages", () => {
  let there: Harness;
  let here: Harness;
  let app: { readonly clientId: string; readonly clientSecret: string };
  beforeEach(async () => {
    there = await openHarness({
      startAt: Date.now() - 5_000,
      parts: { origin: () => "https://a.example" },
    });
    open.push(there);
    app = await there.server.clients.create({
      name: "Household B",
      redirectUris: ["https://b.example/sign-in/outside/back"],
    });
    const { auth } = configSchema.parse({
      auth: {
        identityProvider: "oidc",
        oidc: { issuer: "https://a.example/oidc", name: "A", clientId: app.clientId },
      },
    });
    here = await openHarness({
      config: { identityProvider: auth.identityProvider, oidc: auth.oidc },
      startAt: Date.now() - 5_000,
      parts: {
        externalClientSecret: app.clientSecret,
        origin: () => "https://b.example",
        fetch: async (url, init) =>
          there.server.app.fetch(new Request(url, init), { remoteAddress: "192.0.2.80" }),
      },
    });
    open.push(here);
  });

  async function follow(who: Browser, url: string, within: string): Promise<Shown> {
    let page = await who.open(url);
    for (let steps = 0; page.location !== null && steps < 12; steps++) {
      const next = new URL(page.location, page.url);
      if (next.origin !== within) return page;
      page = await who.open(next.href);
    }
    return page;
  }

  /** Goes there and says yes. @returns where that leads back to */
  async function agreeThere(start: string): Promise<string> {
    const who = new Browser(there);
    const a = "https://a.example";
    const signInPage = await follow(who, start, a);
    const signedIn = await who.submit(signInPage, { email, password });
    const consent = await follow(who, new URL(signedIn.location ?? "", a).href, a);
    const said = await who.submit(consent, { decision: "allow" });
    return (await follow(who, new URL(said.location ?? "", a).href, a)).location ?? "";
  }

  const at = (path: string) => `https://b.example${path}`;

  it("leads there and back, to the page that one came for, with the name of there", async () => {
    const who = new Browser(here);
    const sent = await follow(who, at("/activate?user_code=ACEF-HJKL"), "https://b.example");
    expect(sent.html).toContain("Continue with A");
    expect(sent.html).not.toContain("field-password");
    const leave = /href="(\/sign-in\/outside\?[^"]*)"/.exec(sent.html)?.[1] ?? "";
    const left = await who.open(at(leave.replaceAll("&amp;", "&")));
    expect(left.location).toMatch(/^https:\/\/a\.example\/oidc\/auth\?/);
    const back = await who.open(await agreeThere(left.location ?? ""));
    expect(back.location).toBe("/activate?user_code=ACEF-HJKL");
    const overview = await who.open(at("/account"));
    expect(overview.html).toContain(email);
    expect(overview.html).not.toContain("Change password");
    expect((await who.open(at("/account/password"))).status).toBe(404);
    expect(await here.audit()).toContain("account.sign_in ok");
  });

  it("is refused to who comes back with another browser's state (attack: login forgery)", async () => {
    const attacker = new Browser(here);
    const left = await attacker.open(at("/sign-in/outside"));
    const back = await agreeThere(left.location ?? "");
    const victim = new Browser(here);
    const page = await victim.open(back);
    expect(page.status).toBe(403);
    expect(page.html).toContain("Signing in did not work.");
    await victim.open(at("/sign-in/outside"));
    expect((await victim.open(back)).status).toBe(403);
    expect((await victim.open(at("/account"))).status).toBe(303);
  });

  it("is refused where the person says no there, and once for each code", async () => {
    const who = new Browser(here);
    const left = await who.open(at("/sign-in/outside"));
    const state = new URL(left.location ?? "").searchParams.get("state") ?? "";
    const no = await who.open(
      at(
        `/sign-in/outside/back?error=access_denied&state=${encodeURIComponent(state)}&iss=https%3A%2F%2Fa.example%2Foidc`,
      ),
    );
    expect(no.status).toBe(403);
    const back = await agreeThere((await who.open(at("/sign-in/outside"))).location ?? "");
    expect((await who.open(back)).status).toBe(303);
    expect((await who.open(back)).status).toBe(403);
  });

  it("makes no account here by itself: signing up is a matter of there", async () => {
    expect((await new Browser(here).open(at("/sign-up"))).status).toBe(403);
  });
});

describe("the settings", () => {
  it.each([
    [{ preset: "none" }, "auth.oidc.issuer"],
    [{ preset: "google", clientId: undefined }, "auth.oidc.clientId"],
    [
      { issuer: "https://x.example", tokenInfoEndpoint: "https://x.example/info" },
      "auth.oidc.audienceMember",
    ],
  ])("%j lack %s", async (oidc, missing) => {
    await expect(openExternal(oidc, () => json({}))).rejects.toThrow(missing);
  });
});
