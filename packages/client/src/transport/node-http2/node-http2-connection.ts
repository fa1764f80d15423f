// One HTTP/2 connection of a device on node:http2.

import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from "node:http2";
import { constants } from "node:http2";
import { TrefoilError } from "@trefoil/protocol/errors";
import { connectionFailure } from "../connection-failure.js";
import type { RequestOutcome, TransportConnection, TransportRequest } from "../transport.js";
import { sendBody } from "./request-body.js";
import { receiveBody } from "./response-body.js";

/** @see Transport in ../transport.ts for what each member promises */
export class NodeHttp2Connection implements TransportConnection {
  readonly #session: ClientHttp2Session;
  readonly #origin: string;
  #goneAway = false;
  #failure: Error | undefined;

  /** @param session connected, and its protocol found to be `h2` */
  constructor(session: ClientHttp2Session, origin: string) {
    this.#session = session;
    this.#origin = origin;
    session.on("goaway", () => (this.#goneAway = true));
    session.on("error", (error) => (this.#failure ??= error));
  }

  get accepting(): boolean {
    return !this.#goneAway && !this.#session.closed && !this.#session.destroyed;
  }

  request(request: TransportRequest): Promise<RequestOutcome> {
    if (!this.accepting) {
      return Promise.resolve(this.#lost("never", gone("The connection has ended.")));
    }
    if (request.signal.aborted) {
      return Promise.resolve(this.#lost("never", request.signal.reason));
    }
    let stream: ClientHttp2Stream;
    try {
      stream = this.#session.request(
        {
          ...request.headers,
          [constants.HTTP2_HEADER_METHOD]: request.method,
          [constants.HTTP2_HEADER_PATH]: request.path,
        },
        { endStream: request.body === undefined },
      );
    } catch (error) {
      return Promise.resolve(this.#lost("never", error));
    }
    return this.#exchange(stream, request);
  }

  #exchange(stream: ClientHttp2Stream, request: TransportRequest): Promise<RequestOutcome> {
    return new Promise((resolve) => {
      let failure: unknown;
      const giveUp = () => {
        failure ??= request.signal.reason;
        stream.close(constants.NGHTTP2_CANCEL);
        // Unread bytes of a cancelled response must not hold its close event back.
        stream.resume();
      };
      request.signal.addEventListener("abort", giveUp, { once: true });
      stream.on("error", (error) => (failure ??= error));
      stream.once("response", (headers) => {
        resolve({
          kind: "response",
          response: {
            status: headers[":status"] ?? 0,
            headers: plainHeaders(headers),
            body: receiveBody(stream),
          },
        });
      });
      stream.once("close", () => {
        request.signal.removeEventListener("abort", giveUp);
        const never = stream.rstCode === constants.NGHTTP2_REFUSED_STREAM || stream.pending;
        resolve(
          this.#lost(
            never ? "never" : "unknown",
            failure ??
              this.#failure ??
              gone("The connection was lost before the request was answered."),
          ),
        );
      });
      if (request.body === undefined) {
        request.onSent?.();
        return;
      }
      sendBody(stream, request.body).then(
        (sent) => {
          if (sent) request.onSent?.();
        },
        (cause: unknown) => {
          failure = new TrefoilError("invalid_request", "The request's body could not be read.", {
            cause,
          });
          stream.close(constants.NGHTTP2_CANCEL);
        },
      );
    });
  }

  readonly ping = (): Promise<void> =>
    new Promise((resolve, reject) => {
      if (this.#session.destroyed) {
        reject(gone("The connection has ended."));
        return;
      }
      this.#session.ping((error) => {
        if (error === null) resolve();
        else reject(connectionFailure(this.#origin, error));
      });
    });

  onGoaway(listener: () => void): void {
    this.#session.once("goaway", () => listener());
  }

  onClose(listener: (cause: Error | undefined) => void): void {
    if (this.#session.destroyed) listener(this.#failure);
    else this.#session.once("close", () => listener(this.#failure));
  }

  close(): void {
    if (!this.#session.closed && !this.#session.destroyed) this.#session.close();
  }

  destroy(): void {
    // Node.js 20 loops for ever in native code when a client's session is destroyed in the turn in which the server reset
    // one of its streams while another is open.
    setImmediate(() => this.#session.destroy());
  }

  #lost(processed: "never" | "unknown", thrown: unknown): RequestOutcome {
    return { kind: "lost", processed, cause: connectionFailure(this.#origin, thrown) };
  }
}

function gone(message: string): TrefoilError {
  return new TrefoilError("unavailable", message);
}

function plainHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const plain: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(":") || value === undefined) continue;
    plain[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return plain;
}
