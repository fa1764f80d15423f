// An app signs a person in by OpenID Connect, in real Chromium: its policies let the browser follow all the way to the app.

import { createHash } from "node:crypto";
import { once } from "node:events";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Site, openSite, openingPatience } from "./chromium.js";
import { postForm, postJson } from "./device.js";
import { password, signUp } from "./people.js";

const verifier = "v".repeat(43);
const challenge = createHash("sha256").update(verifier).digest("base64url");

let site: Site;
let app: Server;
let redirectUri: string;
let clientId: string;
beforeAll(async () => {
  app = createServer((_, response) => response.end("back in the app"));
  app.listen(0, "127.0.0.1");
  await once(app, "listening");
  redirectUri = `http://localhost:${(app.address() as AddressInfo).port}/back`;
  site = await openSite();
  const { body } = await postJson(
    `${site.origin}/admin/v1/clients`,
    { name: "Companion app", redirectUris: [redirectUri] },
    { authorization: `Bearer ${site.adminToken}` },
  );
  clientId = String(body["clientId"]);
}, openingPatience);
afterAll(async () => {
  await site.close();
  app.close();
});

const start = () =>
  `${site.origin}/oidc/auth?${new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: "code",
    scope: "openid devices",
    state: "s",
    code_challenge: challenge,
    code_challenge_method: "S256",
  }).toString()}`;

it("from sign-in and consent to the app, whose token then lets a device in", async () => {
  const email = await signUp(site, await site.window());
  const page = await site.window();
  await page.goto(start());
  expect(await page.locator("h1").innerText()).toBe("Sign in");
  await page.locator("#field-email").fill(email);
  await page.locator("#field-password").fill(password);
  await page.locator("main form button").click();
  expect(await page.locator("h1").innerText()).toBe("Continue to Companion app?");
  await page.locator("button[value=allow]").click();
  await page.waitForURL(/\/back\?code=/);
  const code = new URL(page.url()).searchParams.get("code") ?? "";
  const { status, body } = await postForm(`${site.origin}/oidc/token`, {
    grant_type: "authorization_code",
    client_id: clientId,
    redirect_uri: redirectUri,
    code,
    code_verifier: verifier,
  });
  expect(status).toBe(200);
  const letIn = await postForm(
    `${site.origin}/authorize`,
    {
      client_id: site.client.clientId,
      device_id: "by-the-app",
      model_id: "trefoil-speaker",
      response_type: "code",
      state: "s",
    },
    { authorization: `Bearer ${String(body["access_token"])}` },
  );
  expect(letIn.status).toBe(200);
});

it("who says no is led back to the app, which is told", async () => {
  const page = await site.window();
  await signUp(site, page);
  await page.goto(start());
  await page.locator("button[value=deny]").click();
  await page.waitForURL(/\/back\?error=access_denied/);
});
