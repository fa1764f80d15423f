// What people do on the pages, for several tests.

import type { Page } from "playwright-core";
import { postForm } from "./device.js";
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
