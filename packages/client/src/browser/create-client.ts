// A client in a browser: addresses in, a connected device out.

import { Client } from "../client.js";
import type { ClientOptions } from "../options.js";
import { fetchTransport } from "../transport/fetch/index.js";

/** What a client in a browser can be told; see {@link ClientOptions} for what is not listed here. */
export interface BrowserClientOptions extends Omit<ClientOptions, "transport"> {
  /** The gateway: `https://host[:port]`. It must be the page's own origin, or let the page's origin in (`gateway.allowedOrigins`). */
  readonly gatewayUrl: string | URL;
}

/** The window or worker; some workers have no events. */
const page = globalThis as Partial<Pick<EventTarget, "addEventListener" | "removeEventListener">>;

/**
 * Makes a client over `fetch`. When the browser comes online again the connection is tried at once.
 * @throws {TypeError} where an address is none
 * @see docs/client.md
 */
export function createClient(options: BrowserClientOptions): Client {
  const { gatewayUrl, ...rest } = options;
  const client = new Client({ ...rest, transport: fetchTransport(gatewayUrl) });
  const online = () => client.networkChanged();
  client.watch((notice) => {
    if (notice.kind !== "connection") return;
    const { phase } = notice.state;
    // A page may make many clients: those that are not wanted any more are not held by it.
    if (phase === "closed" || phase === "stopped") page.removeEventListener?.("online", online);
    else page.addEventListener?.("online", online);
  });
  return client;
}
