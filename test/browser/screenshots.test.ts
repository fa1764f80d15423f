// The pictures in the documentation: taken anew where TREFOIL_SCREENSHOTS is set, else looked at whether they are there.

import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { openSite, openingPatience } from "./chromium.js";
import { password, poll, signIn, signUp, startDevice } from "./people.js";

const directory = fileURLToPath(new URL("../../docs/images", import.meta.url));

const terms = [
  {
    id: "service",
    version: "2026-01",
    required: true,
    title: { en: "Terms of service", ja: "サービス利用規約", ko: "서비스 이용약관" },
    text: {
      en: "1. This service lets devices in your home talk and be talked to.\n\n2. You may end it at any time on your account page.\n\n3. We keep what is needed to run it, and nothing else.",
      ja: "1. 本サービスは、ご家庭のデバイスとの対話を提供します。\n\n2. アカウントのページからいつでも退会できます。\n\n3. 運用に必要な情報だけを保存します。",
      ko: "1. 이 서비스는 집 안의 기기와 대화할 수 있게 합니다.\n\n2. 계정 페이지에서 언제든지 탈퇴할 수 있습니다.\n\n3. 운영에 필요한 정보만 보관합니다.",
    },
  },
  {
    id: "news",
    version: "1",
    required: false,
    title: { en: "News by e-mail", ja: "メールでのお知らせ", ko: "이메일 소식" },
    text: {
      en: "A few times a year.",
      ja: "年に数回お送りします。",
      ko: "일 년에 몇 번 보내 드립니다.",
    },
  },
];

describe.runIf(process.env["TREFOIL_SCREENSHOTS"] !== undefined)("taking the pictures", () => {
  it(
    "of the account pages",
    async () => {
      mkdirSync(directory, { recursive: true });
      const site = await openSite({ terms });
      const shot = (name: string) => ({ path: join(directory, `${name}.png`), fullPage: true });
      const looks = { width: 760, height: 600, scale: 1.5 };

      const page = await site.window(looks);
      await page.goto(`${site.origin}/sign-up`);
      await page.screenshot(shot("sign-up"));
      await page.locator("#field-email").fill("nobody");
      await page.locator("main form button").click();
      await page.screenshot(shot("form-problem"));

      const email = await signUp(site, page);
      for (const [id, name] of [
        ["8c:85:90:01:02:03", "Kitchen speaker"],
        ["8c:85:90:01:02:04", "거실 스피커"],
      ] as const) {
        const { userCode, deviceCode } = await startDevice(site, id, name);
        await page.goto(`${site.origin}/activate`);
        if (name === "Kitchen speaker") await page.screenshot(shot("activate"));
        await page.locator("#field-user_code").fill(userCode);
        await page.locator("main form button").click();
        if (name === "Kitchen speaker") {
          await page.screenshot(shot("activate-terms"));
          await page.locator("#field-agree-service").check();
        } else {
          await page.screenshot(shot("activate-device"));
        }
        await page.locator("button[value=allow]").click();
        await page.waitForURL(/done=activated/);
        expect((await poll(site, deviceCode)).status).toBe(200);
      }
      await page.goto(`${site.origin}/account`);
      await page.screenshot(shot("account"));
      await page.locator("ul.plain a.button").first().click();
      await page.screenshot(shot("device"));
      await page.goto(`${site.origin}/account/recovery-codes`);
      await page.locator("#field-password").fill(password);
      await page.locator("main form button").click();
      await page.screenshot(shot("recovery-codes"));

      const dark = await site.window({ ...looks, colors: "dark", locale: "ja-JP" });
      await signIn(site, dark, email);
      await dark.screenshot(shot("account-dark-ja"));
      const phone = await site.window({ width: 390, height: 700, scale: 2, locale: "ko-KR" });
      await phone.goto(`${site.origin}/sign-in`);
      await phone.screenshot(shot("sign-in-phone-ko"));
      await site.close();
    },
    openingPatience,
  );
});

describe("the pictures", () => {
  it("that the documentation shows are there, and none is there that it does not show", () => {
    const page = readFileSync(new URL("../../docs/account-pages.md", import.meta.url), "utf8");
    const shown = [...page.matchAll(/\]\(images\/([\w-]+\.png)\)/g)].map(([, name]) => name);
    const taken = readdirSync(directory).filter((name) => name.endsWith(".png"));
    expect(shown.length).toBeGreaterThan(0);
    expect(new Set(shown)).toEqual(new Set(taken));
    for (const name of taken) {
      const png = readFileSync(join(directory, name));
      expect(png.subarray(0, 8)).toEqual(Buffer.from("\x89PNG\r\n\x1a\n", "latin1"));
    }
  });
});
