// Lets a Node.js request listener answer a Fetch request, in this process: the library speaks node:http, and our listener
// hands out Fetch requests for HTTP/1.1 and HTTP/2 alike. Node's own request and response classes are used, on a socket
// that leads nowhere; the answer is gathered before it would be written to it.

import { IncomingMessage, type RequestListener, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { readBytes } from "../../http/read-body.js";

/** A request and its answer as node:http has them. */
export interface NodeExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Resolves when the answer is complete. */
  readonly answered: Promise<Response>;
}

/** Statuses whose answers have no body. */
const bodyless: ReadonlySet<number> = new Set([101, 204, 205, 304]);

/** Where a request comes from, and where its listener is. */
export interface NodeExchangeOptions {
  /** Where the server is reached; takes the place of whatever host the request names. */
  readonly origin: string;
  /** The peer's. */
  readonly remoteAddress: string;
  /** Largest body. Bytes. */
  readonly maxBody: number;
  /** The first part of the path, which the listener does not see as its own. Default none. */
  readonly mountPath?: string;
}

/** @throws TrefoilError `payload_too_large`, or `invalid_request` where the body breaks off */
export async function nodeExchange(
  request: Request,
  options: NodeExchangeOptions,
): Promise<NodeExchange> {
  const { origin, remoteAddress, maxBody, mountPath = "" } = options;
  const { pathname, search } = new URL(request.url);
  const socket = new Nowhere(remoteAddress) as unknown as Socket;
  const incoming = new IncomingMessage(socket);
  incoming.method = request.method;
  incoming.url = `${pathname.slice(mountPath.length)}${search}`;
  // What frameworks go by that mount a listener below a path.
  Object.assign(incoming, { originalUrl: `${pathname}${search}` });
  incoming.httpVersion = "1.1";
  const body = await readBytes(request, maxBody);
  const headers = {
    ...Object.fromEntries(request.headers),
    host: new URL(origin).host,
    ...(body.byteLength === 0 ? {} : { "content-length": String(body.byteLength) }),
  };
  incoming.headers = headers;
  incoming.rawHeaders = Object.entries(headers).flat();
  // A request that is not complete when its body was read counts as broken off, and takes its socket along.
  incoming.complete = true;
  if (body.byteLength > 0) incoming.push(body);
  incoming.push(null);
  const response = new ServerResponse(incoming);
  const chunks = keepBody(response);
  response.assignSocket(socket);
  const answered = new Promise<Response>((resolve, reject) => {
    response.once("finish", () => resolve(answerOf(response, chunks)));
    response.once("close", () => reject(new Error("The answer was broken off.")));
    response.once("error", reject);
  });
  // Whoever never looks at the answer must not bring the process down by that.
  answered.catch(() => undefined);
  return { request: incoming, response, answered };
}

/** Answers a request by a listener. */
export async function answerByListener(
  listener: RequestListener,
  request: Request,
  options: NodeExchangeOptions,
): Promise<Response> {
  const exchange = await nodeExchange(request, options);
  listener(exchange.request, exchange.response);
  return exchange.answered;
}

/** A socket that swallows what is written; it says that it is encrypted, as the real one is. */
class Nowhere extends Duplex {
  readonly encrypted = true;
  readonly remoteAddress: string;

  constructor(remoteAddress: string) {
    super();
    this.remoteAddress = remoteAddress;
  }

  override _read(): void {}

  override _write(_chunk: unknown, _encoding: BufferEncoding, done: () => void): void {
    done();
  }

  setTimeout(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }
}

/** Keeps what is written as the body of a response. */
function keepBody(response: ServerResponse): readonly Buffer[] {
  const chunks: Buffer[] = [];
  const keep = (chunk: unknown, encoding: unknown): void => {
    if (typeof chunk === "string") {
      const coding = typeof encoding === "string" ? (encoding as BufferEncoding) : "utf8";
      chunks.push(Buffer.from(chunk, coding));
    } else if (chunk instanceof Uint8Array) {
      chunks.push(Buffer.from(chunk));
    }
  };
  const write = response.write.bind(response) as (...args: readonly unknown[]) => boolean;
  const end = response.end.bind(response) as (...args: readonly unknown[]) => ServerResponse;
  response.write = (...args: readonly unknown[]) => {
    keep(args[0], args[1]);
    return write(...args);
  };
  response.end = (...args: readonly unknown[]) => {
    keep(args[0], args[1]);
    end(...args);
    return response;
  };
  return chunks;
}

/** What was answered, once it is complete. */
function answerOf(response: ServerResponse, chunks: readonly Buffer[]): Response {
  const headers = new Headers();
  for (const [name, value] of Object.entries(response.getHeaders())) {
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, String(one));
  }
  for (const name of ["connection", "keep-alive", "transfer-encoding"]) headers.delete(name);
  const { statusCode: status } = response;
  return new Response(bodyless.has(status) ? null : Buffer.concat(chunks), { status, headers });
}
