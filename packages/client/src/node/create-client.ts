// A client on Node.js: addresses and files in, a connected device out.

import { Client } from "../client.js";
import type { ClientOptions } from "../options.js";
import { type TlsOptions, nodeHttp2Transport } from "../transport/node-http2/index.js";
import { defaultUserAgent } from "../version.js";
import { attachedClock } from "./attached-clock.js";
import { FileTokenStore } from "./file-token-store.js";
import { httpsExchange } from "./https-exchange.js";

/** What a client on Node.js can be told; see {@link ClientOptions} for what is not listed here. */
export interface NodeClientOptions extends Omit<ClientOptions, "transport"> {
  /** The gateway: `https://host[:port]`. */
  readonly gatewayUrl: string | URL;
  /** How far certificates are trusted, of both servers. */
  readonly tls?: TlsOptions;
  /** Where tokens are kept, with mode 600. Default: in memory. `tokenStore` goes before it. */
  readonly tokenFile?: string;
}

/**
 * Makes a client over node:http2.
 * @throws {TypeError} where an address is none
 * @see docs/client.md
 */
export function createClient(options: NodeClientOptions): Client {
  const { gatewayUrl, tls = {}, tokenFile, ...rest } = options;
  return new Client({
    http: httpsExchange(tls),
    userAgent: defaultUserAgent(process.platform, process.arch),
    clock: attachedClock,
    ...(tokenFile === undefined ? {} : { tokenStore: new FileTokenStore(tokenFile) }),
    ...rest,
    transport: nodeHttp2Transport(gatewayUrl, tls),
  });
}
