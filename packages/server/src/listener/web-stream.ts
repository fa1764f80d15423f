// Fetch-style applications (authorization, admin) over HTTP/2: a stream becomes a Request, its Response goes back.

import type { Clock, Timer } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import { ErrorCode, type ServerStream } from "../http2/index.js";

/** What an application is told besides the request. */
export interface WebEnvironment {
  /** The client's address: the socket's, or what a trusted proxy says. */
  readonly remoteAddress: string;
}

/** Answers requests that are no business of the gateway's. */
export type WebApplication = (
  request: Request,
  environment: WebEnvironment,
) => Response | Promise<Response>;

/** Largest request body; applications set tighter bounds of their own. Bytes. */
export const maxWebBodyBytes = 1_048_576;

/** Methods whose requests cannot have a body in Fetch. */
const bodyless = new Set(["GET", "HEAD"]);

/** Headers that belong to a connection, which HTTP/2 has no place for (RFC 9113 section 8.2.2). */
const connectionHeaders = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade"]);

/** How long a request may take. */
export interface WebPatience {
  readonly clock: Clock;
  /** Milliseconds that a request's body may stay open. */
  readonly bodyTimeout: number;
  /** A body stayed open too long. */
  readonly onTimeout: () => void;
}

/**
 * Answers a stream by a web application. Never throws: what goes wrong ends in a status or in a reset stream.
 */
export async function serveWebStream(
  stream: ServerStream,
  app: WebApplication,
  patience: WebPatience,
  remoteAddress: string = stream.session.remoteAddress,
): Promise<void> {
  try {
    const body = await bodyOf(stream, patience);
    if (body === undefined) return;
    const request = new Request(urlOf(stream), {
      method: stream.method,
      headers: { ...stream.headers() },
      ...(bodyless.has(stream.method) ? {} : { body }),
    });
    await answer(stream, await app(request, { remoteAddress }));
  } catch (thrown) {
    const error = TrefoilError.from(thrown);
    if (stream.responded) {
      stream.reset(ErrorCode.internalError);
    } else {
      stream.respond(error.wire.http, { "content-type": "application/json" });
      stream.end(
        Buffer.from(JSON.stringify({ error: error.wire.oauth, error_description: error.message })),
      );
    }
  }
}

/**
 * Only the path and the query of a request's URL mean anything here: any host name is served. They are appended, not resolved: a
 * target that begins with two slashes would name another host.
 */
function urlOf(stream: ServerStream): string {
  const target = stream.path === "*" ? "/" : stream.path;
  const url = `https://${stream.authority}${target}`;
  const isHost = /^[\w.:[\]-]{1,255}$/.test(stream.authority);
  return isHost && URL.canParse(url) ? url : `https://localhost${target}`;
}

/** The whole body, or undefined where the peer gave up. */
async function bodyOf(
  stream: ServerStream,
  { clock, bodyTimeout, onTimeout }: WebPatience,
): Promise<Buffer | undefined> {
  if (stream.bodyless) return Buffer.alloc(0);
  let chunks: Uint8Array[] = [];
  let size = 0;
  let deadline: Timer | undefined;
  try {
    return await new Promise((resolve, reject) => {
      deadline = clock.after(bodyTimeout, () => {
        onTimeout();
        reject(
          new TrefoilError(
            "limit_exceeded",
            `The body was still open after ${bodyTimeout / 1000} seconds.`,
          ),
        );
      });
      stream.receive({
        data(bytes) {
          size += bytes.byteLength;
          if (size <= maxWebBodyBytes) {
            chunks.push(bytes);
          } else {
            reject(
              new TrefoilError(
                "payload_too_large",
                `The body is larger than ${maxWebBodyBytes} bytes.`,
              ),
            );
          }
        },
        end: () => resolve(Buffer.concat(chunks)),
        aborted: () => resolve(undefined),
      });
    });
  } finally {
    deadline?.cancel();
    chunks = [];
  }
}

async function answer(stream: ServerStream, response: Response): Promise<void> {
  const headers: Record<string, string | readonly string[]> = {};
  for (const [name, value] of response.headers) {
    if (!connectionHeaders.has(name)) headers[name] = value;
  }
  // Fetch has joined what may be joined; cookies may not, and each is a field of its own (RFC 6265 section 3).
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) headers["set-cookie"] = cookies;
  if (response.body === null || stream.method === "HEAD") {
    await response.body?.cancel();
    stream.respond(response.status, headers, { end: true });
    return;
  }
  stream.respond(response.status, headers);
  const reader = response.body.getReader();
  // A body that goes on for ever (server-sent events) may be silent for long: its maker hears at once that nobody listens.
  stream.onClose(() => void reader.cancel().catch(() => undefined));
  for (;;) {
    const { done, value } = await reader.read();
    if (done || stream.closed) break;
    stream.write(value as Uint8Array);
    if (stream.bytesQueued > 65_536) {
      await new Promise<void>((resolve) => {
        stream.onceDrained(resolve);
        stream.onClose(() => resolve());
      });
    }
  }
  stream.end();
}
