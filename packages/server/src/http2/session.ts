// One connection: its streams and what they have queued, the budgets and deadlines of its peer, and its end.

import type { Socket } from "node:net";
import type { Clock } from "@trefoil/protocol/clock";
import { AskedPings } from "./asked-pings.js";
import { Deadlines } from "./deadlines.js";
import {
  type CloseReason,
  ErrorCode,
  type Http2EngineOptions,
  type ServerSession,
  type SessionHandler,
  type SessionLimit,
} from "./engine.js";
import {
  Setting,
  defaultWindow,
  goawayFrame,
  pingAckFrame,
  pingFrame,
  rstStreamFrame,
  settingsAck,
  settingsFrame,
  windowUpdateFrame,
} from "./frames/index.js";
import type { ResponseHeaders } from "./hpack/index.js";
import { Inbound, type InboundOwner } from "./inbound.js";
import { Outbound } from "./outbound.js";
import type { RequestHeaders } from "./request-headers.js";
import { ResetStreams } from "./reset-streams.js";
import { ResponseHeaderWriter } from "./response-headers.js";
import { Stream, type StreamOwner } from "./stream.js";
import { TokenBucket } from "./token-bucket.js";
import { WaitingStreams } from "./waiting-streams.js";

/** Input of so many bytes or more was cut by the transport: there is more of it, perhaps a reset of what it asks for. */
const moreFollows = 16_000;

/** Frames of WINDOW_UPDATE that a frame of DATA makes good: one for the stream and one for the connection. */
const updatesPerDataFrame = 2;

/** What all connections of an engine share. */
export interface SessionOptions extends Http2EngineOptions {
  /** The `date` of a response that is sent now. */
  readonly date: () => string;
}

/** `leaving`: the peer was told to open no more streams. `over`: nothing is read or written any more. */
type SessionPhase = "open" | "leaving" | "over";

let lastSessionId = 0;

export class Session implements ServerSession, StreamOwner, InboundOwner {
  readonly id = ++lastSessionId;
  readonly remoteAddress: string;
  readonly #socket: Socket;
  readonly #options: SessionOptions;
  readonly #inbound: Inbound;
  readonly #outbound: Outbound;
  readonly #deadlines: Deadlines;
  readonly #pings = new AskedPings();
  readonly #headers = new ResponseHeaderWriter();
  readonly #resets: TokenBucket;
  readonly #controlFrames: TokenBucket;
  readonly #emptyFrames: TokenBucket;
  readonly #streams = new Map<number, Stream>();
  readonly #resetStreams = new ResetStreams();
  /** Streams with something queued that has not got through. */
  readonly #waiting = new WaitingStreams<Stream>();
  /** Requests that have arrived and were not handed over. */
  #arrivals: Stream[] = [];
  #phase: SessionPhase = "open";
  /** Whether the connection ends with its last stream. */
  #endsWhenDone = false;
  #handler: SessionHandler | undefined;
  #isSettled = false;
  #queued = 0;
  #window = defaultWindow;
  /** When it was first seen to be over with the socket still open. */
  #overSince: number | undefined;
  #limit: SessionLimit | undefined;
  #cause: Error | undefined;
  #closed: CloseReason | undefined;
  #closeListeners: ((reason: CloseReason) => void)[] = [];

  constructor(socket: Socket, options: SessionOptions) {
    const { limits, clock } = options;
    this.#socket = socket;
    this.#options = options;
    this.remoteAddress = socket.remoteAddress ?? "";
    const now = clock.now();
    this.#resets = new TokenBucket(limits.resets, now);
    this.#controlFrames = new TokenBucket(limits.controlFrames, now);
    this.#emptyFrames = new TokenBucket(limits.emptyFrames, now);
    this.#deadlines = new Deadlines(limits, now);
    this.#inbound = new Inbound(this, limits);
    this.#outbound = new Outbound(socket, (frames) =>
      this.#emptyFrames.give(frames * updatesPerDataFrame),
    );
    this.#outbound.control(
      settingsFrame([
        [Setting.enablePush, 0],
        [Setting.maxConcurrentStreams, limits.maxConcurrentStreams],
        [Setting.maxHeaderListSize, limits.maxHeaderListSize],
      ]),
    );
  }

  /** Begins to take what the peer sends. */
  start(handler: SessionHandler): void {
    this.#handler = handler;
    const socket = this.#socket;
    socket.on("data", (bytes: Buffer) => this.#take(bytes));
    socket.on("error", (error: Error) => (this.#cause ??= error));
    // Half a connection is of no use: what the peer asked for cannot be confirmed any more.
    socket.once("end", () => socket.destroy());
    socket.once("close", () => this.#end());
    // One that was lost on its way here has told so already.
    if (socket.destroyed) setImmediate(() => this.#end());
  }

  get bytesQueued(): number {
    return this.#queued;
  }

  get openStreams(): number {
    return this.#streams.size;
  }

  ping(answered: (isAcknowledged: boolean) => void): void {
    if (this.#phase === "over") queueMicrotask(() => answered(false));
    else this.#control(pingFrame(this.#pings.ask(answered)));
  }

  goaway(): void {
    if (this.#phase !== "open") return;
    this.#phase = "leaving";
    this.#control(goawayFrame(this.#inbound.lastStreamId, ErrorCode.noError));
  }

  close(): void {
    if (this.#phase === "over") return;
    this.goaway();
    this.#endsWhenDone = true;
    this.#endIfDone();
  }

  destroy(code: number): void {
    if (this.#phase === "over") return;
    this.#phase = "over";
    this.#inbound.stop();
    this.#outbound.control(goawayFrame(this.#inbound.lastStreamId, code));
    this.#outbound.finish();
    // The GOAWAY has been handed to the kernel by then, unless the peer reads nothing: that is not waited for.
    setImmediate(() => {
      this.#socket.destroy();
      this.#end();
    });
  }

  onClose(listener: (reason: CloseReason) => void): void {
    if (this.#closed === undefined) this.#closeListeners.push(listener);
    else listener(this.#closed);
  }

  /** Looks at the deadlines; to be called about once a second. */
  check(now: number): void {
    if (this.#phase === "over") {
      // A peer that does not even take the goodbye is not waited for.
      this.#overSince ??= now;
      if (now - this.#overSince >= this.#options.limits.slowReaderTimeout) this.#socket.destroy();
      return;
    }
    const verdict = this.#deadlines.check({
      now,
      openStreams: this.#streams.size,
      unfinished: this.#inbound.unfinished,
      inFlight: this.#outbound.inFlight,
      waiting: this.#waiting,
    });
    if (verdict.kind === "exceeded") this.#exceed(verdict.limit);
    else if (verdict.kind === "ask") this.#askWhetherItLives();
  }

  #askWhetherItLives(): void {
    this.ping((isAcknowledged) => {
      if (isAcknowledged) this.#deadlines.answered();
    });
  }

  #take(bytes: Buffer): void {
    if (this.#phase === "over") return;
    this.#outbound.cork();
    this.#inbound.push(bytes);
    // What is taken back in the same breath is never begun: where the breath was cut, its rest is waited for.
    if (this.#arrivals.length > 0) {
      if (this.#inbound.isMidFrame || bytes.byteLength >= moreFollows) setImmediate(this.#serve);
      else this.#serve();
    }
    this.#outbound.uncork();
  }

  readonly #serve = (): void => {
    const arrivals = this.#arrivals;
    if (arrivals.length === 0) return;
    this.#arrivals = [];
    for (const stream of arrivals) stream.handOver(this.#serveStream);
  };

  readonly #serveStream = (stream: Parameters<SessionHandler["stream"]>[0]): void => {
    if (this.#phase !== "over") this.#handler?.stream(stream);
  };

  // What the peer's frames ask for.

  streamOf(id: number): Stream | undefined {
    return this.#streams.get(id);
  }

  wasReset(id: number): boolean {
    return this.#resetStreams.has(id);
  }

  isTurnedAway(id: number): boolean {
    return this.#phase !== "open" && id > this.#inbound.lastStreamId;
  }

  request(id: number, headers: RequestHeaders, bodyless: boolean, window: number): void {
    this.#deadlines.requested();
    if (this.#streams.size >= this.#options.limits.maxConcurrentStreams) {
      this.refuse(id, ErrorCode.refusedStream);
      return;
    }
    const stream = new Stream(this, id, headers, bodyless, window);
    this.#streams.set(id, stream);
    this.#arrivals.push(stream);
  }

  refuse(id: number, code: number): void {
    this.#resetStreams.add(id);
    this.#control(rstStreamFrame(id, code));
    const stream = this.#streams.get(id);
    // A stream that there is counts its own end, where that comes before its answer.
    if (stream === undefined) this.#countReset();
    else stream.broken(code);
  }

  fail(code: number, limit: SessionLimit): void {
    if (this.#phase === "over") return;
    this.#met(limit);
    this.destroy(code);
  }

  emptyFrame(): void {
    this.#deadlines.heard();
    if (!this.#emptyFrames.take(this.#now())) this.#exceed("frame-flood");
  }

  pinged(bytes: Buffer, opaque: number): void {
    this.#deadlines.active(this.#now());
    if (!this.#countControl()) return;
    this.#control(pingAckFrame(bytes, opaque));
    this.#handler?.pinged?.();
  }

  pingAcknowledged(number: number): void {
    if (this.#pings.acknowledged(number)) return;
    this.fail(ErrorCode.protocolError, "protocol-error");
  }

  settings(entries: ReadonlyMap<number, number>): void {
    this.#deadlines.heard();
    if (!this.#countControl()) return;
    this.#control(settingsAck);
    const table = entries.get(Setting.headerTableSize);
    if (table !== undefined) this.#headers.tableIs(table);
  }

  settingsAcknowledged(): void {
    if (this.#isSettled) this.fail(ErrorCode.protocolError, "protocol-error");
    this.#isSettled = true;
  }

  received(bytes: number): void {
    this.#deadlines.heard();
    this.#window -= bytes;
    // Streams have windows of their own, so that one whose body nobody takes never holds up the others. At half of it no frame
    // can be larger than what is left.
    if (this.#window > defaultWindow / 2) return;
    this.#control(windowUpdateFrame(0, defaultWindow - this.#window));
    this.#window = defaultWindow;
  }

  widen(increment: number): boolean {
    const isValid = this.#outbound.widen(increment);
    for (const stream of this.#waiting) if (stream.isSendable) this.#outbound.offer(stream);
    return isValid;
  }

  widenStreams(increment: number): void {
    for (const stream of this.#streams.values()) {
      if (stream.widen(increment)) continue;
      this.fail(ErrorCode.flowControlError, "protocol-error");
      return;
    }
  }

  goingAway(code: number): void {
    this.#endsWhenDone = true;
    if (code === ErrorCode.noError) this.#endIfDone();
    else this.destroy(ErrorCode.noError);
  }

  // The streams' side.

  get clock(): Clock {
    return this.#options.clock;
  }

  get limit(): SessionLimit | undefined {
    return this.#limit;
  }

  sendHeaders(stream: Stream, status: number, headers: ResponseHeaders, isLast: boolean): void {
    const frame = this.#headers.frame(stream.id, status, headers, isLast, this.#options.date());
    this.#control(frame, isLast ? stream : undefined);
  }

  sendContinue(stream: Stream): void {
    this.#control(this.#headers.frame(stream.id, 100, {}, false));
  }

  sendReset(stream: Stream, code: number): void {
    this.#resetStreams.add(stream.id);
    this.#control(rstStreamFrame(stream.id, code));
  }

  sendCredit(stream: Stream, bytes: number): void {
    if (!stream.closed) this.#control(windowUpdateFrame(stream.id, bytes));
  }

  offer(stream: Stream): void {
    this.#outbound.offer(stream);
  }

  streamClosed(stream: Stream, brokenOff: boolean): void {
    this.#streams.delete(stream.id);
    this.#waiting.delete(stream);
    this.#deadlines.active(this.#now());
    if (brokenOff) this.#countReset();
    this.#endIfDone();
  }

  streamWaits(stream: Stream): void {
    this.#waiting.add(stream);
  }

  streamFlowed(stream: Stream): void {
    this.#waiting.delete(stream);
  }

  queue(bytes: number): void {
    this.#queued += bytes;
    this.#checkQueued();
  }

  #control(frame: Buffer, source?: Stream): void {
    if (this.#phase === "over") return;
    this.#outbound.control(frame, source);
    this.#checkQueued();
  }

  #checkQueued(): void {
    if (this.#queued + this.#outbound.controlBytes > this.#options.limits.maxQueuedBytes) {
      this.#exceed("queued-bytes");
    }
  }

  #now(): number {
    return this.#options.clock.now();
  }

  #countControl(): boolean {
    if (this.#controlFrames.take(this.#now())) return true;
    this.#exceed("control-frames");
    return false;
  }

  #countReset(): void {
    if (this.#phase !== "over" && !this.#resets.take(this.#now())) this.#exceed("stream-resets");
  }

  #exceed(limit: SessionLimit): void {
    if (this.#phase === "over") return;
    this.#met(limit);
    this.destroy(limit === "idle" ? ErrorCode.noError : ErrorCode.enhanceYourCalm);
  }

  #met(limit: SessionLimit): void {
    if (this.#limit !== undefined) return;
    this.#limit = limit;
    this.#options.onLimit?.(limit, this);
  }

  /** The last stream has ended on a connection that was to end with it. */
  #endIfDone(): void {
    if (!this.#endsWhenDone || this.#streams.size > 0 || this.#phase === "over") return;
    this.#phase = "over";
    this.#inbound.stop();
    this.#outbound.finish();
    this.#socket.destroySoon();
  }

  #end(): void {
    if (this.#closed !== undefined) return;
    this.#phase = "over";
    this.#inbound.stop();
    if (this.#limit !== undefined) this.#closed = { kind: "limit", limit: this.#limit };
    else if (this.#cause !== undefined) this.#closed = { kind: "lost", cause: this.#cause };
    else this.#closed = { kind: "closed" };
    this.#pings.end();
    for (const stream of this.#streams.values()) stream.lost(this.#cause);
    const listeners = this.#closeListeners;
    this.#closeListeners = [];
    for (const listener of listeners) listener(this.#closed);
  }
}
