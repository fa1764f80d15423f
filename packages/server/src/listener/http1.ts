// HTTP/1.1 on connections that chose it: web applications, and the answer that tells a device to speak HTTP/2. What comes too
// slowly or too large is node's to end; here it is counted.

import type {
  IncomingMessage,
  RequestListener,
  Server,
  ServerOptions,
  ServerResponse,
} from "node:http";
import type { Socket } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { Config } from "../config/index.js";
import type { LimitName, LimitsMet } from "./limits-met.js";
import type { GatewayPort } from "./listener.js";
import type { TrustedProxies } from "./trusted-proxies.js";
import type { WebApplication } from "./web-stream.js";

/** What the settings say, in node's terms. */
export function http1Options(config: Pick<Config, "gateway" | "limits">): ServerOptions {
  const { gateway, limits } = config;
  const headersTimeout = limits.firstRequestSeconds * 1000;
  return {
    headersTimeout,
    // node asks that the whole is given no less than its beginning.
    requestTimeout: Math.max(limits.requestSeconds * 1000, headersTimeout),
    keepAliveTimeout: limits.keepAliveSeconds * 1000,
    connectionsCheckingInterval: 1_000,
    maxHeaderSize: gateway.maxHeaderBytes,
  };
}

/** Errors of node's HTTP/1.1 parser that mean a limit. */
const limitOfError: Readonly<Record<string, LimitName>> = {
  ERR_HTTP_REQUEST_TIMEOUT: "slow-request",
  HPE_HEADER_OVERFLOW: "header-size",
};

/** The requests over HTTP/1.1 that are being answered. */
export interface Http1Watch {
  /** Resolves when none is. */
  quiet(): Promise<void>;
}

/**
 * Ends HTTP/1.1 connections that stand still: those between two requests, and those whose peer does not read.
 * @param timeout milliseconds that bytes may lie unread
 */
export function watchHttp1(server: Server, timeout: number, limits: LimitsMet): Http1Watch {
  const answering = new WeakMap<Socket, number>();
  let open = 0;
  let waiting: (() => void)[] = [];
  server.timeout = timeout;
  server.on("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    answering.set(socket, (answering.get(socket) ?? 0) + 1);
    open++;
    response.once("close", () => {
      answering.set(socket, (answering.get(socket) ?? 1) - 1);
      if (--open > 0) return;
      for (const resolve of waiting) resolve();
      waiting = [];
    });
  });
  server.on("timeout", (socket: Socket) => {
    const isAnswering = (answering.get(socket) ?? 0) > 0;
    // An answer that has nothing to say at the moment, as a feed, is not the peer's fault.
    if (isAnswering && socket.writableLength === 0) return;
    if (isAnswering) limits.met("slow-reader", socket.remoteAddress ?? "");
    socket.destroy();
  });
  return {
    quiet() {
      if (open === 0) return Promise.resolve();
      return new Promise((resolve) => waiting.push(resolve));
    },
  };
}

/** Counts what node ended a connection for. */
export function countHttp1Error(
  error: NodeJS.ErrnoException,
  socket: Socket,
  limits: LimitsMet,
): void {
  const limit = limitOfError[error.code ?? ""];
  if (limit !== undefined) limits.met(limit, socket.remoteAddress ?? "");
}

/** How a client gets to HTTP/2, told where it asks the gateway over HTTP/1.1: with TLS, and without. */
const ways = {
  tls: { upgrade: "h2", advice: "offer h2 by ALPN" },
  plainText: { upgrade: "h2c", advice: "begin the connection with its preface (prior knowledge)" },
} as const;

/** Answers requests: the gateway's paths with 426, all others by the web application. */
export function http1Listener(
  gateway: GatewayPort,
  web: WebApplication,
  proxies: TrustedProxies,
  way: keyof typeof ways,
): RequestListener {
  const { upgrade, advice } = ways[way];
  const serveWeb = getRequestListener((request, { incoming }) => {
    const peer = incoming.socket.remoteAddress ?? "";
    const remoteAddress = proxies.clientOf(peer, (name) => request.headers.get(name));
    return web(request, { remoteAddress });
  });
  return (request, response) => {
    if (!gateway.owns(request.url ?? "")) {
      void serveWeb(request, response);
      return;
    }
    const { status, headers, body } = gateway.refusal(
      new TrefoilError("http2_required", `The gateway speaks HTTP/2 only: ${advice}.`, {
        headers: { upgrade, connection: "upgrade, close" },
      }),
    );
    response.writeHead(status, { ...headers, "content-length": body.byteLength });
    response.end(body);
  };
}
