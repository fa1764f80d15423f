// The client in real Chromium against the developer server: downchannel by streaming `fetch`, events, speech, sound.
import type { Page } from "playwright-core";
import { httpsExchange } from "@trefoil/client/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AdminConnection } from "../../packages/cli/src/admin/index.js";
import { listDevices, sendDirective } from "../../packages/cli/src/send/admin-api.js";
import { type Site, openSite, openingPatience } from "./chromium.js";
import {
  connectPage,
  countSpeech,
  openPage,
  pageFile,
  speakInPage,
  speakTone,
} from "./client-page.js";

/** Sizes of the pieces in which speech arrived, request by request. */
const heard: number[][] = [];

let site: Site;
let page: Page;
let admin: AdminConnection;

beforeAll(async () => {
  site = await openSite(
    {},
    {
      handlers: {
        "TextRecognizer.Recognize": speakTone,
        "SpeechRecognizer.Recognize": countSpeech(heard),
      },
    },
  );
  page = await site.window({ scripts: true });
  // The page stands on the server's own origin, so that no other origin has to be let in.
  await page.route(`${site.origin}/page/**`, (route) =>
    route.fulfill(pageFile(new URL(route.request().url()).pathname)),
  );
  await openPage(page, `${site.origin}/page/index.html`);
  admin = new AdminConnection(
    httpsExchange({ insecure: true }),
    new URL(site.origin),
    site.adminToken,
  );
  await connectPage(page, site);
}, openingPatience);

afterAll(() => site.close());

describe("the client in Chromium", () => {
  it("holds its downchannel by streaming fetch, and gets what is pushed", async () => {
    expect(await page.evaluate("client.state.phase")).toBe("open");
    await page.evaluate(`
      globalThis.pushed = new Promise((resolve) =>
        client.on("Test.Pushed", ({ payload }) => resolve(payload)),
      );
      undefined;
    `);
    const [device] = await listDevices(admin);
    const directive = { name: "Test.Pushed", payload: { from: "the server" } } as const;
    await sendDirective(admin, device!.deviceKey, directive, false);
    expect(await page.evaluate("pushed")).toEqual({ from: "the server" });
  });

  it("sends an event, and plays the sound that is attached to its answer", async () => {
    const names = await page.evaluate(`
      client.send("TextRecognizer.Recognize", { text: "sing" })
        .then((answer) => answer.directives())
        .then((directives) => directives.map(({ name }) => name))
    `);
    expect(names).toEqual(["SpeechSynthesizer.Speak"]);
    await page.waitForFunction("document.body.dataset.played !== undefined");
    expect(Number(await page.evaluate("document.body.dataset.played"))).toBeGreaterThan(0.1);
  });

  it("uploads speech while it is spoken", async () => {
    await page.evaluate(speakInPage);
    await page.getByText("32000 bytes of speech").waitFor();
    expect(heard.at(-1)!.length).toBeGreaterThan(5);
  });

  it("asks for a ping where it cannot send one, and comes back when the network does", async () => {
    const opened = page.waitForRequest(`${site.origin}/v1/directives`);
    await page.evaluate(`client.connect().then(() => client.close())`);
    await page.evaluate(`client.connect()`);
    await opened;
    const pinged = page.waitForRequest(`${site.origin}/ping`);
    await page.evaluate(`client.networkChanged()`);
    expect((await (await pinged).response())?.status()).toBe(204);
    expect(await page.evaluate("client.state.phase")).toBe("open");
  });
});
