// The public door of this room: the transport of browsers, over `fetch`.
import { connectionFailure } from "../connection-failure.js";
import type { Transport } from "../transport.js";
import { FetchConnection } from "./fetch-connection.js";

/**
 * Makes a transport over the platform's `fetch`, which must speak HTTP/2 to the gateway: any browser does over TLS. It has no
 * PING, so the client asks `GET /ping`; and it learns of no GOAWAY, since the platform moves by itself.
 * @param gatewayUrl `https://host[:port]`; a path is ignored
 * @param fetchImplementation default: the platform's
 */
export function fetchTransport(
  gatewayUrl: string | URL,
  fetchImplementation: typeof fetch = (input, init) => fetch(input, init),
): Transport {
  const { origin } = new URL(gatewayUrl);
  return {
    origin,
    connect: (signal) =>
      signal.aborted
        ? Promise.reject(connectionFailure(origin, signal.reason))
        : Promise.resolve(new FetchConnection(origin, fetchImplementation)),
  };
}
