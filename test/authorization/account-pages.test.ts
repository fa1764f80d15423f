// The pages of people: making an account, signing in and out, passwords, recovery codes, devices, closing.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Browser, type Shown } from "./browser.js";
import { type Harness, device, email, openHarness, password } from "./harness.js";

const origin = "https://trefoil.example";
const at = (path: string) => `${origin}${path}`;
const fresh = { email: "new@example.org", new_password: "five unrelated words here" };

let harness: Harness;
let browser: Browser;
beforeEach(async () => {
  harness = await openHarness();
  browser = new Browser(harness);
});
afterEach(() => harness.close());

async function fill(
  who: Browser,
  path: string,
  fields: Readonly<Record<string, string>>,
): Promise<Shown> {
  return who.submit(await who.open(at(path)), fields);
}
const signIn = (who = browser, fields: Readonly<Record<string, string>> = { email, password }) =>
  fill(who, "/sign-in", fields);

async function signedIn(): Promise<Browser> {
  const who = new Browser(harness);
  expect((await signIn(who)).location).toBe("/account");
  return who;
}

/** The one device of the account. */
async function deviceKey(): Promise<string> {
  const [found] = await harness.server.devices.list({ accountId: harness.accountId });
  return found?.deviceKey ?? "none";
}

const isSignedIn = async (who: Browser) => (await who.open(at("/account"))).status === 200;

describe("every page", () => {
  const paths = ["/sign-in", "/sign-up", "/recover", "/account-closed", "/account/devices/nothing"];

  it.each(paths)("%s runs no script, is in no frame, and leaks no address", async (path) => {
    const { headers, html } = await (await signedIn()).open(at(path));
    const policy = headers.get("content-security-policy") ?? "";
    if (html !== "") {
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("form-action 'self'");
      expect(policy).not.toContain("unsafe");
      expect(html).not.toMatch(/<script| style="| on[a-z]+="/);
    }
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("cache-control")).toBe("no-store");
  });

  it("speaks Japanese, Korean and English, as the browser wants, and says which", async () => {
    for (const [wanted, language, title] of [
      ["ja-JP,ja;q=0.9", "ja", "ログイン"],
      ["ko", "ko", "로그인"],
      ["fr", "en", "Sign in"],
    ] as const) {
      const page = await new Browser(harness, { language: wanted }).open(at("/sign-in"));
      expect(page.html).toContain(`<html lang="${language}">`);
      expect(page.html).toContain(`<h1>${title}</h1>`);
      expect(page.headers.get("content-language")).toBe(language);
    }
  });

  it("keeps the language that was picked, and links to itself in the others", async () => {
    const page = await browser.open(at("/sign-in?continue=%2Factivate"));
    expect(page.html).toContain('href="/sign-in?continue=%2Factivate&amp;lang=ko"');
    await browser.open(at("/sign-in?lang=ko"));
    expect((await browser.open(at("/sign-in"))).html).toContain('<html lang="ko">');
  });

  it("answers 404 with a page where there is none, and 405 to other methods", async () => {
    const who = await signedIn();
    const missing = await who.open(at("/account/devices/nothing"));
    expect(missing.status).toBe(404);
    expect(missing.html).toContain("Page not found");
    const wrong = await who.open(at("/sign-in"), "PUT");
    expect(wrong.status).toBe(405);
    expect(wrong.headers.get("allow")).toBe("GET, HEAD, POST");
  });

  it("is a page also where the database fails, and tells nothing of it", async () => {
    const who = await signedIn();
    await harness.server.close();
    await harness.database.close();
    const page = await who.open(at("/account"));
    expect(page.status).toBe(500);
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(page.html).toContain("Something went wrong");
    expect(page.html).not.toMatch(/sqlite|database/i);
    harness = await openHarness();
  });

  it("shows what was typed as text and not as markup", async () => {
    const sly = '"><img src=x onerror=alert(1)>@example.org';
    const page = await signIn(browser, { email: sly, password: "x" });
    expect(page.html).not.toContain("<img");
    expect(page.html).toContain("&lt;img src=x");
  });
});

describe("signing in", () => {
  it("leads to the account, with a session in a cookie that is stored as a hash", async () => {
    const answer = await signIn();
    expect(answer).toMatchObject({ status: 303, location: "/account" });
    const page = await browser.open(at("/account"));
    expect(page.status).toBe(200);
    expect(page.html).toContain(email);
    expect(await harness.audit()).toContain("account.sign_in ok");
  });

  it("leads back to where one was sent from, and nowhere else", async () => {
    const sent = await browser.open(at("/account/password?x=1"));
    expect(sent).toMatchObject({
      status: 303,
      location: "/sign-in?continue=%2Faccount%2Fpassword%3Fx%3D1",
    });
    expect((await fill(browser, sent.location ?? "", { email, password })).location).toBe(
      "/account/password?x=1",
    );
    const other = new Browser(harness);
    const evil = "/sign-in?continue=https%3A%2F%2Fevil.example%2Faccount";
    expect((await fill(other, evil, { email, password })).location).toBe("/account");
  });

  it("does not say whether the address or the password was wrong, and keeps the address typed", async () => {
    const wrong = await signIn(browser, { email, password: "wrong" });
    const unknown = await signIn(browser, { email: "nobody@example.org", password: "wrong" });
    const sentence = "The e-mail address or the password is wrong.";
    for (const page of [wrong, unknown]) {
      expect(page.status).toBe(403);
      expect(page.html).toContain(sentence);
      expect(page.html).not.toContain('value="wrong"');
    }
    expect(wrong.html).toContain(`value="${email}"`);
    expect(wrong.html).toContain("<title>Problem: Sign in - Trefoil</title>");
  });

  it("ties what is missing to its field", async () => {
    const page = await signIn(browser, { email: "", password: "" });
    expect(page.status).toBe(422);
    expect(page.html).toContain('<a href="#field-email">Enter your e-mail address.</a>');
    expect(page.html).toContain('id="wrong-email"');
    expect(page.html).toMatch(/aria-invalid="true"[^>]*aria-describedby="wrong-email"/);
    expect(page.html).toContain('role="alert"');
  });

  it("slows who tries too often, here and at the app's sign-in together", async () => {
    for (let tries = 0; tries < 10; tries++) await signIn(browser, { email, password: "wrong" });
    const refused = await signIn();
    expect(refused.status).toBe(429);
    expect(refused.html).toContain("Please try again in 2 minutes.");
    harness.clock.advance(90_000);
    expect((await signIn()).status).toBe(303);
  });

  it("gives a new session each time: one that was planted before is of no use", async () => {
    const first = await signIn();
    const second = await signIn(new Browser(harness));
    const secretOf = ({ headers }: Shown) =>
      headers.getSetCookie().find((cookie) => cookie.startsWith("__Host-trefoil-session="));
    expect(secretOf(first)).toMatch(
      /=[\w-]{43}; Path=\/; Max-Age=1209600; Secure; HttpOnly; SameSite=Lax$/,
    );
    expect(secretOf(second)).not.toBe(secretOf(first));
  });

  it("lasts as long as configured", async () => {
    await signIn();
    harness.clock.advance(1_209_600_000 - 1);
    expect(await isSignedIn(browser)).toBe(true);
    harness.clock.advance(1);
    expect(await isSignedIn(browser)).toBe(false);
  });

  it("ends with signing out, for this browser alone", async () => {
    const other = await signedIn();
    await signIn();
    const out = await browser.submit(
      { ...(await browser.open(at("/account"))), url: at("/sign-out") },
      {},
    );
    expect(out).toMatchObject({ status: 303, location: "/sign-in" });
    expect(await isSignedIn(browser)).toBe(false);
    expect(await isSignedIn(other)).toBe(true);
  });
});

describe("a form (attack: cross-site request forgery)", () => {
  const attempt = { email, password };

  it("without a token, or with one of another browser, is refused", async () => {
    const page = await browser.open(at("/sign-in"));
    expect((await browser.post(page.url, attempt)).status).toBe(403);
    const stranger = new Browser(harness);
    await stranger.open(at("/sign-in"));
    expect((await stranger.submit(page, attempt)).status).toBe(403);
    expect((await browser.submit(page, attempt)).status).toBe(303);
  });

  it("from a foreign page is refused where the browser says so", async () => {
    const page = await browser.open(at("/sign-in"));
    const token = /name="form_token" value="([^"]*)"/.exec(page.html)?.[1] ?? "";
    const fields = { ...attempt, form_token: token };
    const foreign = await browser.post(page.url, fields, { "sec-fetch-site": "cross-site" });
    expect(foreign.status).toBe(403);
    expect(foreign.html).toContain("did not come from a page of this site");
    const own = await browser.post(page.url, fields, { "sec-fetch-site": "same-origin" });
    expect(own.status).toBe(303);
  });

  it("that is sent twice does its work once, and comes back fresh", async () => {
    const page = await browser.open(at("/sign-in"));
    expect((await browser.submit(page, { email, password: "wrong" })).status).toBe(403);
    const again = await browser.submit(page, attempt);
    expect(again.status).toBe(409);
    expect(again.html).toContain("This form was sent already");
    expect((await browser.submit(again, attempt)).status).toBe(303);
  });

  it("of one device does nothing to another", async () => {
    await harness.pair();
    await harness.pair({ device_id: "another" });
    const [one, two] = await harness.server.devices.list({ accountId: harness.accountId });
    await signIn();
    const page = await browser.open(at(`/account/devices/${one?.deviceKey}/remove`));
    const elsewhere = at(`/account/devices/${two?.deviceKey}/remove`);
    expect((await browser.submit({ ...page, url: elsewhere }, {})).status).toBe(403);
    expect(await harness.server.devices.list({ accountId: harness.accountId })).toHaveLength(2);
  });

  it.each(["application/json", "text/plain"])("of the type %s is 415", async (type) => {
    const answer = await browser.post(at("/sign-in"), attempt, { "content-type": type });
    expect(answer.status).toBe(415);
  });

  it("of more than 64 KiB is 413", async () => {
    const answer = await browser.post(at("/sign-in"), { email: "x".repeat(70_000) });
    expect(answer.status).toBe(413);
  });
});

describe("making an account", () => {
  it("signs in, shows recovery codes as often as the page is opened, and then no more", async () => {
    const made = await fill(browser, "/sign-up?continue=%2Factivate", fresh);
    expect(made).toMatchObject({
      status: 303,
      location: "/account/recovery-codes?continue=%2Factivate",
    });
    const codes = async () =>
      [
        ...(await browser.open(at(made.location ?? ""))).html.matchAll(
          /<li>([A-Z0-9-]{24})<\/li>/g,
        ),
      ].map(([, code]) => code);
    const first = await codes();
    expect(new Set(first).size).toBe(10);
    expect(await codes()).toEqual(first);
    const page = await browser.open(at(made.location ?? ""));
    const done = await browser.submit(page, { action: "saved" });
    expect(done).toMatchObject({ status: 303, location: "/activate" });
    expect(await codes()).toEqual([]);
    expect(await harness.audit()).toContain("account.sign_up ok");
    expect(await harness.server.accounts.findByEmail(fresh.email)).toBeDefined();
  });

  it.each([
    [{ ...fresh, email: "" }, "Enter your e-mail address."],
    [{ ...fresh, email: "nobody" }, "in the form name@example.com"],
    [{ ...fresh, email: `${"x".repeat(250)}@example.org` }, "in the form name@example.com"],
    [{ ...fresh, new_password: "" }, "Enter your password."],
    [{ ...fresh, new_password: "short" }, "at least 8 characters"],
    [{ ...fresh, new_password: "x".repeat(1_025) }, "The password is too long."],
    [{ ...fresh, new_password: "Password123" }, "one of the first that others would try"],
    [{ ...fresh, new_password: fresh.email }, "one of the first that others would try"],
  ])("with %j says what is wrong", async (fields, sentence) => {
    const page = await fill(browser, "/sign-up", fields);
    expect(page.status).toBe(422);
    expect(page.html).toContain(sentence);
    expect(await harness.server.accounts.list()).toHaveLength(1);
  });

  it("with an address that is taken says so", async () => {
    const page = await fill(browser, "/sign-up", { ...fresh, email: email.toUpperCase() });
    expect(page.status).toBe(409);
    expect(page.html).toContain("There is already an account with this e-mail address.");
  });

  it("is slowed for one network", async () => {
    for (let number = 0; number < 30; number++) {
      await harness.server.accounts.findByEmail("x");
      await fill(new Browser(harness), "/sign-up", { ...fresh, email });
    }
    const slowed = await fill(browser, "/sign-up", fresh);
    expect(slowed.status).toBe(429);
    expect(Number(slowed.headers.get("retry-after"))).toBeGreaterThan(0);
  }, 30_000);

  it("is not offered where it is off", async () => {
    const closed = await openHarness({ config: { signUp: false } });
    const who = new Browser(closed);
    expect((await who.open(at("/sign-in"))).html).not.toContain("/sign-up");
    expect((await who.open(at("/sign-up"))).status).toBe(403);
    expect((await who.post(at("/sign-up"), fresh)).status).toBe(403);
    expect(await closed.server.accounts.list()).toHaveLength(1);
    await closed.close();
  });
});

describe("the password", () => {
  const next = "another long password";

  it("is changed by who knows the present one; other browsers and apps are signed out, devices not", async () => {
    const other = await signedIn();
    const pair = await harness.pair();
    await signIn();
    const done = await fill(browser, "/account/password", { password, new_password: next });
    expect(done).toMatchObject({ status: 303, location: "/account?done=password" });
    expect((await browser.open(at("/account?done=password"))).html).toContain(
      "Your password was changed.",
    );
    expect(await isSignedIn(other)).toBe(false);
    expect(await harness.works(pair.accessToken)).toBe(true);
    expect((await harness.authorize()).status).toBe(403);
    expect((await signIn(new Browser(harness))).status).toBe(403);
    expect((await signIn(new Browser(harness), { email, password: next })).status).toBe(303);
  });

  it.each([
    [{ password: "wrong", new_password: next }, 403, "That is not your present password."],
    [{ password: "", new_password: next }, 422, "Enter your password."],
    [{ password, new_password: "short" }, 422, "at least 8 characters"],
  ])("is not changed with %j", async (fields, status, sentence) => {
    await signIn();
    const page = await fill(browser, "/account/password", fields);
    expect(page.status).toBe(status);
    expect(page.html).toContain(sentence);
    expect((await signIn(new Browser(harness))).status).toBe(303);
  });

  it("is found by password managers", async () => {
    expect((await browser.open(at("/.well-known/change-password"))).location).toBe(
      "/account/password",
    );
  });

  it("that was forgotten is set anew with a recovery code, once", async () => {
    const other = await signedIn();
    const [code = "", second = ""] = await newCodes();
    const typed = code.toLowerCase().replaceAll("-", " ");
    const recovered = await recover({ code: typed });
    expect(recovered).toMatchObject({ status: 303, location: "/account?done=recovered" });
    expect(await isSignedIn(other)).toBe(false);
    expect((await signIn(new Browser(harness), { email, password: next })).status).toBe(303);
    const again = await recover({ code });
    expect(again.status).toBe(403);
    expect(again.html).toContain("or the code was used before");
    expect((await recover({ code: second })).status).toBe(303);
    expect(await harness.audit()).toContain("account.recover access_denied");
  });

  it("is not set with a code of somebody else, and the answer is the same as for an unknown address", async () => {
    const [code = ""] = await newCodes();
    await harness.server.accounts.createLocal({ email: "other@example.org", password });
    const stranger = await recover({ code, email: "other@example.org" });
    const nobody = await recover({ code, email: "nobody@example.org" });
    expect(stranger.status).toBe(403);
    expect(nobody.status).toBe(403);
    expect((await recover({ code })).status).toBe(303);
  });

  it("asks for what is missing", async () => {
    const page = await recover({ code: "", email: "", new_password: "" });
    expect(page.status).toBe(422);
    for (const sentence of ["Enter your e-mail", "Enter a recovery code", "Enter your password"]) {
      expect(page.html).toContain(sentence);
    }
  });

  const recover = (fields: Readonly<Record<string, string>>) =>
    fill(new Browser(harness), "/recover", { email, new_password: next, ...fields });

  async function newCodes(): Promise<readonly string[]> {
    const who = await signedIn();
    const made = await fill(who, "/account/recovery-codes", { password });
    expect(made).toMatchObject({ status: 303, location: "/account/recovery-codes" });
    const page = await who.open(at("/account/recovery-codes"));
    return [...page.html.matchAll(/<li>([A-Z0-9-]{24})<\/li>/g)].map(([, code]) => code ?? "");
  }

  it("of one person are shown to nobody who signs in with the same browser after them", async () => {
    const codesIn = (html: string) => html.match(/<li>[A-Z0-9-]{24}<\/li>/g) ?? [];
    const shared = new Browser(harness);
    const made = await fill(shared, "/sign-up", fresh);
    expect(codesIn((await shared.open(at(made.location ?? ""))).html)).toHaveLength(10);
    await shared.submit({ ...(await shared.open(at("/account"))), url: at("/sign-out") }, {});
    await fill(shared, "/sign-in", { email, password });
    const page = await shared.open(at("/account/recovery-codes"));
    expect(page.html).toContain("no recovery codes");
    expect(codesIn(page.html)).toEqual([]);
  });

  it("of one person are shown to nobody whose session takes the place of theirs", async () => {
    const shared = new Browser(harness);
    await fill(shared, "/sign-up", fresh);
    const page = await shared.open(at("/sign-in?again=1"));
    await shared.submit(page, { email, password });
    expect((await shared.open(at("/account/recovery-codes"))).html).toContain("no recovery codes");
  });

  it("guards the recovery codes; new ones end those before", async () => {
    const [old = ""] = await newCodes();
    await newCodes();
    expect((await recover({ code: old })).status).toBe(403);
    const who = await signedIn();
    expect((await who.open(at("/account/recovery-codes"))).html).toContain(
      "You have 10 unused recovery codes.",
    );
    const refused = await fill(who, "/account/recovery-codes", { password: "wrong" });
    expect(refused.status).toBe(403);
  });
});

describe("my devices", () => {
  beforeEach(async () => {
    await signIn();
  });

  it("are listed with name, model, when and from where they were seen", async () => {
    expect((await browser.open(at("/account"))).html).toContain("No device has signed in");
    const headers = { authorization: `Bearer ${harness.accountAccessToken}` };
    const code = await harness.code({}, { headers });
    await harness.token(
      { grant_type: "authorization_code", code, ...device },
      {
        headers: { "x-device-name": Buffer.from("거실 스피커").toString("latin1") },
        remoteAddress: "198.51.100.7",
      },
    );
    harness.clock.advance(3 * 3_600_000);
    const page = await browser.open(at("/account"));
    expect(page.html).toContain("거실 스피커");
    expect(page.html).toContain(device.model_id);
    expect(page.html).toMatch(/>3 hours ago<\/time/);
    const detail = await browser.open(at(`/account/devices/${await deviceKey()}`));
    expect(detail.html).toContain("198.51.100.7");
    expect(detail.html).toContain(device.device_id);
    expect(detail.html).toContain("Speaker");
  });

  it("are renamed, and lose their names again", async () => {
    await harness.pair();
    const path = `/account/devices/${await deviceKey()}`;
    expect((await fill(browser, path, { name: " 부엌 <1> " })).location).toBe(
      "/account?done=renamed",
    );
    expect((await browser.open(at(path))).html).toContain("부엌 &lt;1&gt;");
    const long = await fill(browser, path, { name: "x".repeat(129) });
    expect(long.status).toBe(422);
    expect(long.html).toContain("at most 128 characters");
    await fill(browser, path, { name: "" });
    expect((await harness.server.devices.get(await deviceKey()))?.name).toBeNull();
  });

  it("are in the audit log with who changed them, and from where", async () => {
    await harness.pair();
    const key = await deviceKey();
    await fill(browser, `/account/devices/${key}`, { name: "Kitchen" });
    await fill(browser, `/account/devices/${key}/remove`, {});
    await harness.server.flushAudit();
    for (const event of ["device.rename", "device.remove"]) {
      const records = await harness.database.stores.auditLog.list({ event });
      expect(records, event).toMatchObject([
        {
          outcome: "ok",
          accountId: harness.accountId,
          deviceKey: key,
          remoteAddress: "192.0.2.1",
          detail: "by account",
        },
      ]);
    }
  });

  it("are removed: the token ends at once, and the refresh sends the device to its set-up", async () => {
    const pair = await harness.pair();
    const path = `/account/devices/${await deviceKey()}/remove`;
    const done = await fill(browser, path, {});
    expect(done).toMatchObject({ status: 303, location: "/account?done=removed" });
    expect(await harness.works(pair.accessToken)).toBe(false);
    expect((await harness.refresh(pair.refreshToken)).body["error"]).toBe("unauthorized_client");
    expect((await browser.open(at("/account"))).html).toContain("No device has signed in");
    expect((await browser.open(at(path))).status).toBe(404);
  });

  it("of other people are not there", async () => {
    const other = await harness.server.accounts.createLocal({ email: "o@example.org", password });
    const token = await harness.server.accounts.issueAccountAccessToken(other.accountId);
    await harness.pair({}, { headers: { authorization: `Bearer ${token}` } });
    const [theirs] = await harness.server.devices.list({ accountId: other.accountId });
    const path = `/account/devices/${theirs?.deviceKey}`;
    expect((await browser.open(at(path))).status).toBe(404);
    expect((await browser.open(at(`${path}/remove`))).status).toBe(404);
    expect((await browser.post(at(path), { name: "mine" })).status).toBe(404);
  });
});

describe("signing out everywhere", () => {
  it("ends other browsers and apps, and leaves the devices", async () => {
    const other = await signedIn();
    const pair = await harness.pair();
    await signIn();
    const done = await fill(browser, "/account/sign-out-everywhere", {});
    expect(done).toMatchObject({ status: 303, location: "/account?done=signedOut" });
    expect(await isSignedIn(browser)).toBe(true);
    expect(await isSignedIn(other)).toBe(false);
    expect((await harness.authorize()).status).toBe(403);
    expect(await harness.works(pair.accessToken)).toBe(true);
  });

  it("ends the devices too where that is ticked, and they go back to their set-up", async () => {
    const pair = await harness.pair();
    await signIn();
    await fill(browser, "/account/sign-out-everywhere", { devices: "on" });
    expect(await harness.works(pair.accessToken)).toBe(false);
    expect((await harness.refresh(pair.refreshToken)).body["error"]).toBe("unauthorized_client");
    expect((await browser.open(at("/account"))).html).toContain("signed out");
  });
});

describe("closing the account", () => {
  it("removes devices, signs out, and locks the account", async () => {
    const pair = await harness.pair();
    await signIn();
    const done = await fill(browser, "/account/close", { confirm: "on", password });
    expect(done).toMatchObject({ status: 303, location: "/account-closed" });
    expect((await browser.open(at("/account-closed"))).html).toContain("Your account is closed");
    expect(await isSignedIn(browser)).toBe(false);
    expect(await harness.works(pair.accessToken)).toBe(false);
    const refused = await signIn(new Browser(harness));
    expect(refused.status).toBe(423);
    expect(refused.html).toContain("closed by its owner");
    expect(refused.headers.get("retry-after")).toBe("2592000");
    harness.clock.advance(2_592_000_000);
    expect((await signIn(new Browser(harness))).status).toBe(303);
  });

  it.each([
    [{ password }, 422, "Tick the box"],
    [{ confirm: "on", password: "" }, 422, "Enter your password."],
    [{ confirm: "on", password: "wrong" }, 403, "not your present password"],
  ])("with %j does nothing", async (fields, status, sentence) => {
    await signIn();
    const page = await fill(browser, "/account/close", fields);
    expect(page.status).toBe(status);
    expect(page.html).toContain(sentence);
    expect(await isSignedIn(browser)).toBe(true);
  });
});

describe("consents", () => {
  const terms = [
    { id: "service", version: "1", required: true, title: { en: "Service" }, text: { en: "..." } },
    { id: "news", version: "2", required: false, title: { ja: "お知らせ" }, text: { ja: "..." } },
  ];

  it("are shown, and optional ones are agreed to and taken back", async () => {
    const withTerms = await openHarness({ config: { terms } });
    const who = new Browser(withTerms);
    await signIn(who);
    const page = await who.open(at("/account"));
    expect(page.html).toContain('<h3 lang="ja">お知らせ</h3>');
    const send = async (fields: Readonly<Record<string, string>>) =>
      who.submit({ ...(await who.open(at("/account"))), url: at("/account/consents") }, fields);
    expect((await send({ agree: "news" })).location).toBe("/account?done=consent");
    expect((await who.open(at("/account"))).html).toContain("agreed on");
    expect((await send({ take_back: "news" })).location).toBe("/account?done=consent");
    await withTerms.server.flushAudit();
    const [record] = await withTerms.database.stores.auditLog.list({ event: "terms.take_back" });
    expect(record).toMatchObject({ detail: "news@2", remoteAddress: "192.0.2.1" });
    expect((await who.open(at("/account"))).html).not.toContain("agreed on");
    expect((await send({ take_back: "service" })).status).toBe(404);
    await withTerms.close();
  });
});

describe("a browser that went astray", () => {
  const accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
  const lost = () => new Browser(harness, { language: "ko", headers: { accept } });

  it("is sent from the server's address to the account", async () => {
    const sent = await lost().open(at("/"));
    expect([sent.status, sent.location]).toEqual([303, "/account"]);
    expect((await lost().open(at("/"), "HEAD")).location).toBe("/account");
  });

  it("reads in its language that there is no such page of the account", async () => {
    const shown = await lost().open(at("/account/pasword"));
    expect(shown.status).toBe(404);
    expect(shown.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(shown.html).toContain('<html lang="ko">');
    expect(shown.html).toContain('href="/account"');
  });

  it.each([
    ["GET", "/", "*/*"],
    ["POST", "/", accept],
    ["GET", "/account/pasword", "application/json"],
    ["POST", "/account/pasword", accept],
    ["GET", "/nowhere", accept],
  ])("is told from a program: %s %s for %s is JSON", async (method, path, accepted) => {
    const program = new Browser(harness, { headers: { accept: accepted } });
    const shown = await program.open(at(path), method);
    expect(shown.status).toBe(404);
    expect(JSON.parse(shown.html)).toMatchObject({ error: "invalid_request" });
  });
});
