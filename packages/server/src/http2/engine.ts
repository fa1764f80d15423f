// The narrow waist between Trefoil and HTTP/2: all that the gateway may know of a connection and of a stream. The engine
// behind it is ours (frame-engine.ts); another one takes its place by implementing this file and nothing else.

import type { Socket } from "node:net";
import type { Clock } from "@trefoil/protocol/clock";
import type { Rate } from "./token-bucket.js";

/**
 * What a peer did too much of, or too slowly. The connection that met a limit is ended, with ENHANCE_YOUR_CALM unless said
 * otherwise.
 * - `stream-resets`: it broke off more requests than {@link EngineLimits.resets} allows.
 * - `control-frames`: more PING and SETTINGS frames than {@link EngineLimits.controlFrames} allows.
 * - `frame-flood`: more frames that carry nothing than {@link EngineLimits.emptyFrames} allows, or a header block in more
 *   frames or bytes than any request needs.
 * - `protocol-error`: any other breach of RFC 9113. It ends the connection with the code that fits.
 * - `unresponsive`: it has no open stream and does not acknowledge a PING within {@link EngineLimits.pingTimeout}, or does not
 *   finish in that time a frame that it began.
 * - `queued-bytes`: more of its answers wait than {@link EngineLimits.maxQueuedBytes}.
 * - `slow-reader`: it left what was queued for it untouched for {@link EngineLimits.slowReaderTimeout}.
 * - `first-request`: no request within {@link EngineLimits.firstRequestTimeout}.
 * - `idle`: neither open stream nor PING for {@link EngineLimits.idleTimeout}; ended with NO_ERROR.
 */
export type SessionLimit =
  | "stream-resets"
  | "control-frames"
  | "frame-flood"
  | "protocol-error"
  | "unresponsive"
  | "queued-bytes"
  | "slow-reader"
  | "first-request"
  | "idle";

/** Why a stream or session ended: `closed` in good order, by the peer's or our error, or by a limit that the peer met. */
export type CloseReason =
  | { readonly kind: "closed" }
  | { readonly kind: "reset"; readonly code: number }
  | { readonly kind: "limit"; readonly limit: SessionLimit }
  | { readonly kind: "lost"; readonly cause: Error | undefined };

/** HTTP/2 error codes that we send. @see https://www.rfc-editor.org/rfc/rfc9113#section-7 */
export const ErrorCode = {
  noError: 0x0,
  protocolError: 0x1,
  internalError: 0x2,
  flowControlError: 0x3,
  streamClosed: 0x5,
  frameSizeError: 0x6,
  refusedStream: 0x7,
  cancel: 0x8,
  compressionError: 0x9,
  enhanceYourCalm: 0xb,
} as const;

/** One HTTP/2 connection. */
export interface ServerSession {
  /** Unique within the process. */
  readonly id: number;
  readonly remoteAddress: string;
  /** Bytes that were written and have not left the process yet, over all streams. */
  readonly bytesQueued: number;
  readonly openStreams: number;
  /**
   * Sends one PING.
   * @param answered called once, and not before this returns: with true when the ACK is here, so that everything flushed
   * before (see {@link ServerStream.write}) has reached the peer's HTTP/2 layer; with false when the session ended first
   */
  ping(answered: (isAcknowledged: boolean) => void): void;
  /**
   * Tells the peer to open no further streams here (GOAWAY, NO_ERROR). Open ones go on; those that it opens before it hears
   * of it are dropped, and lie past the last stream that the GOAWAY names, so that the peer may repeat them elsewhere.
   * @see https://www.rfc-editor.org/rfc/rfc9113#section-6.8
   */
  goaway(): void;
  /** GOAWAY, then the connection closes when its last stream has ended. */
  close(): void;
  /** Ends the connection and its socket at once; the peer is told `code` if it can be. */
  destroy(code: number): void;
  /** Calls `listener` once when the session has ended, at once if it already has. */
  onClose(listener: (reason: CloseReason) => void): void;
}

/** Where the bytes of a request's body go, in order: any number of `data`, then `end` or `aborted`, once. */
export interface BodySink {
  /** The bytes are the sink's to keep; there is at least one. None of the three may throw. */
  data(bytes: Uint8Array): void;
  end(): void;
  /** The stream ended before the body was complete, or while it was paused; or it had ended before it was asked for. */
  aborted(): void;
}

/** One request and its answer. */
export interface ServerStream {
  readonly session: ServerSession;
  readonly id: number;
  readonly method: string;
  /** The `:path` as sent, with its query. */
  readonly path: string;
  /** The `:authority`, or the `host` header, or an empty string. */
  readonly authority: string;
  /** A request header by its lower-case name; repeated headers are joined by `, `. */
  header(name: string): string | undefined;
  /** All request headers without pseudo headers, for what needs them whole. */
  headers(): Readonly<Record<string, string>>;
  /** Whether the request came with END_STREAM, so that there is no body to wait for. */
  readonly bodyless: boolean;
  /** Bytes of the answer that were written and have not left the process yet. */
  readonly bytesQueued: number;
  /** Whether the stream has ended, in whatever way. */
  readonly closed: boolean;
  /** Whether {@link respond} was called. */
  readonly responded: boolean;
  /**
   * Starts the flow of the request's body; at most once. A body that is never received is discarded. One that is still open
   * when the response has ended may go on for a moment; then the stream is reset with NO_ERROR.
   * @see https://www.rfc-editor.org/rfc/rfc9113#section-8.1
   */
  receive(sink: BodySink): void;
  /** Stops the flow of the body: the peer's flow-control window is left to run out. */
  pause(): void;
  resume(): void;
  /** Sends the response's headers at once. With `end` there is no body. */
  respond(
    status: number,
    headers: Readonly<Record<string, string | readonly string[]>>,
    options?: { readonly end?: boolean },
  ): void;
  /**
   * Queues bytes of the response's body, which must not change from then on, or text that goes out in UTF-8.
   * @param flushed called when the peer's window has let the last of the bytes through and they are on their way to the
   * socket: a PING sent from now on travels behind them. Not called if the stream ends before.
   */
  write(content: Uint8Array | string, flushed?: () => void): void;
  /** Ends the response in good order (END_STREAM) after what was written, and after `bytes` if given. */
  end(bytes?: Uint8Array): void;
  /** Ends the stream with RST_STREAM. */
  reset(code: number): void;
  /** Calls `listener` once when bytes that were queued have drained. */
  onceDrained(listener: () => void): void;
  /** Calls `listener` once when the stream has ended, at once if it already has. */
  onClose(listener: (reason: CloseReason) => void): void;
}

/** What an engine tells its owner of one connection. */
export interface SessionHandler {
  /**
   * A request arrived: its headers are complete, its body is not. Not called for one that the peer took back in the same
   * breath. Must not throw.
   */
  stream(stream: ServerStream): void;
  /** The peer sent a PING; the engine has answered it. */
  pinged?(): void;
}

/** Limits that an engine enforces by itself on each connection. Times are milliseconds. */
export interface EngineLimits {
  readonly maxConcurrentStreams: number;
  /** Bytes of one request's header list, as RFC 9113 section 6.5.2 counts them. */
  readonly maxHeaderListSize: number;
  readonly maxHeaderPairs: number;
  /** Streams that end before their answer does and not by our doing: resets, refusals, and whatever makes the engine reset. */
  readonly resets: Rate;
  /**
   * Frames that carry nothing: empty DATA, PRIORITY, types that nobody knows, WINDOW_UPDATE beyond two for each frame of DATA
   * that was sent, whatever comes for streams that have ended.
   */
  readonly emptyFrames: Rate;
  /** PING and SETTINGS frames of the peer. */
  readonly controlFrames: Rate;
  /** Most bytes that wait to be sent, over all streams of a connection. */
  readonly maxQueuedBytes: number;
  /** How long a stream may wait with bytes queued and none of its writes getting through. */
  readonly slowReaderTimeout: number;
  /** How long a connection may take to its first request. */
  readonly firstRequestTimeout: number;
  /**
   * How long a peer may take to acknowledge the PING that follows a burst of its input, where it has no open stream; also how
   * long to finish a frame or a header block that it began.
   */
  readonly pingTimeout: number;
  /** How long a connection is kept without an open stream and without a PING of the peer. */
  readonly idleTimeout: number;
}

/** What an engine is made of. */
export interface Http2EngineOptions {
  readonly limits: EngineLimits;
  readonly clock: Clock;
  /** Called once for each connection that a limit ended. */
  readonly onLimit?: (limit: SessionLimit, session: ServerSession) => void;
}

/** Speaks HTTP/2 on any number of connections. */
export interface Http2Engine {
  /** How many connections are open: counted by their sockets. */
  readonly openSessions: number;
  /**
   * Speaks HTTP/2 on a socket whose peer has chosen it (by ALPN, or by prior knowledge).
   * @param socket a TLS or plain socket that nothing has been read from
   * @param open makes the connection's handler; called before any stream arrives
   * @throws never: what goes wrong on the connection ends the session
   */
  serve(socket: Socket, open: (session: ServerSession) => SessionHandler): ServerSession;
}
