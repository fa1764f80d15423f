// One request and its answer.

import type { Clock, Timer } from "@trefoil/protocol/clock";
import {
  type BodySink,
  type CloseReason,
  ErrorCode,
  type ServerSession,
  type ServerStream,
  type SessionLimit,
} from "./engine.js";
import type { ResponseHeaders } from "./hpack/index.js";
import type { DataSource } from "./outbound.js";
import { type BodyVerdict, RequestBody } from "./request-body.js";
import type { RequestHeaders } from "./request-headers.js";
import { ResponseQueue } from "./response-queue.js";
import type { WaitingLink } from "./waiting-streams.js";

/** What a stream tells its connection, and asks of it. */
export interface StreamOwner extends ServerSession {
  readonly clock: Clock;
  /** The limit that ended the connection. */
  readonly limit: SessionLimit | undefined;
  sendHeaders(stream: Stream, status: number, headers: ResponseHeaders, isLast: boolean): void;
  sendContinue(stream: Stream): void;
  sendReset(stream: Stream, code: number): void;
  /** The peer may send so many bytes more. */
  sendCredit(stream: Stream, bytes: number): void;
  /** The stream has something to send, or may send again. */
  offer(stream: Stream): void;
  /** @param brokenOff whether the stream ended before its answer did, and not by our doing */
  streamClosed(stream: Stream, brokenOff: boolean): void;
  /** Something is queued that has not got through. */
  streamWaits(stream: Stream): void;
  /** Nothing is queued any more. */
  streamFlowed(stream: Stream): void;
  /** So many more bytes wait to be sent, or fewer where negative. */
  queue(bytes: number): void;
}

/**
 * How far the answer is. `held`: it is complete, but its end waits for that of the request. `ending`: its last bytes wait. `ended`:
 * they are in a batch. `landed`: the socket has them.
 */
type AnswerPhase = "none" | "responded" | "held" | "ending" | "ended" | "landed";

/** Milliseconds that a peer may go on sending a body whose answer is complete before its stream is reset. */
const lingering = 1_000;

/** Listeners for more room are called when no more than so many bytes wait. */
const lowWater = 16_384;

export class Stream implements ServerStream, DataSource {
  readonly session: StreamOwner;
  readonly id: number;
  readonly bodyless: boolean;
  isQueued = false;
  /** When the oldest thing that has not got through came to the head of the queue. Milliseconds. */
  waitingSince = 0;
  /** Its place among the streams that wait; the connection's business. */
  readonly waitingLink: WaitingLink<Stream> = {
    previous: undefined,
    next: undefined,
    linked: false,
  };
  readonly #headers: RequestHeaders;
  readonly #body: RequestBody;
  readonly #queue: ResponseQueue;
  #answer: AnswerPhase = "none";
  #closed: CloseReason | undefined;
  /** Bytes that wait, and those of them that the socket is taking. */
  #unflushed = 0;
  #flying = 0;
  /** How much of what waits has to get through before the peer counts as reading. */
  #owed = 0;
  #drainListeners: (() => void)[] | undefined;
  #closeListeners: ((reason: CloseReason) => void)[] | undefined;
  #isHandedOver = false;
  /** Whether the answer is an error. */
  #isRefusal = false;
  #linger: Timer | undefined;

  /** @param window bytes of the answer that the peer takes at first */
  constructor(
    session: StreamOwner,
    id: number,
    headers: RequestHeaders,
    bodyless: boolean,
    window: number,
  ) {
    this.session = session;
    this.id = id;
    this.bodyless = bodyless;
    this.#headers = headers;
    this.#queue = new ResponseQueue(id, window);
    const announced = headers.contentLength();
    this.#body = new RequestBody(
      announced === "malformed" ? undefined : announced,
      bodyless,
      (bytes) => session.sendCredit(this, bytes),
    );
  }

  get method(): string {
    return this.#headers.method ?? "";
  }

  get path(): string {
    return this.#headers.path ?? "";
  }

  get authority(): string {
    return this.#headers.authority;
  }

  get bytesQueued(): number {
    return this.#unflushed;
  }

  get closed(): boolean {
    return this.#closed !== undefined;
  }

  get responded(): boolean {
    return this.#answer !== "none";
  }

  header(name: string): string | undefined {
    return this.#headers.get(name);
  }

  headers(): Readonly<Record<string, string>> {
    return this.#headers.all();
  }

  receive(sink: BodySink): void {
    this.#body.receive(sink);
    const mayBeAwaited = this.#body.isAwaited && this.#answer === "none";
    if (mayBeAwaited && this.header("expect")?.toLowerCase() === "100-continue") {
      this.session.sendContinue(this);
    }
    // What came already follows in a moment; on arrival the connection sees to that.
    if (this.#isHandedOver) queueMicrotask(() => this.#body.flow());
  }

  pause(): void {
    this.#body.pause();
  }

  resume(): void {
    this.#body.resume();
  }

  respond(status: number, headers: ResponseHeaders, options?: { readonly end?: boolean }): void {
    if (this.#closed !== undefined || this.#answer !== "none") return;
    this.#isRefusal = status >= 400;
    const isLast = options?.end === true;
    const isHeld = isLast && this.#endsLate;
    this.session.sendHeaders(this, status, headers, isLast && !isHeld);
    this.#answer = "responded";
    if (isHeld) this.#hold();
    else if (isLast) this.#finish("ended");
  }

  write(content: Uint8Array | string, flushed?: () => void): void {
    if (this.#closed !== undefined || this.#answer !== "responded") return;
    this.#push(content, flushed);
    if (this.#unflushed > 0) this.session.offer(this);
  }

  end(bytes?: Uint8Array): void {
    if (this.#closed !== undefined || this.#answer !== "responded") return;
    if (bytes !== undefined) this.#push(bytes, undefined);
    if (this.#endsLate) {
      this.#hold();
      if (this.#unflushed > 0) this.session.offer(this);
    } else {
      this.#release();
    }
  }

  reset(code: number): void {
    if (this.#closed !== undefined) return;
    this.session.sendReset(this, code);
    this.#close(code === ErrorCode.noError ? { kind: "closed" } : { kind: "reset", code }, false);
  }

  onceDrained(listener: () => void): void {
    if (this.#unflushed > lowWater) (this.#drainListeners ??= []).push(listener);
    else queueMicrotask(listener);
  }

  onClose(listener: (reason: CloseReason) => void): void {
    if (this.#closed === undefined) (this.#closeListeners ??= []).push(listener);
    else listener(this.#closed);
  }

  // The peer's side.

  /** Gives the stream to whoever serves it, and then the body as far as it is here. */
  handOver(serve: (stream: ServerStream) => void): void {
    if (this.#closed !== undefined) return;
    serve(this);
    this.#isHandedOver = true;
    this.#body.offered();
  }

  /** Whether the peer has sent all that it has to. */
  get isHalfClosed(): boolean {
    return this.#body.ended;
  }

  data(bytes: Uint8Array, flowBytes: number): BodyVerdict {
    return this.#body.data(bytes, flowBytes);
  }

  endOfBody(): BodyVerdict {
    const verdict = this.#body.end();
    const isAnswered = this.#answer !== "none" && this.#answer !== "responded";
    if (verdict !== "fine") {
      // Who has the answer may well stop before all is sent that was announced, as curl does.
      if (!isAnswered) return verdict;
      this.#body.abort();
    }
    if (this.#answer === "held") this.#release();
    else if (this.#answer === "landed") this.#close({ kind: "closed" }, false);
    return "fine";
  }

  /** @returns whether the window is one that can be */
  widen(increment: number): boolean {
    const isValid = this.#queue.widen(increment);
    if (this.#queue.isSendable) this.session.offer(this);
    return isValid;
  }

  /** The peer ended the stream, or it broke a rule that costs it the stream: nothing is sent on it any more. */
  broken(code: number): void {
    if (this.#closed !== undefined) return;
    const isAnswered = this.#answer === "ended" || this.#answer === "landed";
    const isFine = isAnswered && code === ErrorCode.noError;
    this.#close(isFine ? { kind: "closed" } : { kind: "reset", code }, !isFine);
  }

  /** The connection has ended. */
  lost(cause: Error | undefined): void {
    if (this.#closed !== undefined) return;
    const { limit } = this.session;
    this.#close(limit === undefined ? { kind: "lost", cause } : { kind: "limit", limit }, false);
  }

  // The sending side.

  get isSendable(): boolean {
    return this.#closed === undefined && this.#queue.isSendable;
  }

  takeFrame(allowance: number, batch: Buffer[], flushed: (() => void)[]): number {
    if (this.#closed !== undefined) return -1;
    const sent = this.#queue.takeFrame(allowance, batch, flushed);
    if (sent > 0) this.#flying += sent;
    if (this.#answer === "ending" && this.#unflushed === this.#flying && sent >= 0) {
      this.#answer = "ended";
    }
    return sent;
  }

  landed(): void {
    if (this.#closed !== undefined) return;
    this.#account();
    if (this.#answer === "ended") {
      this.#answer = "landed";
      this.session.streamFlowed(this);
      this.#closeOrLinger();
      return;
    }
    if (this.#unflushed === 0 && this.#answer !== "ending") this.session.streamFlowed(this);
    this.#tellDrained();
  }

  /** A byte now and then is no reading: the peer has to take what waited first, or as much as is worth a wait. */
  #account(): void {
    this.#unflushed -= this.#flying;
    this.session.queue(-this.#flying);
    this.#owed -= this.#flying;
    this.#flying = 0;
    if (this.#owed > 0) return;
    this.#owed = Math.min(this.#unflushed, lowWater);
    this.waitingSince = this.session.clock.now();
  }

  #push(content: Uint8Array | string, flushed: (() => void) | undefined): void {
    const byteLength = this.#queue.push(content, flushed);
    // Nothing is not waited for: no peer could take it.
    if (byteLength > 0) this.#wait();
    this.#unflushed += byteLength;
    this.session.queue(byteLength);
  }

  #wait(): void {
    if (this.#unflushed > 0) return;
    this.waitingSince = this.session.clock.now();
    this.session.streamWaits(this);
  }

  #finish(phase: "ending" | "ended"): void {
    this.#wait();
    this.#answer = phase;
    if (!this.#body.ended) this.#body.answered();
  }

  #tellDrained(): void {
    if (this.#unflushed > lowWater || this.#drainListeners === undefined) return;
    const listeners = this.#drainListeners;
    this.#drainListeners = undefined;
    for (const listener of listeners) listener();
  }

  /**
   * Whether the answer's end has to wait. What may still come of a refused request is not needed, but clients differ in what they
   * make of an error in the middle of their body: one that sees the stream's end then (curl 7.88) or a reset (Java 17) waits for
   * ever. All of them understand an answer that ends when they have ended.
   */
  get #endsLate(): boolean {
    return this.#isRefusal && !this.#body.ended;
  }

  #hold(): void {
    this.#answer = "held";
    this.#body.answered();
    this.#linger = this.session.clock.after(lingering, () => this.#release());
  }

  #release(): void {
    this.#linger?.cancel();
    this.#queue.end();
    this.#finish("ending");
    this.session.offer(this);
  }

  /**
   * The answer is complete. A peer that goes on with its body, though it has had a moment to finish, is told that the rest is not
   * needed.
   * @see https://www.rfc-editor.org/rfc/rfc9113#section-8.1
   */
  #closeOrLinger(): void {
    if (this.#body.ended) this.#close({ kind: "closed" }, false);
    else if (this.#isRefusal) this.reset(ErrorCode.noError);
    else this.#linger = this.session.clock.after(lingering, () => this.reset(ErrorCode.noError));
  }

  #close(reason: CloseReason, brokenOff: boolean): void {
    if (this.#closed !== undefined) return;
    this.#closed = reason;
    this.#linger?.cancel();
    this.session.queue(-this.#unflushed);
    this.#unflushed = 0;
    this.#queue.clear();
    this.#drainListeners = undefined;
    this.session.streamClosed(this, brokenOff);
    // What came whole and is about to be passed on was not cut off.
    if (reason.kind === "closed" && this.#body.ended) this.#body.flow();
    const listeners = this.#closeListeners;
    this.#closeListeners = undefined;
    for (const listener of listeners ?? []) listener(reason);
    this.#body.abort();
  }
}
