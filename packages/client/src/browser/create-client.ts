// A client in a browser: addresses in, a connected device out.

import { Client } from "../client.js";
import type { ClientOptions } from "../options.js";
import { fetchTransport } from "../transport/fetch/index.js";

/** What a client in a browser can be told; see {@link ClientOptions} for what is not listed here. */
export interface BrowserClientOptions extends Omit<ClientOptions, "transport"> {
  /** The gateway: `https://host[:port]`. It must be the page's own origin, or let the page's origin in (`gateway.allowedOrigins`). */
  readonly gatewayUrl: string | URL;
}

/**
 * Makes a client over `fetch`. When the browser comes online again the connection is tried at once.
 * @throws {TypeError} where an address is none
 * @see docs/client.md
 */
export function createClient(options: BrowserClientOptions): Client {
  const { gatewayUrl, ...rest } = options;
  const client = new Client({ ...rest, transport: fetchTransport(gatewayUrl) });
  // Absent in some workers.
  const events = globalThis as Partial<Pick<EventTarget, "addEventListener">>;
  events.addEventListener?.("online", () => client.networkChanged());
  return client;
}
