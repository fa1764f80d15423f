// Real Chromium on a real server: the developer server on a port of its own, and windows that visit it.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, type Page, chromium } from "playwright-core";
import { configSchema } from "../../packages/server/src/config/index.js";
import {
  type RunningServer,
  type ServerOptions,
  startServer,
} from "../../packages/server/src/server.js";
import { foreignCommand, installationPatience } from "../harness/foreign-commands.js";

/** How long opening may take: the browser may have to be installed first. Milliseconds. */
export const openingPatience = installationPatience + 60_000;

const switches = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=no-user-gesture-required",
];

/** A server, and a browser to visit it with. */
export interface Site {
  readonly origin: string;
  readonly server: RunningServer;
  /** Demo data of the developer server: a client with its secret. */
  readonly client: { readonly clientId: string; readonly clientSecret: string };
  readonly adminToken: string;
  /** A new window with no cookies. */
  window(options?: WindowOptions): Promise<Page>;
  close(): Promise<void>;
}

export interface WindowOptions {
  /** As in `ja-JP`; default English. */
  readonly locale?: string;
  readonly colors?: "light" | "dark";
  /** Off unless told: the pages work without. */
  readonly scripts?: boolean;
  readonly width?: number;
  readonly height?: number;
  readonly scale?: number;
}

/** Settings of the authorization server, as a configuration file has them. */
export type AuthSettings = Readonly<Record<string, unknown>>;

/** What else the server may be told. */
export interface ServerSetup {
  /** Settings of the gateway, as a configuration file has them. */
  readonly gateway?: Readonly<Record<string, unknown>>;
  /** Who handles which event. */
  readonly handlers?: NonNullable<ServerOptions["handlers"]>;
}

/** Starts both. */
export async function openSite(auth: AuthSettings = {}, setup: ServerSetup = {}): Promise<Site> {
  const executablePath = await foreignCommand("chromium");
  const dataDir = mkdtempSync(join(tmpdir(), "trefoil-browser-"));
  const config = configSchema.parse({
    dataDir,
    listen: { host: "127.0.0.1", port: 0 },
    auth: { guests: true, ...auth },
    gateway: { drainSeconds: 1, ...setup.gateway },
  });
  const { handlers = {} } = setup;
  const server = await startServer({ config, dev: true, handlers });
  const browser = await chromium.launch({ executablePath, args: switches });
  const contexts: BrowserContext[] = [];
  return {
    origin: server.origin,
    server,
    ...demoData(dataDir),
    window: (options) => openWindow(browser, contexts, options),
    async close() {
      for (const context of contexts) await context.close();
      await browser.close();
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function demoData(dataDir: string): Pick<Site, "client" | "adminToken"> {
  const json = JSON.parse(readFileSync(join(dataDir, "dev.json"), "utf8")) as Record<
    string,
    string
  >;
  const { clientId = "", clientSecret = "", adminToken = "" } = json;
  return { client: { clientId, clientSecret }, adminToken };
}

async function openWindow(
  browser: Browser,
  contexts: BrowserContext[],
  options: WindowOptions = {},
): Promise<Page> {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    locale: options.locale ?? "en-GB",
    colorScheme: options.colors ?? "light",
    javaScriptEnabled: options.scripts ?? false,
    viewport: { width: options.width ?? 800, height: options.height ?? 900 },
    deviceScaleFactor: options.scale ?? 1,
    timezoneId: "UTC",
  });
  contexts.push(context);
  context.setDefaultTimeout(10_000);
  return context.newPage();
}
