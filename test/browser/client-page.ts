// The example page of a device in a browser, with the built packages that it loads, as they are.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import type { EventHandler } from "../../packages/server/src/gateway/index.js";
import type { Site } from "./chromium.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What the page loads, by where it looks for it. */
const folders: Readonly<Record<string, string>> = {
  client: join(root, "packages/client/dist"),
  protocol: join(root, "packages/protocol/dist"),
  zod: join(root, "node_modules/zod"),
};

const types: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".html": "text/html; charset=utf-8",
};

/** A file of the page. @param path as in `/page/index.html` */
export function pageFile(path: string): { readonly body: Buffer; readonly contentType: string } {
  const [, , folder = "", ...rest] = path.split("/");
  const file =
    folder === "index.html"
      ? join(root, "examples/browser/index.html")
      : join(folders[folder] ?? "", normalize(rest.join("/")));
  return { body: readFileSync(file), contentType: types[extname(file)] ?? "" };
}

/** A web server that has the page and nothing else, on both names of this machine: two origins. */
export interface PageServer {
  readonly port: number;
  close(): Promise<void>;
}

export async function servePage(): Promise<PageServer> {
  const server = createServer((request, response) => {
    try {
      const { body, contentType } = pageFile(request.url ?? "");
      response.writeHead(200, { "content-type": contentType }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Opens the page, and waits until its script is there. */
export async function openPage(page: Page, url: string): Promise<void> {
  const failures: string[] = [];
  page.on("pageerror", (error) => failures.push(error.message));
  await page.goto(url);
  await page.waitForFunction("typeof connect === 'function'").catch((error: unknown) => {
    throw new Error(`The page did not load: ${failures.join("; ")}`, { cause: error });
  });
}

/** Signs the page in as a guest and connects it: `client` in the page. */
export async function connectPage(page: Page, site: Site): Promise<void> {
  const settings = JSON.stringify({ server: site.origin, ...site.client });
  await page.evaluate(`connect(${settings}).then((made) => { globalThis.client = made; })`);
}

/** Answers a question in writing with a tone that every browser can play. */
export const speakTone: EventHandler = function* speakTone(request) {
  const directive = request.answer("SpeechSynthesizer.Speak", {
    format: "AUDIO_MPEG",
    token: String(request.event.payload["text"]),
    url: "cid:tone",
  });
  yield { kind: "directive", directive };
  yield { kind: "attachment", attachment: { contentId: "tone", body: tone() } };
};

/** 200 ms at 16 kHz. */
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

/** Counts the bytes of speech. @param heard gets the sizes of the pieces in which they arrived, a list for each request */
export function countSpeech(heard: number[][]): EventHandler {
  return async function* hear(request) {
    const pieces: number[] = [];
    heard.push(pieces);
    for await (const { body } of request.attachments) {
      for await (const bytes of body) pieces.push(bytes.length);
    }
    const total = pieces.reduce((sum, piece) => sum + piece, 0);
    const directive = request.answer("Clova.RenderText", { text: `${total} bytes of speech` });
    yield { kind: "directive", directive };
  };
}

/** Speaks for 200 ms, as a microphone would, and waits for the whole answer. To be evaluated in the page. */
export const speakInPage = `
  (async () => {
    async function* speech() {
      for (let i = 0; i < 10; i++) {
        yield new Uint8Array(3200);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    await (await client.recognize(speech(), { lang: "en" }).answer).directives();
  })()
`;
