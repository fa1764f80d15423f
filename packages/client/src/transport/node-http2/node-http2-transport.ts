// The transport of Node.js: HTTP/2 over TLS with ALPN `h2`, or over plain TCP with prior knowledge for `http:` addresses.

import { connect, type ClientHttp2Session } from "node:http2";
import { TrefoilError } from "@trefoil/protocol/errors";
import { connectionFailure } from "../connection-failure.js";
import type { Transport, TransportConnection } from "../transport.js";
import { NodeHttp2Connection } from "./node-http2-connection.js";

/** How far a peer's certificate is trusted. */
export interface TlsOptions {
  /** Certificate authorities in PEM that are trusted instead of the system's. */
  readonly ca?: string;
  /** `true` accepts any certificate: for tries only, since anybody can then listen in. Default `false`. */
  readonly insecure?: boolean;
}

/** Flow-control window offered per stream: what may arrive before the application takes it. */
const initialWindowSize = 262_144;
/** Largest header list taken from a gateway. */
const maxHeaderListSize = 16_384;

/**
 * Makes the transport for Node.js.
 * @param gatewayUrl `https://host[:port]`; `http:` speaks HTTP/2 with prior knowledge. A path is ignored.
 * @see https://www.rfc-editor.org/rfc/rfc9113#section-3.2
 */
export function nodeHttp2Transport(gatewayUrl: string | URL, tls: TlsOptions = {}): Transport {
  const { origin, protocol } = new URL(gatewayUrl);
  return {
    origin,
    connect: (signal) =>
      new Promise<TransportConnection>((resolve, reject) => {
        if (signal.aborted) {
          reject(connectionFailure(origin, signal.reason));
          return;
        }
        const session = connect(origin, {
          ...(tls.ca === undefined ? {} : { ca: tls.ca }),
          rejectUnauthorized: tls.insecure !== true,
          ALPNProtocols: ["h2"],
          settings: { enablePush: false, initialWindowSize, maxHeaderListSize },
        });
        const failed = (thrown: unknown) => {
          settle();
          session.on("error", () => undefined);
          session.destroy();
          reject(connectionFailure(origin, thrown));
        };
        const aborted = () => failed(signal.reason);
        const closed = () => failed(new Error("the connection was cut"));
        const settle = () => {
          signal.removeEventListener("abort", aborted);
          session.off("error", failed);
          session.off("close", closed);
          session.off("connect", connected);
        };
        const connected = () => {
          if (protocol === "https:" && session.alpnProtocol !== "h2") {
            failed(new TrefoilError("unavailable", `${origin} does not offer HTTP/2 (ALPN h2).`));
            return;
          }
          settle();
          resolve(new NodeHttp2Connection(widen(session), origin));
        };
        signal.addEventListener("abort", aborted, { once: true });
        session.once("error", failed);
        session.once("close", closed);
        session.once("connect", connected);
      }),
  };
}

/** Node leaves the connection's own window at 64 KiB, where one slow attachment would stop every other stream. */
function widen(session: ClientHttp2Session): ClientHttp2Session {
  session.setLocalWindowSize(initialWindowSize * 8);
  return session;
}
