// The listener for those who run the server: liveness, readiness and metrics over plain HTTP, apart from what devices reach.

import { once } from "node:events";
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { Logger } from "../logging/index.js";
import type { Exposition } from "./exposition.js";
import type { ReadinessGate } from "./readiness.js";

/** What it is made of. */
export interface OperationsOptions {
  readonly host: string;
  readonly port: number;
  readonly readiness: ReadinessGate;
  readonly exposition: Exposition;
  readonly log: Logger;
}

/** An operations listener that listens. */
export interface OperationsListener {
  readonly port: number;
  close(): Promise<void>;
}

/** Bounds: it is asked by a handful of machines, every few seconds. */
const maxConnections = 64;
const maxHeaderBytes = 8_192;
const requestTimeout = 10_000;

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Listens.
 * @throws {TrefoilError} `invalid_configuration` where the port cannot be had
 */
export async function listenForOperations(options: OperationsOptions): Promise<OperationsListener> {
  const server = createServer(
    {
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: requestTimeout,
      requestTimeout,
      keepAliveTimeout: requestTimeout,
    },
    (request, response) => void serve(request, response, options),
  );
  server.maxConnections = maxConnections;
  server.listen(options.port, options.host);
  try {
    await once(server, "listening");
  } catch (cause) {
    throw new TrefoilError(
      "invalid_configuration",
      `operations.port: ${options.host}:${options.port} cannot be listened on: ${reasonOf(cause)}`,
      { cause },
    );
  }
  server.on("error", (error) =>
    options.log.error("The operations listener failed.", { err: error }),
  );
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

function reasonOf(error: unknown): string {
  const { code = "unknown" } = error as NodeJS.ErrnoException;
  switch (code) {
    case "EADDRINUSE":
      return "another program has it";
    case "EACCES":
      return "this user may not";
    case "EADDRNOTAVAIL":
      return "this machine has no such address";
    default:
      return code;
  }
}

async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  options: OperationsOptions,
): Promise<void> {
  let answer: Answer;
  try {
    answer = await answerTo(request, options);
  } catch (error) {
    options.log.error("An operations request failed.", { err: error });
    answer = plain(500, "failed\n");
  }
  const { status, contentType, body, headers } = answer;
  response.writeHead(status, {
    "content-type": contentType,
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    ...headers,
  });
  response.end(request.method === "HEAD" ? undefined : body);
  // Nothing here takes a body.
  request.resume();
}

async function answerTo(
  request: IncomingMessage,
  { readiness, exposition }: OperationsOptions,
): Promise<Answer> {
  const path = (request.url ?? "").split("?", 1)[0];
  if (path !== "/livez" && path !== "/readyz" && path !== "/metrics") {
    return plain(404, "There are /livez, /readyz and /metrics.\n");
  }
  if (request.method !== "GET" && request.method !== "HEAD") {
    return { ...plain(405, "GET and HEAD only.\n"), headers: { allow: "GET, HEAD" } };
  }
  switch (path) {
    case "/livez":
      return plain(200, "alive\n");
    case "/metrics":
      return { status: 200, contentType: exposition.contentType, body: await exposition.text() };
    case "/readyz": {
      const answer = await readiness.ask();
      if (answer.kind === "ready") return plain(200, "ready\n");
      const body = `unready: ${answer.reasons.join(", ")}\n`;
      return { ...plain(503, body), headers: { "retry-after": "1" } };
    }
  }
}

function plain(status: number, body: string): Answer {
  return { status, contentType: "text/plain; charset=utf-8", body };
}
