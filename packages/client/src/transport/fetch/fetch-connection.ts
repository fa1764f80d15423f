// What stands for a connection over `fetch`: the platform keeps the real one, and shares it between all requests to a server.

import { TrefoilError } from "@trefoil/protocol/errors";
import { byteArrayOf, leave } from "../../streams/index.js";
import { connectionFailure } from "../connection-failure.js";
import type {
  RequestOutcome,
  TransportConnection,
  TransportRequest,
  TransportResponse,
} from "../transport.js";
import { canStreamUploads } from "./upload-streams.js";

/** Most bytes of a body that is gathered before it is sent: an event with an attachment of the size that gateways take. */
const maxGathered = 16_777_216;

/** Headers that a page may not set; browsers send their own. */
const notOurs: ReadonlySet<string> = new Set(["user-agent"]);

/** @see TransportConnection for what each member promises */
export class FetchConnection implements TransportConnection {
  /** `fetch` cannot send PING: the client asks `GET /ping`. */
  readonly ping = undefined;
  readonly #origin: string;
  readonly #fetch: typeof fetch;
  readonly #ended = new AbortController();
  #closing = false;
  #open = 0;

  constructor(origin: string, fetchImplementation: typeof fetch) {
    this.#origin = origin;
    this.#fetch = fetchImplementation;
  }

  get accepting(): boolean {
    return !this.#closing && !this.#ended.signal.aborted;
  }

  async request(request: TransportRequest): Promise<RequestOutcome> {
    if (!this.accepting) return this.#lost("never", gone());
    if (request.signal.aborted) return this.#lost("never", request.signal.reason);
    const signal = AbortSignal.any([request.signal, this.#ended.signal]);
    this.#open++;
    let written = false;
    try {
      const { body } = request;
      const init = {
        method: request.method,
        headers: Object.entries(request.headers).filter(([name]) => !notOurs.has(name)),
        redirect: "error",
        credentials: "omit",
        cache: "no-store",
        signal,
        ...(body === undefined ? {} : await bodyOf(body, request, signal)),
      } as const;
      written = true;
      const pending = this.#fetch(`${this.#origin}${request.path}`, init);
      // A body that was gathered is in the platform's hands now; one that streams tells when it has ended.
      if (body === undefined || !isStreamed(request)) request.onSent?.();
      const response = await pending;
      return { kind: "response", response: this.#response(response, signal) };
    } catch (thrown) {
      this.#done();
      const reason: unknown = signal.aborted ? signal.reason : thrown;
      return this.#lost(written ? "unknown" : "never", reason);
    }
  }

  onGoaway(): void {
    // The platform moves to another connection by itself, and tells nobody.
  }

  onClose(listener: (cause: Error | undefined) => void): void {
    const { signal } = this.#ended;
    if (signal.aborted) listener(undefined);
    else signal.addEventListener("abort", () => listener(undefined), { once: true });
  }

  close(): void {
    this.#closing = true;
    if (this.#open === 0) this.#ended.abort(gone());
  }

  destroy(): void {
    this.#ended.abort(gone());
  }

  /** @param signal ends the exchange */
  #response(response: Response, signal: AbortSignal): TransportResponse {
    let isOver = false;
    const over = (): void => {
      if (isOver) return;
      isOver = true;
      signal.removeEventListener("abort", over);
      this.#done();
    };
    // A body that nobody reads on, or has begun to read, is over when the exchange is given up.
    signal.addEventListener("abort", over);
    if (signal.aborted) over();
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: this.#body(response.body, over),
    };
  }

  async *#body(
    stream: ReadableStream<Uint8Array> | null,
    over: () => void,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const reader = stream?.getReader();
    try {
      for (;;) {
        const next = await reader?.read();
        if (next === undefined || next.done) return;
        yield next.value;
      }
    } catch (cause) {
      throw new TrefoilError("unavailable", "The response was cut off before its end.", { cause });
    } finally {
      // After the end, or a failure, there is nothing to cancel.
      void reader?.cancel().then(undefined, () => undefined);
      over();
    }
  }

  #done(): void {
    this.#open--;
    if (this.#closing && this.#open === 0) this.#ended.abort(gone());
  }

  #lost(processed: "never" | "unknown", thrown: unknown): RequestOutcome {
    return { kind: "lost", processed, cause: connectionFailure(this.#origin, thrown) };
  }
}

function isStreamed({ live }: TransportRequest): boolean {
  return live === true && canStreamUploads();
}

/** Speech is streamed where the platform can; everything else is gathered, which any platform can send. */
async function bodyOf(
  body: AsyncIterable<Uint8Array>,
  request: TransportRequest,
  signal: AbortSignal,
): Promise<{
  readonly body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
  readonly duplex?: "half";
}> {
  if (isStreamed(request)) {
    return { body: streamOf(body, request.onSent, signal), duplex: "half" };
  }
  const bytes = await byteArrayOf(body, maxGathered);
  signal.throwIfAborted();
  return { body: bytes as Uint8Array<ArrayBuffer> };
}

function streamOf(
  source: AsyncIterable<Uint8Array>,
  sent: (() => void) | undefined,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]();
  const giveUp = () => leave(chunks);
  signal.addEventListener("abort", giveUp, { once: true });
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await chunks.next();
      if (next.done !== true) {
        controller.enqueue(next.value);
        return;
      }
      controller.close();
      if (!signal.aborted) sent?.();
    },
    cancel: giveUp,
  });
}

function gone(): TrefoilError {
  return new TrefoilError("unavailable", "The connection has ended.");
}
