// The listeners: TLS, then HTTP/2 or HTTP/1.1 as the peer chose by ALPN; or no TLS, and what the first bytes say. Then the
// gateway or a web application by the path. Any host name is served, because devices that shipped come with the names of the
// service they were made for.

import { once } from "node:events";
import { type Server, createServer as createPlainServer } from "node:http";
import { type Server as TlsServer, createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { SecureContextOptions, TLSSocket } from "node:tls";
import type { Clock, Timer } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import { type Config, reasonOf } from "../config/index.js";
import {
  type ServerSession,
  type SessionHandler,
  createHttp2Engine,
  engineLimits,
} from "../http2/index.js";
import type { Logger } from "../logging/index.js";
import type { CertificatePair } from "./certificate-renewal.js";
import { Connections } from "./connections.js";
import {
  type Http1Watch,
  countHttp1Error,
  http1Listener,
  http1Options,
  watchHttp1,
} from "./http1.js";
import { type LimitCounts, type LimitName, LimitsMet } from "./limits-met.js";
import { chooseProtocol } from "./plain-text.js";
import type { TrustedProxies } from "./trusted-proxies.js";
import { type WebApplication, type WebPatience, serveWebStream } from "./web-stream.js";

/**
 * What is spoken, the first choice first. A callback chooses, because of a plain list node:tls keeps a copy with each connection: a few
 * bytes out of a pool of eight kilobytes, which stay in memory with them.
 */
const protocols = ["h2", "http/1.1"];

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

/** Where to listen. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** What a listener is made of. */
export interface ListenerOptions {
  /** Where to listen with TLS; undefined where a terminator has all of it. */
  readonly tls: (Address & CertificatePair) | undefined;
  /** Where to listen without, for a terminator. */
  readonly plainText?: Address | undefined;
  /** Whose word is taken on where a request comes from. */
  readonly proxies: TrustedProxies;
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
  /** With TLS; undefined where there is none. */
  readonly port: number | undefined;
  /** Without TLS; undefined where there is none. */
  readonly plainTextPort: number | undefined;
  /** How many connections are open: counted by their sockets. */
  readonly openConnections: number;
  /** How many of them are still in their TLS handshake, or have not said what they speak. */
  readonly handshaking: number;
  /** How many of them speak HTTP/2. */
  readonly openSessions: number;
  /** How often each limit was met. */
  readonly limitsMet: LimitCounts;
  /**
   * Uses another certificate for connections from now on; those that are open go on, and sessions are resumed as before.
   * @throws OpenSSL's error where it is unusable; then nothing but the connections that are open can be relied on
   */
  useCertificate(pair: CertificatePair): void;
  /** Takes no new connections; those that are open go on. */
  stopAccepting(): void;
  /** Lets requests over HTTP/1.1 be answered, ends what is open then, and resolves when the port is free. */
  close(): Promise<void>;
}

/**
 * Listens.
 * @throws the socket's error (`EADDRINUSE`, `EACCES`, ...) where the port with TLS cannot be had, {@link TrefoilError} where
 * the one without cannot, and OpenSSL's error where the certificate or the key is unusable
 */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const { config, gateway, web, proxies, clock, log } = options;
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
  const startHttp2 = (socket: Socket): void => {
    engine.serve(socket, (session) => {
      const connection = gateway.connect(session);
      return {
        pinged: () => connection.pinged?.(),
        stream(stream) {
          if (gateway.owns(stream.path)) {
            connection.stream(stream);
            return;
          }
          const client = proxies.clientOf(session.remoteAddress, (name) => stream.header(name));
          void serveWebStream(stream, web, patienceWith(session), client);
        },
      };
    });
  };
  /** Takes a connection of which it is known what it speaks. */
  const start = (socket: Socket, isHttp2: boolean, startHttp1: (socket: Socket) => void): void => {
    connections.handshaken(socket);
    socket.on("error", (error) => {
      log.debug("A connection failed.", { err: error });
      if (!isHttp2) countHttp1Error(error, socket, limits);
    });
    if (isHttp2) startHttp2(socket);
    else startHttp1(socket);
  };

  /** https has listeners of its own: they stay in use, behind the choices who may connect and what is spoken. */
  const makeTlsServer = (tls: CertificatePair): TlsServer => {
    const server = createTlsServer(
      {
        ...secureContextOptions(tls),
        ALPNCallback: ({ protocols: offered }) => protocols.find((name) => offered.includes(name)),
        noDelay: true,
        keepAlive: true,
        ...http1Options(config),
      },
      http1Listener(gateway, web, proxies, "tls"),
    );
    const startTls = take(server, "connection");
    server.on("connection", (socket: Socket) => {
      if (connections.admit(socket)) startTls(socket);
    });
    server.on("tlsClientError", (error) => log.debug("A TLS handshake failed.", { err: error }));
    const startHttp1 = take(server, "secureConnection");
    server.on("secureConnection", (socket: TLSSocket) => {
      start(socket, socket.alpnProtocol === "h2", startHttp1);
    });
    return server;
  };

  const makePlainServer = (): Server => {
    const server = createPlainServer(
      { noDelay: true, keepAlive: true, ...http1Options(config) },
      http1Listener(gateway, web, proxies, "plainText"),
    );
    const startHttp1 = take(server, "connection");
    server.on("connection", (socket: Socket) => {
      if (!connections.admit(socket)) return;
      const failed = (error: Error): void => log.debug("A connection failed.", { err: error });
      socket.on("error", failed);
      chooseProtocol(socket, (protocol) => {
        socket.off("error", failed);
        // What http asks of its sockets: one that the peer has ended is written to yet. HTTP/2 ends both ways at once.
        if (protocol === "h2") socket.allowHalfOpen = false;
        start(socket, protocol === "h2", startHttp1);
      });
    });
    return server;
  };

  const servers: Server[] = [];
  const http1: Http1Watch[] = [];
  const listenAt = async (server: Server, { host, port }: Address): Promise<number> => {
    http1.push(watchHttp1(server, config.gateway.slowReaderSeconds * 1000, limits));
    server.listen(port, host);
    await once(server, "listening");
    servers.push(server);
    server.on("error", (error) => log.error("The listener failed.", { err: error }));
    return (server.address() as AddressInfo).port;
  };
  const listenWithoutTls = async (address: Address): Promise<number> => {
    try {
      return await listenAt(makePlainServer(), address);
    } catch (cause) {
      throw new TrefoilError(
        "invalid_configuration",
        `plainText.port: ${address.host}:${address.port} cannot be listened on: ${reasonOf(cause)}`,
        { cause },
      );
    }
  };
  const stopAccepting = (): void => {
    for (const server of servers) if (server.listening) server.close();
  };

  const { tls, plainText } = options;
  const tlsServer = tls && makeTlsServer(tls);
  let port: number | undefined;
  let plainTextPort: number | undefined;
  try {
    if (tls !== undefined && tlsServer !== undefined) port = await listenAt(tlsServer, tls);
    if (plainText !== undefined) plainTextPort = await listenWithoutTls(plainText);
  } catch (error) {
    stopAccepting();
    await connections.close();
    throw error;
  }
  return {
    port,
    plainTextPort,
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
    useCertificate(pair) {
      if (tlsServer === undefined) return;
      // A new context would make new keys, and no ticket that a device holds could be read any more.
      const ticketKeys = tlsServer.getTicketKeys();
      tlsServer.setSecureContext({ ...secureContextOptions(pair), ticketKeys });
    },
    stopAccepting,
    async close() {
      stopAccepting();
      for (const server of servers) server.closeIdleConnections();
      // Requests over HTTP/2 were answered while the gateway drained.
      const quiet = Promise.all(http1.map((watch) => watch.quiet()));
      await within(clock, finishTimeout, quiet);
      await connections.close();
    },
  };
}

/** What of TLS belongs to the certificate's context: all of it is given again with another certificate. */
function secureContextOptions({ certificate, key }: CertificatePair): SecureContextOptions {
  return { cert: certificate, key, minVersion: "TLSv1.2" };
}

/** Milliseconds that requests over HTTP/1.1 are given to be answered when the listener is closed. */
const finishTimeout = 3_000;

/** Waits for something, but no longer than so many milliseconds. */
async function within(clock: Clock, delay: number, work: Promise<unknown>): Promise<void> {
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
