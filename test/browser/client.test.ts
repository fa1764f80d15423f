// The client in real Chromium against the developer server: downchannel by streaming `fetch`, events, speech, sound.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type Page, chromium } from "playwright-core";
import { httpsExchange } from "@trefoil/client/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AdminApi } from "../../packages/cli/src/send/admin-api.js";
import { configSchema } from "../../packages/server/src/config/index.js";
import type { EventHandler } from "../../packages/server/src/gateway/index.js";
import { type RunningServer, startServer } from "../../packages/server/src/server.js";
import { foreignCommand, installationPatience } from "../harness/foreign-commands.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What the page loads, by where it looks for it: the built packages and their one dependency, as they are. */
const folders: Readonly<Record<string, string>> = {
  client: join(root, "packages/client/dist"),
  protocol: join(root, "packages/protocol/dist"),
  zod: join(root, "node_modules/zod"),
};

const types: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".html": "text/html; charset=utf-8",
};

/** Sound that every browser can play: a tone of 200 ms at 16 kHz. */
function tone(): Buffer {
  const samples = Buffer.alloc(3_200 * 2);
  for (let i = 0; i < 3_200; i++) samples.writeInt16LE(Math.round(8_000 * Math.sin(i / 6)), i * 2);
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(16_000, 24);
  head.writeUInt32LE(32_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}

const speak: EventHandler = function* speak(request) {
  const directive = request.answer("SpeechSynthesizer.Speak", {
    format: "AUDIO_MPEG",
    token: String(request.event.payload["text"]),
    url: "cid:tone",
  });
  yield { kind: "directive", directive };
  yield { kind: "attachment", attachment: { contentId: "tone", body: tone() } };
};

/** Sizes of the pieces in which speech arrived, request by request. */
const heard: number[][] = [];

const hear: EventHandler = async function* hear(request) {
  const pieces: number[] = [];
  heard.push(pieces);
  for await (const { body } of request.attachments) {
    for await (const bytes of body) pieces.push(bytes.length);
  }
  const total = pieces.reduce((sum, piece) => sum + piece, 0);
  const directive = request.answer("Clova.RenderText", { text: `${total} bytes of speech` });
  yield { kind: "directive", directive };
};

/** What the developer server tells of itself. */
interface Development {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly adminToken: string;
}

let server: RunningServer;
let browser: Browser;
let page: Page;
let dataDir: string;
let admin: AdminApi;

beforeAll(async () => {
  const executablePath = await foreignCommand("chromium");
  dataDir = mkdtempSync(join(tmpdir(), "trefoil-browser-client-"));
  const config = configSchema.parse({
    dataDir,
    listen: { host: "127.0.0.1", port: 0 },
    auth: { guests: true },
    gateway: { drainSeconds: 1 },
  });
  server = await startServer({
    config,
    dev: true,
    handlers: { "TextRecognizer.Recognize": speak, "SpeechRecognizer.Recognize": hear },
  });
  browser = await chromium.launch({
    executablePath,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--autoplay-policy=no-user-gesture-required",
    ],
  });
  page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
  // The page stands on the server's own origin, so that no other origin has to be let in.
  await page.route(`${server.origin}/page/**`, async (route) => {
    const [, , folder = "", ...rest] = new URL(route.request().url()).pathname.split("/");
    const file =
      folder === "index.html"
        ? join(root, "examples/browser/index.html")
        : join(folders[folder] ?? "", normalize(rest.join("/")));
    await route.fulfill({ body: readFileSync(file), contentType: types[extname(file)] ?? "" });
  });
  const failures: string[] = [];
  page.on("pageerror", (error) => failures.push(error.message));
  await page.goto(`${server.origin}/page/index.html`);
  await page.waitForFunction("typeof connect === 'function'").catch((error: unknown) => {
    throw new Error(`The page did not load: ${failures.join("; ")}`, { cause: error });
  });
  const development = JSON.parse(readFileSync(join(dataDir, "dev.json"), "utf8")) as Development;
  const { clientId, clientSecret, adminToken } = development;
  admin = new AdminApi(httpsExchange({ insecure: true }), new URL(server.origin), adminToken);
  const settings = JSON.stringify({ server: server.origin, clientId, clientSecret });
  await page.evaluate(`connect(${settings}).then((made) => { globalThis.client = made; })`);
}, installationPatience + 60_000);

afterAll(async () => {
  await browser.close();
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

describe("the client in Chromium", () => {
  it("holds its downchannel by streaming fetch, and gets what is pushed", async () => {
    expect(await page.evaluate("client.state.phase")).toBe("open");
    await page.evaluate(`
      globalThis.pushed = new Promise((resolve) =>
        client.on("Test.Pushed", ({ payload }) => resolve(payload)),
      );
      undefined;
    `);
    const [device] = await admin.devices();
    const directive = { name: "Test.Pushed", payload: { from: "the server" } } as const;
    await admin.send(device!.deviceKey, directive, false);
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
    await page.evaluate(`
      (async () => {
        async function* speech() {
          for (let i = 0; i < 10; i++) {
            yield new Uint8Array(3200);
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
        }
        await (await client.recognize(speech(), { lang: "en" }).answer).directives();
      })()
    `);
    await page.getByText("32000 bytes of speech").waitFor();
    expect(heard.at(-1)!.length).toBeGreaterThan(5);
  });

  it("asks for a ping where it cannot send one, and comes back when the network does", async () => {
    const opened = page.waitForRequest(`${server.origin}/v1/directives`);
    await page.evaluate(`client.connect().then(() => client.close())`);
    await page.evaluate(`client.connect()`);
    await opened;
    const pinged = page.waitForRequest(`${server.origin}/ping`);
    await page.evaluate(`client.networkChanged()`);
    expect((await (await pinged).response())?.status()).toBe(204);
    expect(await page.evaluate("client.state.phase")).toBe("open");
  });
});
