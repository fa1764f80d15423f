// People on the pages, in real Chromium, with JavaScript switched off.

import { once } from "node:events";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Site, openSite, openingPatience } from "./chromium.js";
import { postForm } from "./device.js";
import { password, poll, signIn, signUp, startDevice } from "./people.js";

let site: Site;
beforeAll(async () => {
  site = await openSite();
}, openingPatience);
afterAll(() => site.close());

const heading = (page: Page) => page.locator("h1").innerText();
const focused = (page: Page) =>
  page.locator(":focus").evaluate((element) => element.id || element.className);

/** Lets a device in, and waits until it has its tokens. */
async function addDevice(page: Page, deviceId: string, name: string): Promise<string> {
  const { userCode, deviceCode } = await startDevice(site, deviceId, name);
  await page.goto(`${site.origin}/activate`);
  await page.locator("#field-user_code").fill(userCode.toLowerCase().replace("-", " "));
  await page.locator("main form button").click();
  await page.locator("button[value=allow]").click();
  await page.waitForURL(/done=activated/);
  const { status, body } = await poll(site, deviceCode);
  expect(status).toBe(200);
  await page.reload();
  return String(body["refresh_token"]);
}

describe("a person", () => {
  it("makes an account, gets recovery codes, signs out and in again", async () => {
    const page = await site.window();
    const email = await signUp(site, page);
    expect(page.url()).toBe(`${site.origin}/account`);
    expect(await heading(page)).toBe("Your account");
    await page.locator("form[action='/sign-out'] button").click();
    await page.waitForURL(`${site.origin}/sign-in`);
    await page.goto(`${site.origin}/account`);
    expect(await heading(page)).toBe("Sign in");
    await signIn(site, page, email);
    expect(await page.locator(".who").innerText()).toBe(email);
  });

  it("keeps the session in a cookie that no script and no other site gets", async () => {
    const page = await site.window();
    await signUp(site, page);
    const cookies = await page.context().cookies();
    const session = cookies.find(({ name }) => name === "__Host-trefoil-session");
    expect(session).toMatchObject({ httpOnly: true, secure: true, sameSite: "Lax", path: "/" });
  });

  it("is told what is wrong where it is wrong, by keyboard alone", async () => {
    const page = await site.window();
    await page.goto(`${site.origin}/sign-up`);
    await page.keyboard.press("Tab");
    expect(await focused(page)).toBe("skip");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    expect(await focused(page)).toBe("field-email");
    await page.keyboard.type("nobody");
    await page.keyboard.press("Tab");
    await page.keyboard.type("short");
    await page.keyboard.press("Enter");
    await page.locator(".problem").waitFor();
    expect(await page.title()).toBe("Problem: Create an account - Trefoil");
    expect(await focused(page)).toBe("problem");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await focused(page)).toBe("field-email");
    expect(await page.locator("#field-email").inputValue()).toBe("nobody");
  });

  it("reloads a page that answered a form without sending the form again", async () => {
    const page = await site.window();
    await signUp(site, page);
    await addDevice(page, "reload", "Reload");
    await page.locator("ul.plain a.button").click();
    await page.locator("#field-name").fill("Bathroom");
    await page.locator("main form button").click();
    await page.waitForURL(/done=renamed/);
    await page.reload();
    expect(await page.locator("h3").innerText()).toBe("Bathroom");
    await page.goBack();
    await page.locator("main form button").click();
    // The form in the page that came back from the browser's memory was sent already, or was fetched anew: both are fine.
    expect(["Bathroom", "Your account"]).toContain(await heading(page));
  });

  it("changes the password, and the other window is signed out", async () => {
    const [page, other] = [await site.window(), await site.window()];
    const email = await signUp(site, page);
    await signIn(site, other, email);
    await page.goto(`${site.origin}/account/password`);
    await page.locator("#field-password").fill(password);
    await page.locator("#field-new_password").fill("quite another password");
    await page.locator("main form button").click();
    await page.waitForURL(/done=password/);
    expect(await page.locator(".notice").innerText()).toContain("Your password was changed.");
    await other.goto(`${site.origin}/account`);
    expect(await heading(other)).toBe("Sign in");
  });

  it("gets back in with a recovery code", async () => {
    const page = await site.window();
    const email = await signUp(site, page);
    await page.goto(`${site.origin}/account/recovery-codes`);
    await page.locator("#field-password").fill(password);
    await page.locator("main form button").click();
    const code = await page.locator("ol.codes li").first().innerText();
    const fresh = await site.window();
    await fresh.goto(`${site.origin}/recover`);
    await fresh.locator("#field-email").fill(email);
    await fresh.locator("#field-code").fill(code);
    await fresh.locator("#field-new_password").fill("quite another password");
    await fresh.locator("main form button").click();
    await fresh.waitForURL(/done=recovered/);
  });

  it("closes the account", async () => {
    const page = await site.window();
    const email = await signUp(site, page);
    await page.goto(`${site.origin}/account/close`);
    await page.locator("#field-confirm").check();
    await page.locator("#field-password").fill(password);
    await page.locator("main form button").click();
    await page.waitForURL(`${site.origin}/account-closed`);
    await page.goto(`${site.origin}/sign-in`);
    await page.locator("#field-email").fill(email);
    await page.locator("#field-password").fill(password);
    await page.locator("main form button").click();
    expect(await page.locator(".problem").innerText()).toContain("closed by its owner");
  });
});

describe("a device", () => {
  it("is let in by its code, shows up, and is removed", async () => {
    const page = await site.window();
    await signUp(site, page);
    const refreshToken = await addDevice(page, "to-be-removed", "Kitchen speaker");
    expect(await page.locator(".notice").innerText()).toContain("The device was let in.");
    expect(await page.locator("h3").innerText()).toBe("Kitchen speaker");
    await page.getByRole("link", { name: "Manage Kitchen speaker" }).click();
    await page.getByRole("link", { name: "Remove device" }).click();
    expect(await heading(page)).toBe("Remove Kitchen speaker?");
    await page.getByRole("button", { name: "Remove device" }).click();
    await page.waitForURL(/done=removed/);
    expect(await page.locator("main").innerText()).toContain("No device has signed in");
    const { body } = await refresh(refreshToken);
    expect(body["error"]).toBe("unauthorized_client");
  });

  it("is not let in where the person says no", async () => {
    const page = await site.window();
    await signUp(site, page);
    const { userCode, deviceCode } = await startDevice(site, "refused", "Stranger");
    await page.goto(`${site.origin}/activate?user_code=${userCode}`);
    await page.locator("button[value=deny]").click();
    expect(await heading(page)).toBe("The device was not let in");
    expect((await poll(site, deviceCode)).body["error"]).toBe("access_denied");
  });

  it("is let in by somebody who signs up on the way", async () => {
    const page = await site.window();
    const { userCode } = await startDevice(site, "on-the-way", "Radio");
    await page.goto(`${site.origin}/activate?user_code=${userCode}`);
    expect(await heading(page)).toBe("Sign in");
    const path = await page.getByRole("link", { name: "Create an account" }).getAttribute("href");
    await signUp(site, page, path ?? "");
    expect(page.url()).toContain(`/activate?user_code=${userCode}`);
    expect(await page.locator("dl").innerText()).toContain("Radio");
  });

  function refresh(refreshToken: string) {
    return postForm(`${site.origin}/token`, {
      grant_type: "refresh_token",
      client_id: site.client.clientId,
      client_secret: site.client.clientSecret,
      refresh_token: refreshToken,
      model_id: "trefoil-speaker",
    });
  }
});

describe("another site (attack)", () => {
  let evil: Server;
  let evilOrigin: string;
  let body = "";
  beforeAll(async () => {
    evil = createServer((_, response) => response.setHeader("content-type", "text/html").end(body));
    evil.listen(0, "127.0.0.1");
    await once(evil, "listening");
    // Another name, so another site: cookies that are meant for our own pages stay behind.
    evilOrigin = `http://localhost:${(evil.address() as AddressInfo).port}`;
  });
  afterAll(() => evil.close());

  it("cannot put a page into a frame", async () => {
    body = `<iframe src="${site.origin}/sign-in"></iframe>`;
    const page = await site.window({ scripts: true });
    const refusals: string[] = [];
    page.on("console", (message) => void refusals.push(message.text()));
    await page.goto(evilOrigin);
    await expect.poll(() => refusals.join()).toContain("frame-ancestors");
  });

  it("cannot send a form in the name of who is signed in", async () => {
    body = `<form method="post" action="${site.origin}/account/sign-out-everywhere"><button>Win</button></form>`;
    const [page, other] = [await site.window({ scripts: true }), await site.window()];
    const email = await signUp(site, page);
    await signIn(site, other, email);
    await page.goto(evilOrigin);
    await page.locator("button").click();
    // The cookie stayed behind, so that the form ended at the sign-in, which leads to the page that asks: nothing happened.
    await page.waitForURL(`${site.origin}/account/sign-out-everywhere`);
    expect(await heading(page)).toBe("Sign out everywhere");
    await other.goto(`${site.origin}/account`);
    expect(await heading(other)).toBe("Your account");
  });
});
