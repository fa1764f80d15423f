// Every page, in light and dark, in each language, held against the rules of axe: none may be broken.

import axe from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Site, openSite, openingPatience } from "./chromium.js";
import {
  consentPageOf,
  password,
  poll,
  signIn,
  signUp,
  startDevice,
  termsPageOf,
} from "./people.js";

const terms = [
  {
    id: "service",
    version: "1",
    required: true,
    title: { en: "Terms of service", ja: "利用規約", ko: "이용약관" },
    text: { en: "One.\n\nTwo." },
  },
  {
    id: "news",
    version: "1",
    required: false,
    title: { en: "News", ja: "お知らせ", ko: "소식" },
    url: { en: "https://example.org/news" },
  },
];

let site: Site;
let email: string;
let deviceKey: string;
beforeAll(async () => {
  site = await openSite({ terms });
  const page = await site.window();
  email = await signUp(site, page);
  const { userCode, deviceCode } = await startDevice(site, "kitchen", "Kitchen");
  await page.goto(`${site.origin}/activate?user_code=${userCode}`);
  await page.locator("#field-agree-service").check();
  await page.locator("button[value=allow]").click();
  await poll(site, deviceCode);
  await page.goto(`${site.origin}/account`);
  deviceKey =
    (await page.locator("ul.plain a.button").getAttribute("href"))?.split("/").pop() ?? "";
}, openingPatience);
afterAll(() => site.close());

/** What axe finds, in words. */
async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const tool = (globalThis as unknown as { axe: typeof axe }).axe;
    const results = await tool.run({
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return results.violations.map(({ id, help, nodes }) => ({
      id,
      help,
      at: nodes.map(({ html }) => html),
    }));
  });
  return found.map(({ id, help, at }) => `${id}: ${help}: ${at.join(" | ")}`);
}

const open = ["/sign-in", "/sign-up", "/recover", "/account-closed"];
const own = [
  "/account",
  "/account?done=renamed",
  "/account/password",
  "/account/recovery-codes",
  "/account/sign-out-everywhere",
  "/account/close",
  "/account/devices/unknown",
  "/activate",
];

describe.each([
  ["light", "en-GB"],
  ["dark", "ja-JP"],
  ["dark", "ko-KR"],
] as const)("%s, %s", (colors, locale) => {
  const look = { colors, locale, scripts: true } as const;

  it("for visitors", async () => {
    const page = await site.window(look);
    for (const path of open) {
      await page.goto(`${site.origin}${path}`);
      expect(await violations(page), path).toEqual([]);
    }
  });

  it("with problems shown", async () => {
    const page = await site.window(look);
    for (const path of ["/sign-in", "/sign-up", "/recover"]) {
      await page.goto(`${site.origin}${path}`);
      await page.locator("main form button").click();
      await page.locator(".problem").waitFor();
      expect(await violations(page), path).toEqual([]);
    }
  });

  it("for who is signed in", async () => {
    const page = await site.window(look);
    await signIn(site, page, email);
    const ofDevice = [`/account/devices/${deviceKey}`, `/account/devices/${deviceKey}/remove`];
    for (const path of [...own, ...ofDevice]) {
      await page.goto(`${site.origin}${path}`);
      expect(await violations(page), path).toEqual([]);
    }
    await page.goto(`${site.origin}/account/recovery-codes`);
    await page.locator("#field-password").fill(password);
    await page.locator("main form button").click();
    await page.locator("ol.codes").waitFor();
    expect(await violations(page), "recovery codes").toEqual([]);
  });

  it("for who lets a device in, terms included", async () => {
    const page = await site.window(look);
    await signUp(site, page);
    const { userCode } = await startDevice(site, `axe ${colors} ${locale}`, "Radio");
    await page.goto(`${site.origin}/activate?user_code=${userCode}`);
    expect(await violations(page), "activate").toEqual([]);
    await page.locator("button[value=allow]").click();
    await page.locator(".problem").waitFor();
    expect(await violations(page), "terms not agreed").toEqual([]);
  });

  it("for who comes from an app: terms, an address of no use, and consent", async () => {
    const page = await site.window(look);
    const person = await signUp(site, page);
    await page.goto(await termsPageOf(site, person));
    expect(await violations(page), "terms").toEqual([]);
    await page.goto(`${site.origin}/terms`);
    expect(await violations(page), "no terms").toEqual([]);
    await page.goto(await consentPageOf(site, "An app"));
    await page.locator("button[value=allow]").waitFor();
    expect(await violations(page), "consent").toEqual([]);
    await page.goto(`${site.origin}/oidc/interaction/gone`);
    expect(await violations(page), "no consent").toEqual([]);
  });
});

describe.each([
  [320, "en-GB"],
  [320, "ja-JP"],
  [320, "ko-KR"],
  [1280, "en-GB"],
] as const)("at %i pixels, %s", (width, locale) => {
  // @see https://www.w3.org/TR/WCAG22/#reflow
  it("no page has to be scrolled sideways, however long the names are", async () => {
    const page = await site.window({ width, height: 700, locale, scripts: true });
    const person = await signUp(site, page);
    const long = "N".repeat(128);
    const { userCode, deviceCode } = await startDevice(
      site,
      `${long.slice(9)}${width}${locale}`,
      long,
    );
    const wide: string[] = [];
    const look = async (path: string) => {
      await page.goto(path.startsWith("/") ? `${site.origin}${path}` : path);
      // A text, because the types of a browser are not those of these tests.
      const [needed, there] = await page.evaluate<readonly [number, number]>(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]",
      );
      if (needed > there) wide.push(`${path}: ${needed}`);
    };
    await look(await termsPageOf(site, person));
    await look(await consentPageOf(site, "A".repeat(256)));
    await look(`/activate?user_code=${userCode}`);
    await page.locator("#field-agree-service").check();
    await page.locator("button[value=allow]").click();
    await poll(site, deviceCode);
    for (const path of [...open, ...own, "/terms", "/sign-in?again=1"]) await look(path);
    await page.goto(`${site.origin}/account`);
    const key = (await page.locator("ul.plain a.button").getAttribute("href")) ?? "";
    await look(key);
    await look(`${key}/remove`);
    expect(wide).toEqual([]);
  });
});

it("finds what is wrong: a page without a title and with a nameless field", async () => {
  const page = await site.window({ scripts: true });
  await page.setContent("<main><input></main>");
  const found = await violations(page);
  expect(found.join()).toContain("document-title");
  expect(found.join()).toContain("label");
});
