// The 451 path: an account agrees to the terms of use on a page, and the code that waited for it works.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AuthConfig, configSchema } from "../../packages/server/src/config/index.js";
import { type Database, openDatabase } from "../../packages/server/src/storage/index.js";
import { Browser, type Shown } from "./browser.js";
import { expectError, expectHeaders, expectOk } from "./expect-answer.js";
import { type Harness, device, openHarness, shapes } from "./harness.js";

const service = {
  id: "service",
  version: "1",
  title: { ja: "サービス利用規約", ko: "서비스 이용약관", en: "Terms of service" },
  text: { ja: "本文", ko: "본문", en: "Be kind.\n<script>alert(1)</script>" },
};
const privacy = {
  id: "privacy",
  version: "2025-07-01",
  title: { en: 'Privacy "policy"' },
  url: { en: "https://example.org/privacy?a=1&b=2" },
};
const news = {
  id: "news",
  version: "3",
  required: false,
  title: { en: "News" },
  text: { en: "-" },
};

const termsOf = (...documents: readonly object[]): AuthConfig["terms"] =>
  configSchema.parse({ auth: { terms: documents } }).auth.terms;
const all = termsOf(service, privacy, news);
const ticks = { "agree-service": "on", "agree-privacy": "on" };
const agree = { decision: "agree" };

let database: Database;
let harness: Harness;
/** The same database and clients under other terms, as after a restart. */
const restart = async (terms: AuthConfig["terms"]) => {
  await harness.close();
  harness = await openHarness({ database, config: { terms } });
  return harness;
};

beforeEach(async () => {
  database = await openDatabase({ kind: "sqlite", file: ":memory:" });
  harness = await openHarness({ database, config: { terms: all } });
});
afterEach(async () => {
  await harness.close();
  await database.close();
});

interface Pending {
  readonly code: string;
  readonly uri: string;
}

async function pending(state = "s1"): Promise<Pending> {
  const { body, status, text } = await harness.authorize({ state });
  expect(status, text).toBe(451);
  return { code: String(body["code"]), uri: String(body["redirect_uri"]) };
}

const exchange = (code: string) =>
  harness.token({ grant_type: "authorization_code", code, ...device });

async function registered(...uris: readonly string[]): Promise<void> {
  await harness.server.clients.setRedirectUris(harness.clientId, uris);
}

const withRedirect = (uri: string, redirectUri: string) =>
  `${uri}&redirect_uri=${encodeURIComponent(redirectUri)}`;

function expectPage(page: Shown, status: number): void {
  expect(page.status, page.html).toBe(status);
  expect(page.location).toBeNull();
  expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(page.headers.get("cache-control")).toBe("no-store");
  expect(page.headers.get("referrer-policy")).toBe("no-referrer");
  expect(page.headers.get("x-frame-options")).toBe("DENY");
  const policy = page.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain("script-src");
  expect(page.html).not.toMatch(/<script|\son\w+=|javascript:/i);
}

describe("an account that has not agreed", () => {
  it.each(shapes)("gets 451 with code, redirect_uri and state, by %s", async (shape) => {
    const answer = await harness.authorize({ state: "95/Kja &J" }, { shape });
    expectHeaders(answer);
    expect(answer.status).toBe(451);
    expect(Object.keys(answer.body)).toEqual(["code", "redirect_uri", "state"]);
    expect(answer.body["state"]).toBe("95/Kja &J");
    const uri = new URL(String(answer.body["redirect_uri"]));
    expect(uri.pathname).toBe("/terms");
    expect(Object.fromEntries(uri.searchParams)).toEqual({
      code: answer.body["code"],
      grant_type: "code",
      state: "95/Kja &J",
    });
  });

  it("gets no tokens for the code, and is told why, as often as it asks", async () => {
    const { code } = await pending();
    expectError(await exchange(code), 400, "invalid_grant", "terms not agreed");
    expectError(await exchange(code), 400, "invalid_grant", "terms not agreed");
  });

  it("gets them for the same code once it agreed", async () => {
    const { code, uri } = await pending();
    expectError(await exchange(code), 400, "invalid_grant", "terms not agreed");
    const browser = new Browser(harness);
    const done = await browser.submit(await browser.open(uri), { ...ticks, ...agree });
    expect(done.status).toBe(302);
    expectOk(await exchange(code));
    expectError(await exchange(code), 400, "invalid_grant", "has been used");
  });

  it("is not asked again, on any device", async () => {
    const { uri } = await pending();
    const browser = new Browser(harness);
    await browser.submit(await browser.open(uri), { ...ticks, ...agree });
    expect((await harness.authorize()).status).toBe(200);
    expect((await harness.authorize({ device_id: "another" })).status).toBe(200);
  });

  it("is asked where it presents an account authorization code too", async () => {
    const code = await harness.server.accounts.issueAccountAuthorizationCode(harness.accountId);
    const answer = await harness.authorize(
      { grant_type: "uauth_auth_code_v2" },
      { headers: { authorization: `Bearer ${code}` } },
    );
    expect(answer.status).toBe(451);
  });

  it("leaves no other account agreed", async () => {
    const { uri } = await pending();
    const browser = new Browser(harness);
    await browser.submit(await browser.open(uri), { ...ticks, ...agree });
    const other = await harness.server.accounts.createLocal({
      email: "other@example.org",
      password: "another long password",
    });
    const token = await harness.server.accounts.issueAccountAccessToken(other.accountId);
    const answer = await harness.authorize({}, { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(451);
  });
});

it("guests are not asked", async () => {
  const answer = await harness.authorize({ request_vu: "Y" }, { headers: {} });
  expect(answer.status).toBe(200);
});

describe("which terms ask", () => {
  const afterAgreeing = async (terms: AuthConfig["terms"]) => {
    const { uri } = await pending();
    const browser = new Browser(harness);
    await browser.submit(await browser.open(uri), { ...ticks, ...agree });
    await restart(terms);
    return (await harness.authorize()).status;
  };

  it("are none where none are configured", async () => {
    await restart([]);
    expect((await harness.authorize()).status).toBe(200);
  });

  it("are not optional ones", async () => {
    await restart(termsOf(news));
    expect((await harness.authorize()).status).toBe(200);
  });

  it("are a new version of a required document", async () => {
    expect(await afterAgreeing(termsOf({ ...service, version: "2" }, privacy, news))).toBe(451);
  });

  it("are a further required document", async () => {
    expect(await afterAgreeing(termsOf(service, privacy, { ...news, required: true }))).toBe(451);
  });

  it("are not a new version of an optional one, nor one fewer", async () => {
    expect(await afterAgreeing(termsOf(service, { ...news, version: "4" }))).toBe(200);
  });

  it("asks on the page for nothing that was agreed to", async () => {
    expect(await afterAgreeing(termsOf({ ...service, version: "2" }, privacy, news))).toBe(451);
    const { uri, code } = await pending();
    const browser = new Browser(harness);
    const page = await browser.open(uri);
    expect(page.html).toContain('name="agree-service"');
    expect(page.html).not.toContain('name="agree-privacy"');
    expect(page.html).toContain("You agreed to it on January 1, 2025.");
    await browser.submit(page, { "agree-service": "on", ...agree });
    expectOk(await exchange(code));
  });
});

describe("the page", () => {
  it("lists each document with its version, required and optional ones apart", async () => {
    const { uri } = await pending();
    const page = await new Browser(harness).open(uri);
    expectPage(page, 200);
    expect(page.html).toContain("Terms of service");
    expect(page.html).toContain("Version 2025-07-01");
    expect(page.html).toContain('href="https://example.org/privacy?a=1&amp;b=2"');
    expect(page.html).toContain("&lt;script&gt;");
    expect(page.html.match(/class="badge"\s*>\s*Required/g)).toHaveLength(2);
    expect(page.html.match(/class="badge off"\s*>\s*Optional/g)).toHaveLength(1);
    // Nothing is agreed to by leaving it as it is.
    expect(page.html).not.toMatch(/<input[^>]*\bchecked/);
  });

  it.each([
    ["ja-JP,ja;q=0.9,en;q=0.5", "ja", "サービス利用規約", "同意して続ける"],
    ["ko", "ko", "서비스 이용약관", "동의하고 계속"],
    ["fr-FR,en-GB;q=0.7", "en", "Terms of service", "Agree and continue"],
    ["fr", "en", "Terms of service", "Agree and continue"],
  ])("speaks the language of Accept-Language: %s", async (header, language, title, button) => {
    const { uri } = await pending();
    const page = await new Browser(harness, { language: header }).open(uri);
    expect(page.html).toContain(`<html lang="${language}">`);
    expect(page.headers.get("content-language")).toBe(language);
    expect(page.html).toContain(title);
    expect(page.html).toContain(button);
    // A document without a text in that language is shown in one that it has, and says so.
    expect(page.html).toContain('lang="en">Privacy &quot;policy&quot;');
  });

  it("may be opened twice, and either form is good once", async () => {
    const { uri, code } = await pending();
    const browser = new Browser(harness);
    const [first, second] = [await browser.open(uri), await browser.open(uri)];
    expect((await browser.submit(first, { decision: "decline" })).status).toBe(302);
    expect((await browser.submit(second, { ...ticks, ...agree })).location).toBe(
      "clova://agreement-success",
    );
    expectOk(await exchange(code));
  });

  it("answers HEAD and refuses other methods", async () => {
    const { uri } = await pending();
    const browser = new Browser(harness);
    expect((await browser.open(uri, "HEAD")).status).toBe(200);
    const put = await browser.open(uri, "PUT");
    expectPage(put, 405);
    expect(put.headers.get("allow")).toBe("GET, HEAD, POST");
  });
});

const back = "https://app.example/back";
const outcomes = [
  ["agreed", { ...ticks, ...agree }, ""],
  ["a required document left unticked", { "agree-service": "on", ...agree }, "terms_not_agreed"],
  ["nothing ticked", { ...agree }, "terms_not_agreed"],
  ["no button named", { "agree-service": "on" }, "terms_not_agreed"],
  ["declined", { decision: "decline" }, "user-disagreement"],
  ["declined with everything ticked", { ...ticks, decision: "decline" }, "user-disagreement"],
] as const;

describe.each(outcomes)("the outcome of %s", (_, fields, error) => {
  const submitTo = async (redirectUri?: string) => {
    const { code, uri } = await pending("s 1&x=/");
    const browser = new Browser(harness);
    const url = redirectUri === undefined ? uri : withRedirect(uri, redirectUri);
    const answer = await browser.submit(await browser.open(url), fields);
    expect(answer.status).toBe(302);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
    return { code, location: answer.location };
  };

  it("is told to clova: without the app's redirect_uri", async () => {
    const { location } = await submitTo();
    expect(location).toBe(
      error === "" ? "clova://agreement-success" : `clova://agreement-failure?error=${error}`,
    );
  });

  it.each([
    [back, `${back}?`],
    [`${back}?keep=1`, `${back}?keep=1&`],
    ["my.app:/terms", "my.app:/terms?"],
    ["my.app://done?", "my.app://done?"],
  ])("is told to the app's redirect_uri %s", async (redirectUri, begin) => {
    await registered(redirectUri);
    const { code, location } = await submitTo(redirectUri);
    const tail = error === "" ? "" : `&error=${error}`;
    expect(location).toBe(`${begin}code=${code}&state=s%201%26x%3D%2F${tail}`);
  });

  it("decides whether the code works", async () => {
    const { code } = await submitTo();
    expect((await exchange(code)).status).toBe(error === "" ? 200 : 400);
  });
});

describe("our own failure", () => {
  /** The same database, where what is named does not work from now on. */
  async function sickening(what: "writing" | "looking up"): Promise<Harness> {
    let isSick = false;
    const broken = () => Promise.reject(new Error("the disk is gone"));
    const { stores } = database;
    const codes = new Proxy(stores.authorizationCodes, {
      get: (store, name) => {
        if (name === "find" && isSick && what === "looking up") return broken;
        const method = store[name as keyof typeof store];
        return typeof method === "function" ? method.bind(store) : method;
      },
    });
    const opened = await openHarness({
      database: {
        ...database,
        stores: { ...stores, authorizationCodes: codes },
        write: (work) => (isSick && what === "writing" ? broken() : database.write(work)),
      },
      config: { terms: all },
    });
    isSick = true;
    return opened;
  }

  it("is told to the app, where it happens after its redirect_uri was checked", async () => {
    await registered(back);
    const { uri, code } = await pending();
    const page = await new Browser(harness).open(withRedirect(uri, back));
    const sick = await sickening("writing");
    const answer = await new Browser(sick).submit(page, { ...ticks, ...agree });
    expect(answer.status).toBe(302);
    expect(answer.location).toBe(`${back}?code=${code}&state=s1&error=server_error`);
    expect(sick.logged.join()).toContain("The terms page failed.");
    expect(sick.logged.join()).not.toContain(code);
    expect((await exchange(code)).status).toBe(400);
    await sick.server.close();
  });

  it("is told to clova: without one", async () => {
    const { uri } = await pending();
    const page = await new Browser(harness).open(uri);
    const sick = await sickening("writing");
    const answer = await new Browser(sick).submit(page, { ...ticks, ...agree });
    expect(answer.location).toBe("clova://agreement-failure?error=server_error");
    await sick.server.close();
  });

  it("sends nobody to an address that could not be checked", async () => {
    await registered(back);
    const { uri } = await pending();
    const sick = await sickening("looking up");
    const answer = await new Browser(sick).open(withRedirect(uri, back));
    expect(answer.status).toBe(302);
    expect(answer.location).toBe("clova://agreement-failure?error=server_error");
    await sick.server.close();
  });
});

describe("an address that is of no use", () => {
  const open = (url: string) => new Browser(harness).open(url);

  it.each([
    ["another state", (uri: string) => uri.replace("state=s1", "state=s2")],
    ["no state", (uri: string) => uri.replace("&state=s1", "")],
    ["an unknown code", (uri: string) => uri.replace(/code=[^&]+/, "code=nope")],
    ["no code", (uri: string) => uri.replace(/code=[^&]+&/, "")],
    ["the code twice", (uri: string) => `${uri}&code=x`],
    ["another grant_type", (uri: string) => uri.replace("grant_type=code", "grant_type=delete")],
    ["a code too long", (uri: string) => uri.replace(/code=[^&]+/, `code=${"x".repeat(513)}`)],
    ["a query too long", (uri: string) => `${uri}&x=${"x".repeat(70_000)}`],
    ["a broken escape", (uri: string) => uri.replace("state=s1", "state=%zz")],
  ])("with %s is a page that leads back to the app", async (_, change) => {
    const { uri } = await pending();
    const page = await open(change(uri));
    expectPage(page, 400);
    expect(page.html).toContain('href="clova://agreement-failure?error=server_error"');
    expect(page.html).not.toContain("<form");
  });

  it("is one whose code expired", async () => {
    const { uri } = await pending();
    const browser = new Browser(harness);
    const page = await browser.open(uri);
    harness.clock.advance(600_000);
    expectPage(await browser.open(uri), 400);
    expectPage(await browser.submit(page, { ...ticks, ...agree }), 400);
  });

  it("is one whose code was exchanged", async () => {
    const { uri, code } = await pending();
    const browser = new Browser(harness);
    await browser.submit(await browser.open(uri), { ...ticks, ...agree });
    expectOk(await exchange(code));
    expectPage(await browser.open(uri), 400);
  });

  it("is one whose code never waited for terms", async () => {
    await restart([]);
    const code = await harness.code();
    await restart(all);
    expectPage(await open(`https://trefoil.example/terms?code=${code}&state=s1`), 400);
  });

  it("is one whose client was switched off", async () => {
    const { uri } = await pending();
    await harness.server.clients.disable(harness.clientId);
    expectPage(await open(uri), 400);
  });
});

describe("no open redirect", () => {
  const nearMisses = [
    "https://evil.example/",
    `${back}/`,
    `${back}?x=1`,
    `${back}/../evil`,
    "https://APP.example/back",
    "https://app.example:443/back",
    "https://app.example@evil.example/back",
    "https://app.example/BACK",
    "https://app.example/bac%6b",
    "http://app.example/back",
    "//app.example/back",
    "javascript:alert(1)",
    "clova://agreement-success",
    "/back",
    " https://app.example/back",
  ];

  it.each(nearMisses)("to %s, which is not the registered one", async (redirectUri) => {
    await registered(back);
    const { uri, code } = await pending();
    const browser = new Browser(harness);
    const page = await browser.open(withRedirect(uri, redirectUri));
    expectPage(page, 400);
    expect(page.headers.get("content-security-policy")).toContain("form-action 'self';");
    expect(page.html).not.toContain("<form");
    // Nor by sending the form of a page that was opened without it.
    const good = await browser.open(uri);
    const answer = await browser.submit(
      { ...good, url: withRedirect(uri, redirectUri) },
      { ...ticks, ...agree },
    );
    expectPage(answer, 400);
    expect((await exchange(code)).status).toBe(400);
  });

  it("where two are given", async () => {
    await registered(back);
    const { uri } = await pending();
    const twice = withRedirect(withRedirect(uri, back), "https://evil.example/");
    expectPage(await new Browser(harness).open(twice), 400);
  });

  it("to another client's URI", async () => {
    await harness.server.clients.create({ name: "Other", redirectUris: [back] });
    const { uri } = await pending();
    expectPage(await new Browser(harness).open(withRedirect(uri, back)), 400);
  });

  it.each([
    [undefined, "clova:"],
    [back, "https://app.example"],
    ["my.app:/terms", "my.app:"],
  ])("by the page's form: %s allows %s", async (redirectUri, target) => {
    if (redirectUri !== undefined) await registered(redirectUri);
    const { uri } = await pending();
    const url = redirectUri === undefined ? uri : withRedirect(uri, redirectUri);
    const page = await new Browser(harness).open(url);
    expectPage(page, 200);
    expect(page.headers.get("content-security-policy")).toContain(`form-action 'self' ${target};`);
  });
});

describe("a forged form", () => {
  const nothingAgreed = async (code: string) => {
    expect(await harness.server.terms.history(harness.accountId)).toEqual([]);
    expect((await exchange(code)).status).toBe(400);
  };

  it("without a token agrees to nothing", async () => {
    const { uri, code } = await pending();
    const answer = await new Browser(harness).post(uri, { ...ticks, ...agree });
    expectPage(answer, 403);
    expect(answer.html).toContain('role="alert"');
    await nothingAgreed(code);
  });

  it("with the token of another code agrees to nothing", async () => {
    const mine = await pending();
    const other = await pending();
    const browser = new Browser(harness);
    const page = await browser.open(other.uri);
    expectPage(await browser.submit({ ...page, url: mine.uri }, { ...ticks, ...agree }), 403);
    await nothingAgreed(mine.code);
  });

  it("with a token that was used agrees to nothing", async () => {
    const { uri, code } = await pending();
    const browser = new Browser(harness);
    const page = await browser.open(uri);
    expect((await browser.submit(page, { decision: "decline" })).status).toBe(302);
    expectPage(await browser.submit(page, { ...ticks, ...agree }), 409);
    await nothingAgreed(code);
  });

  it("that a foreign page sends agrees to nothing, whatever it knows", async () => {
    const { uri, code } = await pending();
    const page = await new Browser(harness).open(uri);
    const foreign = new Browser(harness, { headers: { "sec-fetch-site": "cross-site" } });
    expectPage(await foreign.submit(page, { ...ticks, ...agree }), 403);
    await nothingAgreed(code);
  });

  it("of a page that was opened before the terms changed agrees to nothing, and is shown anew", async () => {
    const { uri, code } = await pending();
    const page = await new Browser(harness).open(uri);
    await restart(termsOf({ ...service, version: "2" }, privacy, news));
    const answer = await new Browser(harness).submit(page, { ...ticks, ...agree });
    expectPage(answer, 403);
    expect(answer.html).toContain("Version 2");
    await nothingAgreed(code);
  });

  it("of another type than a form's is refused", async () => {
    const { uri, code } = await pending();
    const answer = await new Browser(harness).post(uri, {}, { "content-type": "text/plain" });
    expectPage(answer, 415);
    await nothingAgreed(code);
  });
});

describe("what is kept", () => {
  it("is document, version, language, client and time, for what was ticked alone", async () => {
    harness.clock.advance(5_000);
    const { uri } = await pending();
    const browser = new Browser(harness, { language: "ko" });
    await browser.submit(await browser.open(uri), { ...ticks, ...agree });
    const { accountId, clientId, clock } = harness;
    const common = { accountId, clientId, agreedAt: clock.now(), withdrawnAt: null };
    expect(await harness.server.terms.history(accountId)).toEqual([
      { ...common, termsId: "privacy", version: "2025-07-01", language: "en" },
      { ...common, termsId: "service", version: "1", language: "ko" },
    ]);
  });

  it("is in the audit log, without the code", async () => {
    const { uri, code } = await pending();
    const browser = new Browser(harness);
    await browser.submit(await browser.open(uri), { decision: "decline" });
    await browser.submit(await browser.open(uri), { ...agree });
    await browser.submit(await browser.open(uri), { ...ticks, ...agree });
    await harness.server.flushAudit();
    const records = await database.stores.auditLog.list();
    expect(records.map(({ event, outcome, detail }) => [event, outcome, detail])).toEqual(
      expect.arrayContaining([
        ["authorize", "terms_required", "account_access_token"],
        ["terms.agree", "user-disagreement", null],
        ["terms.agree", "terms_not_agreed", null],
        ["terms.agree", "ok", "service@1 privacy@2025-07-01"],
      ]),
    );
    expect(JSON.stringify(records)).not.toContain(code);
  });

  it("may be changed for optional documents on the account's pages", async () => {
    const { terms } = harness.server;
    const { accountId } = harness;
    const news = async () =>
      (await terms.statesOf(accountId)).find(({ document }) => document.id === "news")?.agreedAt;
    expect(await news()).toBeNull();
    const from = { language: "ja", remoteAddress: "192.0.2.1" } as const;
    await terms.setOptional(accountId, "news", true, from);
    expect(await news()).toBe(harness.clock.now());
    await terms.setOptional(accountId, "news", false, from);
    expect(await news()).toBeNull();
    expect(await terms.history(accountId)).toMatchObject([
      { termsId: "news", clientId: null, language: "en", withdrawnAt: harness.clock.now() },
    ]);
    await expect(terms.setOptional(accountId, "service", false, from)).rejects.toMatchObject({
      code: "not_found",
    });
  });
});
