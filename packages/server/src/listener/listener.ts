// The one listener: TLS, then HTTP/2 or HTTP/1.1 as the peer chose by ALPN, then the gateway or a web application by the
// path. Any host name is served, because devices that shipped come with the names of the service they were made for.

import { once } from "node:events";
import { type Server, createServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Clock, Timer } from "@trefoil/protocol/clock";
import type { TrefoilError } from "@trefoil/protocol/errors";
import type { Config } from "../config/index.js";
import {
  type ServerSession,
  type SessionHandler,
  createHttp2Engine,
  engineLimits,
} from "../http2/index.js";
import type { Logger } from "../logging/index.js";
import { Connections } from "./connections.js";
import { countHttp1Error, http1Listener, http1Options, watchHttp1 } from "./http1.js";
import { type LimitCounts, type LimitName, LimitsMet } from "./limits-met.js";
import { type WebApplication, type WebPatience, serveWebStream } from "./web-stream.js";

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
  readonly config: Pick<Config, "gateway" | "limits">;
  readonly gateway: GatewayPort;
  readonly web: WebApplication;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called each time that a peer meets a limit, for the metrics. */
  readonly onLimit?: (limit: LimitName) => void;
}

/** A listener that listens. */
export interface Listener {
  readonly port: number;
  /** How many connections are open: counted by their sockets. */
  readonly openConnections: number;
  /** How many of them are still in their TLS handshake. */
  readonly handshaking: number;
  /** How many of them speak HTTP/2. */
  readonly openSessions: number;
  /** How often each limit was met. */
  readonly limitsMet: LimitCounts;
  /** Takes no new connections; those that are open go on. */
  stopAccepting(): void;
  /** Lets requests over HTTP/1.1 be answered, ends what is open then, and resolves when the port is free. */
  close(): Promise<void>;
}

/**
 * Listens.
 * @throws the socket's error (`EADDRINUSE`, `EACCES`, ...) where the port cannot be had, and OpenSSL's where the certificate
 * or the key is unusable
 */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const { config, gateway, web, clock, log } = options;
  const limits = new LimitsMet(clock, log, options.onLimit);
  const connections = new Connections(config.limits, clock, limits);
  const engine = createHttp2Engine({
    limits: engineLimits(config),
    clock,
    onLimit: (limit, session) => limits.met(limit, session.remoteAddress),
  });
  const patienceWith = ({ remoteAddress }: ServerSession): WebPatience => ({
    clock,
    bodyTimeout: config.limits.requestSeconds * 1000,
    onTimeout: () => limits.met("slow-request", remoteAddress),
  });
  const server: Server = createServer(
    {
      cert: options.tls.certificate,
      key: options.tls.key,
      minVersion: "TLSv1.2",
      ALPNProtocols: ["h2", "http/1.1"],
      noDelay: true,
      keepAlive: true,
      ...http1Options(config),
    },
    http1Listener(gateway, web),
  );
  const http1 = watchHttp1(server, config.gateway.slowReaderSeconds * 1000, limits);

  // tls has put its own listener there: it stays in use, behind the choice who may connect.
  const startTls = take(server, "connection");
  server.on("connection", (socket: Socket) => {
    if (connections.admit(socket)) startTls(socket);
  });
  server.on("tlsClientError", (error) => log.debug("A TLS handshake failed.", { err: error }));

  // https has put its own HTTP/1.1 listener there: it stays in use, behind the choice by ALPN.
  const startHttp1 = take(server, "secureConnection");
  server.on("secureConnection", (socket: TLSSocket) => {
    connections.handshaken(socket);
    const isHttp2 = socket.alpnProtocol === "h2";
    socket.on("error", (error) => {
      log.debug("A connection failed.", { err: error });
      if (!isHttp2) countHttp1Error(error, socket, limits);
    });
    if (isHttp2) {
      engine.serve(socket, (session) => {
        const connection = gateway.connect(session);
        return {
          pinged: () => connection.pinged?.(),
          stream(stream) {
            if (gateway.owns(stream.path)) connection.stream(stream);
            else void serveWebStream(stream, web, patienceWith(session));
          },
        };
      });
    } else {
      startHttp1(socket);
    }
  });

  server.listen(options.port, options.host);
  await once(server, "listening");
  server.on("error", (error) => log.error("The listener failed.", { err: error }));

  const stopAccepting = (): void => {
    if (server.listening) server.close();
  };
  return {
    port: (server.address() as AddressInfo).port,
    get openConnections() {
      return connections.open;
    },
    get handshaking() {
      return connections.handshaking;
    },
    get openSessions() {
      return engine.openSessions;
    },
    limitsMet: limits.counts,
    stopAccepting,
    async close() {
      stopAccepting();
      server.closeIdleConnections();
      // Requests over HTTP/2 were answered while the gateway drained.
      await within(clock, finishTimeout, http1.quiet());
      await connections.close();
    },
  };
}

/** Milliseconds that requests over HTTP/1.1 are given to be answered when the listener is closed. */
const finishTimeout = 3_000;

/** Waits for something, but no longer than so many milliseconds. */
async function within(clock: Clock, delay: number, work: Promise<void>): Promise<void> {
  let timer: Timer | undefined;
  const late = new Promise<void>((resolve) => {
    timer = clock.after(delay, resolve);
  });
  await Promise.race([work, late]);
  timer?.cancel();
}

/** Takes the listener that node has put on one of its own servers, to be called when we say so. */
function take(server: Server, event: string): (socket: Socket) => void {
  const [listener] = server.listeners(event);
  server.removeAllListeners(event);
  return (socket) => {
    listener?.call(server, socket);
  };
}
