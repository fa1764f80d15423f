// The terms page as apps open it, in real Chromium: every outcome, with the app's redirect URI and without.

import { once } from "node:events";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Site, openSite, openingPatience } from "./chromium.js";
import { postForm, postJson } from "./device.js";

const terms = [
  { id: "service", version: "1", required: true, title: { en: "Service" }, text: { en: "One." } },
  { id: "news", version: "1", required: false, title: { en: "News" }, text: { en: "Two." } },
];
const device = { device_id: "terms", model_id: "trefoil-speaker" };

let site: Site;
let app: Server;
let redirectUri: string;
let client: Readonly<Record<string, string>>;
beforeAll(async () => {
  app = createServer((_, response) => response.end("back in the app"));
  app.listen(0, "127.0.0.1");
  await once(app, "listening");
  redirectUri = `http://localhost:${(app.address() as AddressInfo).port}/back?from=terms`;
  site = await openSite({ terms });
  const { body } = await postJson(
    `${site.origin}/admin/v1/clients`,
    { name: "Companion app", redirectUris: [redirectUri] },
    { authorization: `Bearer ${site.adminToken}` },
  );
  client = { client_id: String(body["clientId"]), client_secret: String(body["clientSecret"]) };
}, openingPatience);
afterAll(async () => {
  await site.close();
  app.close();
});

/** What the app is told with its 451. */
interface Pending {
  readonly code: string;
  readonly uri: string;
}
let pending: Pending;
beforeEach(async () => {
  // An account of its own each time: agreement lasts.
  const email = `terms${Math.random()}@example.org`;
  const password = "five unrelated words here";
  const page = await site.window();
  await page.goto(`${site.origin}/sign-up`);
  await page.locator("#field-email").fill(email);
  await page.locator("#field-new_password").fill(password);
  await page.locator("main form button").click();
  await page.locator("ol.codes").waitFor();
  const signedIn = await postJson(`${site.origin}/account/sign-in`, { email, password });
  const asked = await postForm(
    `${site.origin}/authorize`,
    { client_id: client["client_id"] ?? "", ...device, response_type: "code", state: "a/b+c" },
    { authorization: `Bearer ${String(signedIn.body["account_access_token"])}` },
  );
  expect(asked.status).toBe(451);
  pending = { code: String(asked.body["code"]), uri: String(asked.body["redirect_uri"]) };
});

const exchange = () =>
  postForm(`${site.origin}/token`, {
    grant_type: "authorization_code",
    ...client,
    ...device,
    code: pending.code,
  });

type Step = (page: Page) => Promise<void>;
const agree: Step = (page) => page.locator("button[value=agree]").click();
const steps: Readonly<Record<string, Step>> = {
  agreed: async (page) => {
    await page.locator("#field-agree-service").check();
    await agree(page);
  },
  terms_not_agreed: async (page) => {
    await page.locator("#field-agree-news").check();
    await agree(page);
  },
  "user-disagreement": (page) => page.locator("button[value=decline]").click(),
};

describe.each(Object.entries(steps))("%s", (outcome, step) => {
  const isAgreed = outcome === "agreed";

  it("leads to the app's scheme without a redirect URI", async () => {
    const page = await site.window();
    const blocked: string[] = [];
    page.on("console", (message) => void blocked.push(message.text()));
    await page.goto(pending.uri);
    const answered = page.waitForResponse((response) => response.status() === 302);
    await step(page);
    const location = await (await answered).headerValue("location");
    expect(location).toBe(
      isAgreed ? "clova://agreement-success" : `clova://agreement-failure?error=${outcome}`,
    );
    // The browser was allowed to follow: no policy of ours stood in the way.
    expect(blocked.join()).not.toMatch(/Content Security Policy/i);
    expect((await exchange()).status).toBe(isAgreed ? 200 : 400);
  });

  it("leads back to the app with its redirect URI", async () => {
    const page = await site.window();
    await page.goto(`${pending.uri}&redirect_uri=${encodeURIComponent(redirectUri)}`);
    await step(page);
    await page.waitForURL(/\/back\?/);
    expect(await page.locator("body").innerText()).toBe("back in the app");
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({
      from: "terms",
      code: pending.code,
      state: "a/b+c",
      ...(isAgreed ? {} : { error: outcome }),
    });
    expect((await exchange()).status).toBe(isAgreed ? 200 : 400);
  });
});

it("leads nowhere for a redirect URI that is not registered (attack: open redirect)", async () => {
  const page = await site.window();
  await page.goto(`${pending.uri}&redirect_uri=${encodeURIComponent("https://evil.example/")}`);
  expect(await page.locator("h1").innerText()).toBe("This address is not valid");
  expect(await page.locator("form").count()).toBe(0);
});
