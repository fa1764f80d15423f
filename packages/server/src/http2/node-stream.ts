// One request and its answer on node:http2.

import { type IncomingHttpHeaders, type ServerHttp2Stream, constants } from "node:http2";
import type { Clock, Timer } from "@trefoil/protocol/clock";
import {
  type BodySink,
  type CloseReason,
  ErrorCode,
  type ServerSession,
  type ServerStream,
  type SessionLimit,
} from "./engine.js";
import { WriteQueue, batchBytes } from "./node-write-queue.js";
import type { WaitingLink } from "./waiting-streams.js";

/** What a stream tells its connection, and asks of it. */
export interface StreamOwner extends ServerSession {
  readonly clock: Clock;
  /** The limit that ended the connection. */
  readonly limit: SessionLimit | undefined;
  streamOpened(): void;
  /** @param brokenOff whether the stream ended before its answer did, and not by our doing */
  streamClosed(stream: NodeStream, brokenOff: boolean): void;
  /** Something is queued that has not got through. */
  streamWaits(stream: NodeStream): void;
  /** Nothing is queued any more. */
  streamFlowed(stream: NodeStream): void;
  /** So many more bytes wait to be sent, or fewer where negative. */
  queue(bytes: number): void;
}

/** Milliseconds that a peer may go on sending a body whose answer is complete before its stream is reset. */
const lingering = 1_000;

export class NodeStream implements ServerStream {
  readonly session: StreamOwner;
  readonly bodyless: boolean;
  /** When the oldest thing that has not got through came to the head of the queue. Milliseconds. */
  waitingSince = 0;
  /** Its place among the streams that wait; the connection's business. */
  readonly waitingLink: WaitingLink<NodeStream> = {
    previous: undefined,
    next: undefined,
    linked: false,
  };
  readonly #raw: ServerHttp2Stream;
  readonly #headers: IncomingHttpHeaders;
  #unflushed = 0;
  #writeQueue: WriteQueue | undefined;
  #drainListeners: (() => void)[] = [];
  /**
   * Kept here and let go at their end, not bound into listeners: node:http2 keeps ended streams for a while, and whatever
   * hangs on them would be copied by the garbage collector over and over.
   */
  #sink: BodySink | undefined;
  #closeListeners: ((reason: CloseReason) => void)[] = [];
  #received = false;
  #answered = false;
  #resetByUs = false;
  #linger: Timer | undefined;

  constructor(
    raw: ServerHttp2Stream,
    session: StreamOwner,
    headers: IncomingHttpHeaders,
    bodyless: boolean,
  ) {
    this.#raw = raw;
    this.session = session;
    this.#headers = headers;
    this.bodyless = bodyless;
    // Without a listener an 'error' of one stream would end the process.
    raw.on("error", ignore);
    session.streamOpened();
    raw.on("close", () => this.#close());
  }

  get id(): number {
    return this.#raw.id ?? 0;
  }

  get method(): string {
    return this.#headers[":method"] ?? "";
  }

  get path(): string {
    return this.#headers[":path"] ?? "";
  }

  get authority(): string {
    return this.#headers[":authority"] ?? this.#headers.host ?? "";
  }

  get bytesQueued(): number {
    return this.#unflushed;
  }

  get closed(): boolean {
    return this.#raw.destroyed || this.#raw.closed;
  }

  get responded(): boolean {
    return this.#raw.headersSent;
  }

  header(name: string): string | undefined {
    const value = this.#headers[name];
    return Array.isArray(value) ? value.join(", ") : value;
  }

  headers(): Readonly<Record<string, string>> {
    const plain: Record<string, string> = Object.create(null) as Record<string, string>;
    for (const [name, value] of Object.entries(this.#headers)) {
      if (value !== undefined && !name.startsWith(":")) {
        plain[name] = Array.isArray(value) ? value.join(", ") : value;
      }
    }
    return plain;
  }

  receive(sink: BodySink): void {
    this.#received = true;
    this.#sink = sink;
    const raw = this.#raw;
    raw.on("data", (chunk: Buffer) => this.#sink?.data(chunk));
    // node:http2 ends the readable side of an aborted stream too; 'aborted' comes first.
    raw.on("end", () => this.#takeSink()?.end());
    // An empty body has ended before anybody could listen.
    if (raw.readableEnded && !raw.aborted) queueMicrotask(() => this.#takeSink()?.end());
    raw.on("aborted", () => this.#takeSink()?.aborted());
  }

  /** The sink, which hears of nothing more than what it is about to be told. */
  #takeSink(): BodySink | undefined {
    const sink = this.#sink;
    this.#sink = undefined;
    return sink;
  }

  pause(): void {
    this.#raw.pause();
  }

  resume(): void {
    this.#raw.resume();
  }

  respond(
    status: number,
    headers: Readonly<Record<string, string | readonly string[]>>,
    options: { readonly end?: boolean } = {},
  ): void {
    if (this.closed || this.#raw.headersSent) return;
    const end = options.end === true;
    this.#raw.respond({ ":status": status, ...headers }, end ? { endStream: true } : undefined);
    if (end) this.#finish();
  }

  write(bytes: Uint8Array, flushed?: () => void): void {
    if (this.closed) return;
    this.#queue(bytes.byteLength);
    this.#writes().write(bytes, flushed);
  }

  end(bytes?: Uint8Array): void {
    if (this.closed) return;
    if (bytes !== undefined) this.#queue(bytes.byteLength);
    if (bytes === undefined && this.#writeQueue === undefined) this.#raw.end();
    else this.#writes().end(bytes);
    this.#finish();
  }

  reset(code: number): void {
    if (this.closed) return;
    this.#resetByUs = true;
    this.#raw.close(code);
  }

  onceDrained(listener: () => void): void {
    if (this.#unflushed > batchBytes) this.#drainListeners.push(listener);
    else queueMicrotask(listener);
  }

  onClose(listener: (reason: CloseReason) => void): void {
    if (this.#raw.destroyed) {
      listener(this.#reason());
      return;
    }
    this.#closeListeners.push(listener);
  }

  #close(): void {
    this.#linger?.cancel();
    this.session.queue(-this.#unflushed);
    this.#unflushed = 0;
    const clean = !this.#raw.aborted && this.#raw.rstCode === constants.NGHTTP2_NO_ERROR;
    this.session.streamClosed(this, !clean && !this.#resetByUs);
    const listeners = this.#closeListeners;
    this.#closeListeners = [];
    for (const listener of listeners) listener(this.#reason());
    this.#takeSink()?.aborted();
  }

  #writes(): WriteQueue {
    return (this.#writeQueue ??= new WriteQueue(this.#raw, (bytes) => this.#flushed(bytes)));
  }

  #queue(bytes: number): void {
    this.#wait();
    this.#unflushed += bytes;
    this.session.queue(bytes);
  }

  #flushed(bytes: number): void {
    this.#unflushed -= bytes;
    this.session.queue(-bytes);
    this.waitingSince = this.session.clock.now();
    if (this.#unflushed === 0 && !this.#answered) this.session.streamFlowed(this);
    if (this.#unflushed > batchBytes || this.#drainListeners.length === 0) return;
    const listeners = this.#drainListeners;
    this.#drainListeners = [];
    for (const listener of listeners) listener();
  }

  #wait(): void {
    if (this.#unflushed > 0 || this.#answered) return;
    this.waitingSince = this.session.clock.now();
    this.session.streamWaits(this);
  }

  /**
   * The answer is complete: until the stream closes, its end waits to be read. What may still come of the request's body is
   * not needed; a peer that goes on is told.
   */
  #finish(): void {
    if (this.#answered) return;
    this.#wait();
    this.#answered = true;
    if (this.bodyless || this.#raw.readableEnded) return;
    if (!this.#received) this.#raw.resume();
    this.#linger = this.session.clock.after(lingering, () => this.reset(ErrorCode.noError));
  }

  #reason(): CloseReason {
    const { limit } = this.session;
    if (limit !== undefined) return { kind: "limit", limit };
    const code = this.#raw.rstCode;
    if (this.#raw.aborted || code !== constants.NGHTTP2_NO_ERROR) return { kind: "reset", code };
    return { kind: "closed" };
  }
}

function ignore(): void {}
