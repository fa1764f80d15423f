// One connection on node:http2: what it has open and queued, the budgets of its peer, and its end.

import {
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  constants,
} from "node:http2";
import type { Socket } from "node:net";
import {
  type CloseReason,
  ErrorCode,
  type Http2EngineOptions,
  type ServerSession,
  type SessionLimit,
} from "./engine.js";
import { Liveness } from "./node-liveness.js";
import { NodeStream, type StreamOwner } from "./node-stream.js";
import { TokenBucket } from "./token-bucket.js";
import { WaitingStreams } from "./waiting-streams.js";

/** RFC 9113 section 6.2: the request has no body. */
const endStreamFlag = constants.NGHTTP2_FLAG_END_STREAM;

/** Errors of nghttp2 that mean a flood: NGHTTP2_ERR_FLOODED, NGHTTP2_ERR_TOO_MANY_CONTINUATIONS. */
const floodErrors = new Set([-904, -905]);

/** What a session's error says of its peer; undefined where it is not the peer's doing. */
function breachOf(error: Error & { readonly code?: string; readonly errno?: number }) {
  if (error.code === "ERR_HTTP2_TOO_MANY_INVALID_FRAMES") return "frame-flood";
  if (error.code !== "ERR_HTTP2_ERROR") return undefined;
  return floodErrors.has(error.errno ?? 0) ? "frame-flood" : "protocol-error";
}

let lastSessionId = 0;

export class NodeSession implements ServerSession, StreamOwner {
  readonly id = ++lastSessionId;
  readonly remoteAddress: string;
  readonly #raw: ServerHttp2Session;
  readonly #socket: Socket;
  readonly #options: Http2EngineOptions;
  readonly #resets: TokenBucket;
  readonly #controlFrames: TokenBucket;
  readonly #liveness: Liveness;
  readonly #openedAt: number;
  /** Streams with something queued that has not got through. */
  readonly #waiting = new WaitingStreams<NodeStream>();
  #requested = false;
  /** When the last stream closed or the peer last sent a PING. */
  #activeAt: number;
  #queued = 0;
  #streams = 0;
  #limit: SessionLimit | undefined;
  #cause: Error | undefined;
  #closed: CloseReason | undefined;
  #closeListeners: ((reason: CloseReason) => void)[] = [];

  constructor(raw: ServerHttp2Session, socket: Socket, options: Http2EngineOptions) {
    this.#raw = raw;
    this.#socket = socket;
    this.#options = options;
    this.remoteAddress = socket.remoteAddress ?? "";
    const now = options.clock.now();
    this.#openedAt = now;
    this.#activeAt = now;
    this.#resets = new TokenBucket(options.limits.resets, now);
    this.#controlFrames = new TokenBucket(options.limits.controlFrames, now);
    this.#liveness = new Liveness(raw, socket, options.limits.pingTimeout);
    raw.on("error", (error: Error) => {
      this.#cause ??= error;
      const breach = breachOf(error);
      if (breach !== undefined) this.#met(breach);
    });
    // node:http2 has left sessions half-closed for ever after a flood: the socket's end is the session's end.
    socket.once("close", () => {
      if (!raw.destroyed) raw.destroy();
      this.#end();
    });
    raw.once("close", () => {
      if (!socket.destroyed) socket.destroy();
    });
  }

  /** Begins to take what the peer sends. */
  start(arrive: (stream: NodeStream) => void, pinged: (() => void) | undefined): void {
    this.#raw.on(
      "stream",
      (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number) => {
        this.#requested = true;
        arrive(new NodeStream(stream, this, headers, (flags & endStreamFlag) !== 0));
      },
    );
    this.#raw.on("ping", () => {
      this.#activeAt = this.#now();
      this.#liveness.pingSeen();
      this.#control();
      pinged?.();
    });
    this.#raw.on("remoteSettings", () => this.#control());
  }

  get bytesQueued(): number {
    return this.#queued;
  }

  get openStreams(): number {
    return this.#streams;
  }

  ping(): Promise<void> {
    return new Promise((resolve, reject) => {
      const sent =
        !this.#raw.destroyed &&
        this.#raw.ping((error: Error | null) => {
          if (error !== null) {
            reject(error);
            return;
          }
          this.#liveness.pingSeen();
          resolve();
        });
      if (!sent) reject(new Error("The session takes no PING any more."));
    });
  }

  goaway(): void {
    if (!this.#raw.destroyed) this.#raw.goaway(constants.NGHTTP2_NO_ERROR);
  }

  close(): void {
    if (!this.#raw.closed) this.#raw.close();
  }

  destroy(code: number): void {
    if (!this.#raw.destroyed) {
      if (code === constants.NGHTTP2_NO_ERROR) this.#raw.destroy();
      else this.#raw.destroy(new Error("The connection was ended by the server."), code);
    }
    // The GOAWAY has been handed to the kernel by then, unless the peer reads nothing: that is not waited for.
    setImmediate(() => this.#socket.destroy());
  }

  onClose(listener: (reason: CloseReason) => void): void {
    if (this.#closed === undefined) this.#closeListeners.push(listener);
    else listener(this.#closed);
  }

  /** Looks at the deadlines. */
  check(now: number): void {
    if (this.#raw.destroyed) return;
    const { firstRequestTimeout, idleTimeout, slowReaderTimeout } = this.#options.limits;
    const fault = this.#liveness.check({
      now,
      bytesQueued: this.#queued,
      openStreams: this.#streams,
    });
    if (fault !== undefined) {
      this.#exceed(fault);
      return;
    }
    if (!this.#requested) {
      if (now - this.#openedAt >= firstRequestTimeout) this.#exceed("first-request");
      return;
    }
    if (this.#streams === 0) {
      if (now - this.#activeAt >= idleTimeout) this.#exceed("idle");
      return;
    }
    for (const stream of this.#waiting) {
      if (now - stream.waitingSince >= slowReaderTimeout) {
        this.#exceed("slow-reader");
        return;
      }
    }
  }

  // The streams' side.

  get clock(): Http2EngineOptions["clock"] {
    return this.#options.clock;
  }

  get limit(): SessionLimit | undefined {
    return this.#limit;
  }

  streamOpened(): void {
    this.#streams++;
  }

  streamClosed(stream: NodeStream, brokenOff: boolean): void {
    this.#streams--;
    this.#waiting.delete(stream);
    const now = this.#now();
    this.#activeAt = now;
    if (brokenOff && !this.#raw.destroyed && !this.#resets.take(now)) this.#exceed("stream-resets");
  }

  streamWaits(stream: NodeStream): void {
    this.#waiting.add(stream);
  }

  streamFlowed(stream: NodeStream): void {
    this.#waiting.delete(stream);
  }

  queue(bytes: number): void {
    this.#queued += bytes;
    if (this.#queued > this.#options.limits.maxQueuedBytes) this.#exceed("queued-bytes");
  }

  #now(): number {
    return this.#options.clock.now();
  }

  #control(): void {
    if (!this.#controlFrames.take(this.#now())) this.#exceed("control-frames");
  }

  #exceed(limit: SessionLimit): void {
    if (this.#raw.destroyed) return;
    this.#met(limit);
    this.destroy(limit === "idle" ? ErrorCode.noError : ErrorCode.enhanceYourCalm);
  }

  #met(limit: SessionLimit): void {
    if (this.#limit !== undefined) return;
    this.#limit = limit;
    this.#options.onLimit?.(limit, this);
  }

  #end(): void {
    if (this.#closed !== undefined) return;
    if (this.#limit !== undefined) this.#closed = { kind: "limit", limit: this.#limit };
    else if (this.#cause !== undefined) this.#closed = { kind: "lost", cause: this.#cause };
    else this.#closed = { kind: "closed" };
    const listeners = this.#closeListeners;
    this.#closeListeners = [];
    for (const listener of listeners) listener(this.#closed);
  }
}
