// Attacks on the pages: clickjacking, forged forms, open redirects, leaks of codes by address.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { configSchema } from "../../packages/server/src/config/index.js";
import { Browser, type Shown } from "../authorization/browser.js";
import { type Harness, device, email, openHarness, password } from "../authorization/harness.js";

const { terms } = configSchema.parse({
  auth: { terms: [{ id: "service", version: "1", title: { en: "Terms" }, text: { en: "-" } }] },
}).auth;
const back = "https://app.example/back";
const origin = "https://trefoil.example";

let harness: Harness;
beforeEach(async () => {
  harness = await openHarness({ config: { terms } });
  await harness.server.clients.setRedirectUris(harness.clientId, [back]);
});
afterEach(() => harness.close());

async function pending() {
  const { body } = await harness.authorize();
  return { code: String(body["code"]), uri: String(body["redirect_uri"]) };
}
const toApp = (uri: string, redirectUri = back) =>
  `${uri}&redirect_uri=${encodeURIComponent(redirectUri)}`;
const agree = { "agree-service": "on", decision: "agree" };

async function pages(): Promise<readonly Shown[]> {
  const browser = new Browser(harness);
  const { uri } = await pending();
  await browser.submit(await browser.open(`${origin}/sign-in`), { email, password });
  const shown: Shown[] = [];
  for (const url of [uri, toApp(uri, "https://evil.example/"), `${origin}/account`]) {
    shown.push(await browser.open(url));
  }
  for (const path of ["/sign-in", "/sign-up", "/recover"]) {
    shown.push(await new Browser(harness).open(`${origin}${path}`));
  }
  return shown;
}

describe("every page", () => {
  it("cannot be framed (clickjacking, RFC 9700 section 4.16)", async () => {
    for (const { headers, url } of await pages()) {
      expect(headers.get("content-security-policy"), url).toContain("frame-ancestors 'none'");
      expect(headers.get("x-frame-options"), url).toBe("DENY");
    }
  });

  it("runs no script, whatever stands in its address (injection)", async () => {
    const { uri } = await pending();
    const evil = `${uri}&lang=%22%3E%3Cscript%3E&x=%3Cscript%3Ealert(1)%3C/script%3E`;
    const shown = [...(await pages()), await new Browser(harness).open(evil)];
    for (const { headers, html, url } of shown) {
      expect(headers.get("content-security-policy"), url).toContain("default-src 'none'");
      expect(headers.get("content-security-policy"), url).not.toContain("script-src");
      expect(html, url).not.toMatch(/<script|javascript:|\son[a-z]+=/i);
    }
  });

  it("sends its address, in which a code may stand, to nobody, and is kept by no cache (RFC 9700 section 4.2)", async () => {
    for (const { headers, url } of await pages()) {
      expect(headers.get("referrer-policy"), url).toBe("no-referrer");
      expect(headers.get("cache-control"), url).toBe("no-store");
    }
  });
});

describe("a device that names itself like a trick", () => {
  const evil = `"><img src=x onerror=alert(1)>\u202e<script>`;
  const sly = { device_id: `d${evil}`, model_id: `m${evil}` };
  const headers = { "x-device-name": Buffer.from(`n${evil}`).toString("latin1") };

  async function shown(): Promise<readonly Shown[]> {
    await harness.close();
    harness = await openHarness();
    const browser = new Browser(harness);
    await browser.submit(await browser.open(`${origin}/sign-in`), { email, password });
    const credentials = { client_id: harness.clientId, client_secret: harness.clientSecret };
    const code = await harness.code(sly);
    await harness.token({ grant_type: "authorization_code", code, ...sly }, { headers });
    const { body } = await harness.send(
      "/device_authorization",
      { ...credentials, ...sly },
      { shape: "POST body", headers },
    );
    const [found] = await harness.server.devices.list();
    const pages = [
      "/account",
      `/account/devices/${found?.deviceKey}`,
      `/account/devices/${found?.deviceKey}/remove`,
      `/activate?user_code=${String(body["user_code"])}`,
    ];
    return Promise.all(pages.map((path) => browser.open(`${origin}${path}`)));
  }

  it("runs nothing on any page (stored cross-site scripting)", async () => {
    for (const { html, status, url } of await shown()) {
      expect(status, url).toBe(200);
      expect(html, url).not.toMatch(/<img|<script/i);
      expect(html, url).toContain("&lt;img src=x");
    }
  });

  it("turns around nothing that stands beside its name (Trojan source)", async () => {
    for (const { html, url } of await shown()) {
      // Names lose such marks; what devices are identified by is kept as it is, in a box of its own.
      expect(html.replaceAll(/<bdi>[^<]*<\/bdi\s*>/g, ""), url).not.toContain("\u202e");
    }
  });

  it("is named by its owner without them", async () => {
    await shown();
    const [found] = await harness.server.devices.list();
    await harness.server.devices.rename(found?.deviceKey ?? "", "Kit\u202echen\u2069");
    expect((await harness.server.devices.get(found?.deviceKey ?? ""))?.name).toBe("Kitchen");
  });
});

describe("an open redirector", () => {
  it.each([
    "https://evil.example/",
    "https://app.example.evil.example/back",
    "https://app.example@evil.example/back",
    "https://app.example/back/../../evil",
    "https://app.example/back#@evil.example",
    "https://app.example/back?next=https://evil.example",
    "//evil.example/back",
    "\\\\evil.example\\back",
    "javascript:alert(1)//https://app.example/back",
    "data:text/html,x",
  ])("is not made of the terms page by %s (RFC 9700 section 4.11)", async (redirectUri) => {
    const { uri } = await pending();
    const browser = new Browser(harness);
    const good = await browser.open(uri);
    for (const answer of [
      await browser.open(toApp(uri, redirectUri)),
      await browser.submit({ ...good, url: toApp(uri, redirectUri) }, agree),
      await browser.submit({ ...good, url: toApp(uri, redirectUri) }, { decision: "decline" }),
    ]) {
      expect(answer.location).toBeNull();
      expect(answer.headers.get("content-security-policy")).toContain("form-action 'self';");
    }
  });

  it("is not made of the sign-in", async () => {
    for (const next of ["https://evil.example", "//evil.example", "/\\evil.example", "/nowhere"]) {
      const browser = new Browser(harness);
      const page = await browser.open(`${origin}/sign-in?continue=${encodeURIComponent(next)}`);
      expect((await browser.submit(page, { email, password })).location).toBe("/account");
    }
  });
});

describe("a forged form (CSRF)", () => {
  it("agrees to no terms: its token is bound to the code and good once", async () => {
    const [mine, other] = [await pending(), await pending()];
    const browser = new Browser(harness);
    const page = await browser.open(other.uri);
    expect((await browser.post(mine.uri, agree)).status).toBe(403);
    expect((await browser.submit({ ...page, url: mine.uri }, agree)).status).toBe(403);
    expect((await browser.submit(page, { decision: "decline" })).status).toBe(302);
    expect((await browser.submit(page, agree)).status).toBe(409);
    expect(await harness.server.terms.history(harness.accountId)).toEqual([]);
  });

  it("signs nobody in or out, from a foreign page", async () => {
    const page = await new Browser(harness).open(`${origin}/sign-in`);
    const foreign = new Browser(harness, { headers: { "sec-fetch-site": "cross-site" } });
    expect((await foreign.submit(page, { email, password })).status).toBe(403);
  });

  it("cannot carry a password to the app's sign-in: that takes JSON alone", async () => {
    const answer = await new Browser(harness).post(`${origin}/account/sign-in`, {
      email,
      password,
    });
    expect(answer.status).toBe(415);
  });
});

describe("what follows a form", () => {
  it("is 303 on the account pages, so that a password is never sent on (RFC 9700 section 4.12)", async () => {
    const browser = new Browser(harness);
    const answer = await browser.submit(await browser.open(`${origin}/sign-in`), {
      email,
      password,
    });
    expect(answer.status).toBe(303);
  });

  it("is 302 on the terms page, as the apps of the service expect, and nothing of the form goes along", async () => {
    const { code, uri } = await pending();
    const browser = new Browser(harness);
    const answer = await browser.submit(await browser.open(toApp(uri)), agree);
    expect(answer.status).toBe(302);
    expect(answer.location).toBe(`${back}?code=${code}&state=s1`);
  });
});

describe("a code that waits for the terms", () => {
  it("cannot be exchanged past the page (skipping consent)", async () => {
    const { code } = await pending();
    const answer = await harness.token({ grant_type: "authorization_code", code, ...device });
    expect(answer.body).toMatchObject({
      error: "invalid_grant",
      error_description: expect.stringContaining("terms not agreed") as string,
    });
  });

  it("goes back to the app with the app's own state alone (forged state, RFC 9700 section 4.7)", async () => {
    const { uri } = await pending();
    const forged = await new Browser(harness).open(toApp(uri.replace("state=s1", "state=evil")));
    expect(forged.status).toBe(400);
    expect(forged.location).toBeNull();
  });
});
