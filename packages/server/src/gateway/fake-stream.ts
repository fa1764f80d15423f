// A request stream that a test holds in its hands: what was answered can be looked at byte by byte.

import type { BodySink, CloseReason, ServerSession, ServerStream } from "../http2/index.js";

/** Everything that a {@link FakeStream} was told to answer. */
export class FakeStream implements ServerStream {
  readonly session: ServerSession;
  readonly id = 1;
  readonly authority = "localhost";
  readonly bodyless: boolean;
  readonly method: string;
  readonly path: string;
  readonly chunks: string[] = [];
  status: number | undefined;
  responseHeaders: Readonly<Record<string, string>> = {};
  ended = false;
  resetWith: number | undefined;
  paused = false;
  bytesQueued = 0;
  closed = false;
  sink: BodySink | undefined;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #closeListeners: ((reason: CloseReason) => void)[] = [];

  constructor(
    options: {
      readonly method?: string;
      readonly path?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly session?: ServerSession;
      readonly bodyless?: boolean;
    } = {},
  ) {
    this.method = options.method ?? "POST";
    this.path = options.path ?? "/v1/events";
    this.#headers = options.headers ?? {};
    this.session = options.session ?? new FakeSession();
    this.bodyless = options.bodyless ?? false;
  }

  /** The whole body of the answer so far, one character a byte. */
  get body(): string {
    return this.chunks.join("");
  }

  get responded(): boolean {
    return this.status !== undefined;
  }

  header(name: string): string | undefined {
    return this.#headers[name];
  }

  headers(): Readonly<Record<string, string>> {
    return this.#headers;
  }

  receive(sink: BodySink): void {
    this.sink = sink;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  respond(
    status: number,
    headers: Readonly<Record<string, string>>,
    options: { readonly end?: boolean } = {},
  ): void {
    this.status = status;
    this.responseHeaders = headers;
    if (options.end === true) this.ended = true;
  }

  write(content: Uint8Array | string, flushed?: () => void): void {
    this.chunks.push(Buffer.from(content as string).toString("latin1"));
    flushed?.();
  }

  end(bytes?: Uint8Array): void {
    if (bytes !== undefined) this.chunks.push(Buffer.from(bytes).toString("latin1"));
    this.ended = true;
  }

  reset(code: number): void {
    this.resetWith = code;
  }

  onceDrained(listener: () => void): void {
    queueMicrotask(listener);
  }

  onClose(listener: (reason: CloseReason) => void): void {
    this.#closeListeners.push(listener);
  }

  /** Ends the stream as the peer would. */
  close(reason: CloseReason = { kind: "closed" }): void {
    this.closed = true;
    for (const listener of this.#closeListeners.splice(0)) listener(reason);
  }
}

/** A connection whose PINGs a test answers. */
export class FakeSession implements ServerSession {
  readonly id = 1;
  readonly remoteAddress = "127.0.0.1";
  readonly bytesQueued = 0;
  readonly openStreams = 0;
  destroyedWith: number | undefined;
  goneAway = false;
  /** To be called with whether the ACK came. */
  readonly pings: ((isAcknowledged: boolean) => void)[] = [];
  readonly #closeListeners: ((reason: CloseReason) => void)[] = [];

  ping(answered: (isAcknowledged: boolean) => void): void {
    this.pings.push(answered);
  }

  goaway(): void {
    this.goneAway = true;
  }

  close(): void {
    this.lose();
  }

  destroy(code: number): void {
    this.destroyedWith = code;
    this.lose();
  }

  onClose(listener: (reason: CloseReason) => void): void {
    this.#closeListeners.push(listener);
  }

  /** The connection ends. */
  lose(): void {
    for (const listener of this.#closeListeners.splice(0)) listener({ kind: "closed" });
    for (const ping of this.pings.splice(0)) ping(false);
  }
}
