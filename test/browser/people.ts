// What people do on the pages, for several tests.

import type { Page } from "playwright-core";
import { postForm, postJson } from "./device.js";
import type { Site } from "./chromium.js";

export const password = "five unrelated words here";

let people = 0;

/** Makes an account on the pages, and ends on its overview. @returns its e-mail address */
export async function signUp(site: Site, page: Page, path = "/sign-up"): Promise<string> {
  people += 1;
  const email = `person${people}@example.org`;
  await page.goto(`${site.origin}${path}`);
  await page.locator("#field-email").fill(email);
  await page.locator("#field-new_password").fill(password);
  await page.locator("main form button").click();
  await page.locator("ol.codes").waitFor();
  await page.locator("main form button").click();
  return email;
}

export async function signIn(site: Site, page: Page, email: string): Promise<void> {
  await page.goto(`${site.origin}/sign-in`);
  await page.locator("#field-email").fill(email);
  await page.locator("#field-password").fill(password);
  await page.locator("main form button").click();
  await page.waitForURL(`${site.origin}/account`);
}

/** The terms page that an app of somebody's is told to open. */
export async function termsPageOf(site: Site, email: string): Promise<string> {
  const signedIn = await postJson(`${site.origin}/account/sign-in`, { email, password });
  const { body } = await postForm(
    `${site.origin}/authorize`,
    {
      client_id: site.client.clientId,
      device_id: "app",
      model_id: "trefoil-speaker",
      response_type: "code",
      state: "s",
    },
    { authorization: `Bearer ${String(signedIn.body["account_access_token"])}` },
  );
  return String(body["redirect_uri"]);
}

/** The page on which somebody who is signed in says whether an app may know them. */
export async function consentPageOf(site: Site, name: string): Promise<string> {
  const redirectUri = "https://app.example/back";
  const { body } = await postJson(
    `${site.origin}/admin/v1/clients`,
    { name, redirectUris: [redirectUri] },
    { authorization: `Bearer ${site.adminToken}` },
  );
  const query = new URLSearchParams({
    client_id: String(body["clientId"]),
    redirect_uri: redirectUri,
    response_type: "code",
    scope: "openid email devices offline_access",
    prompt: "consent",
    code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    code_challenge_method: "S256",
  });
  return `${site.origin}/oidc/auth?${query.toString()}`;
}

/** What a device without an app gets to show. */
export async function startDevice(
  site: Site,
  deviceId: string,
  name: string,
): Promise<{ readonly userCode: string; readonly deviceCode: string }> {
  const { body } = await postForm(
    `${site.origin}/device_authorization`,
    {
      client_id: site.client.clientId,
      client_secret: site.client.clientSecret,
      device_id: deviceId,
      model_id: "trefoil-speaker",
    },
    { "x-device-name": Buffer.from(name).toString("latin1") },
  );
  return { userCode: String(body["user_code"]), deviceCode: String(body["device_code"]) };
}

/** Asks once for the tokens of a device. */
export function poll(site: Site, deviceCode: string) {
  return postForm(`${site.origin}/token`, {
    grant_type: "urn:ietf:params:oauth:grant-type:device_code",
    client_id: site.client.clientId,
    client_secret: site.client.clientSecret,
    device_code: deviceCode,
  });
}
