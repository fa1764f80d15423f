// A page of another origin in real Chromium: let in by `gateway.allowedOrigins` it does the whole thing, and else nothing.
import { httpsExchange } from "@trefoil/client/node";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AdminConnection } from "../../packages/cli/src/admin/index.js";
import { listDevices, sendDirective } from "../../packages/cli/src/send/admin-api.js";
import { type Site, openSite, openingPatience } from "./chromium.js";
import {
  type PageServer,
  connectPage,
  countSpeech,
  openPage,
  servePage,
  speakInPage,
  speakTone,
} from "./client-page.js";

const heard: number[][] = [];
let pages: PageServer;
let site: Site;

beforeAll(async () => {
  pages = await servePage();
  site = await openSite(
    {},
    {
      gateway: { allowedOrigins: [`http://localhost:${pages.port}`] },
      handlers: {
        "TextRecognizer.Recognize": speakTone,
        "SpeechRecognizer.Recognize": countSpeech(heard),
      },
    },
  );
}, openingPatience);

afterAll(async () => {
  await site.close();
  await pages.close();
});

async function pageOn(host: string): Promise<Page> {
  const page = await site.window({ scripts: true });
  await openPage(page, `http://${host}:${pages.port}/page/index.html`);
  return page;
}

describe("a page of another origin that is let in", () => {
  it("signs in, holds its downchannel, sends events, hears sound and speaks", async () => {
    const page = await pageOn("localhost");
    await connectPage(page, site);
    expect(await page.evaluate("client.state.phase")).toBe("open");

    await page.evaluate(`
      globalThis.pushed = new Promise((resolve) =>
        client.on("Test.Pushed", ({ payload }) => resolve(payload)),
      );
      undefined;
    `);
    const { origin, adminToken } = site;
    const admin = new AdminConnection(
      httpsExchange({ insecure: true }),
      new URL(origin),
      adminToken,
    );
    const [device] = await listDevices(admin);
    const directive = { name: "Test.Pushed", payload: { from: "the server" } } as const;
    await sendDirective(admin, device!.deviceKey, directive, false);
    expect(await page.evaluate("pushed")).toEqual({ from: "the server" });

    await page.evaluate(`
      client.send("TextRecognizer.Recognize", { text: "sing" })
        .then((answer) => answer.directives())
        .then(() => undefined)
    `);
    await page.waitForFunction("document.body.dataset.played !== undefined");
    expect(Number(await page.evaluate("document.body.dataset.played"))).toBeGreaterThan(0.1);

    await page.evaluate(speakInPage);
    await page.getByText("32000 bytes of speech").waitFor();
    expect(heard.at(-1)!.length).toBeGreaterThan(5);

    await page.evaluate("client.signOut()");
    expect(await page.evaluate("client.state.phase")).toBe("closed");
  });

  it("is told why it was refused: status, body and challenge can be read", async () => {
    const page = await pageOn("localhost");
    const refusal = await page.evaluate(`
      fetch("${site.origin}/v1/directives", { headers: { authorization: "Bearer of nobody" } })
        .then(async (answer) => ({
          status: answer.status,
          challenge: answer.headers.get("www-authenticate"),
          body: await answer.text(),
        }))
    `);
    expect(refusal).toEqual({
      status: 401,
      challenge: 'Bearer realm="cic", error="invalid_token"',
      body: expect.stringContaining('"code":401') as string,
    });
  });
});

describe("a page of an origin that is not in the list", () => {
  it("gets neither tokens nor a connection", async () => {
    const page = await pageOn("127.0.0.1");
    await expect(connectPage(page, site)).rejects.toThrow(
      "does it let this page's origin in (gateway.allowedOrigins)?",
    );
    for (const path of ["/v1/directives", "/ping", "/token"]) {
      const outcome = await page.evaluate(`
        fetch("${site.origin}${path}", { headers: { authorization: "Bearer x" } })
          .then((answer) => answer.status, (error) => error.name)
      `);
      expect(outcome).toBe("TypeError");
    }
  });

  it("may not ask what people type their passwords into, even where it is in the list", async () => {
    const page = await pageOn("localhost");
    const outcome = await page.evaluate(`
      fetch("${site.origin}/account/sign-in", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: "{}",
      }).then((answer) => answer.status, (error) => error.name)
    `);
    expect(outcome).toBe("TypeError");
  });
});
