// The one listener: TLS, then HTTP/2 or HTTP/1.1 as the peer chose by ALPN, then the gateway or a web application by the
// path. Any host name is served, because devices that shipped come with the names of the service they were made for.

import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Server, createServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { getRequestListener } from "@hono/node-server";
import { TrefoilError } from "@trefoil/protocol/errors";
import {
  type EngineLimits,
  type ServerSession,
  type SessionHandler,
  serveHttp2,
} from "../http2/index.js";
import type { Logger } from "../logging/index.js";
import { type WebApplication, serveWebStream } from "./web-stream.js";

/** What the gateway is to the listener. */
export interface GatewayPort {
  /** Whether a request target is the gateway's. */
  owns(target: string): boolean;
  /** Takes a new HTTP/2 connection. */
  connect(session: ServerSession): SessionHandler;
  /** The answer to a request that came over HTTP/1.1. */
  refusal(error: TrefoilError): {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Uint8Array;
  };
}

/** What a listener is made of. */
export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: { readonly certificate: string; readonly key: string };
  readonly limits: EngineLimits;
  readonly gateway: GatewayPort;
  readonly web: WebApplication;
  readonly log: Logger;
}

/** A listener that listens. */
export interface Listener {
  readonly port: number;
  /** Takes no new connections; those that are open go on. */
  stopAccepting(): void;
  /** Ends what is still open and resolves when the port is free. */
  close(): Promise<void>;
}

/** Milliseconds for a TLS handshake, and for the headers of an HTTP/1.1 request. */
const handshakeTimeout = 10_000;

/**
 * Listens.
 * @throws the socket's error (`EADDRINUSE`, `EACCES`, ...) where the port cannot be had, and OpenSSL's where the certificate
 * or the key is unusable
 */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const { gateway, web, log } = options;
  const sockets = new Set<Socket>();
  const server: Server = createServer(
    {
      cert: options.tls.certificate,
      key: options.tls.key,
      minVersion: "TLSv1.2",
      ALPNProtocols: ["h2", "http/1.1"],
      handshakeTimeout,
      headersTimeout: handshakeTimeout,
      requestTimeout: 30_000,
      maxHeaderSize: options.limits.maxHeaderListSize,
      noDelay: true,
      keepAlive: true,
    },
    http1Listener(gateway, web),
  );
  // https has put its own HTTP/1.1 listener there: it stays in use, behind the choice by ALPN.
  const [http1] = server.listeners("secureConnection") as ((socket: TLSSocket) => void)[];
  server.removeAllListeners("secureConnection");
  server.on("secureConnection", (socket: TLSSocket) => {
    socket.on("error", (error) => log.debug("A connection failed.", { err: error }));
    if (socket.alpnProtocol === "h2") {
      serveHttp2(socket, options.limits, (session) => http2Handler(session, gateway, web));
    } else {
      http1?.call(server, socket);
    }
  });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("tlsClientError", (error) => log.debug("A TLS handshake failed.", { err: error }));
  server.listen(options.port, options.host);
  await once(server, "listening");
  server.on("error", (error) => log.error("The listener failed.", { err: error }));

  const stopAccepting = (): void => {
    if (server.listening) server.close();
  };
  return {
    port: (server.address() as AddressInfo).port,
    stopAccepting,
    async close() {
      stopAccepting();
      server.closeIdleConnections();
      for (const socket of sockets) socket.destroy();
      if (sockets.size > 0) {
        await Promise.all([...sockets].map((socket) => socket.closed || once(socket, "close")));
      }
    },
  };
}

function http2Handler(
  session: ServerSession,
  gateway: GatewayPort,
  web: WebApplication,
): SessionHandler {
  const connection = gateway.connect(session);
  return {
    stream(stream) {
      if (gateway.owns(stream.path)) connection.stream(stream);
      else void serveWebStream(stream, web);
    },
  };
}

function http1Listener(
  gateway: GatewayPort,
  web: WebApplication,
): (request: IncomingMessage, response: ServerResponse) => void {
  const serveWeb = getRequestListener((request, { incoming }) =>
    web(request, { remoteAddress: incoming.socket.remoteAddress ?? "" }),
  );
  return (request, response) => {
    if (!gateway.owns(request.url ?? "")) {
      void serveWeb(request, response);
      return;
    }
    const { status, headers, body } = gateway.refusal(
      new TrefoilError("http2_required", "The gateway speaks HTTP/2 only: offer h2 by ALPN.", {
        headers: { upgrade: "h2", connection: "upgrade, close" },
      }),
    );
    response.writeHead(status, { ...headers, "content-length": body.byteLength });
    response.end(body);
  };
}
