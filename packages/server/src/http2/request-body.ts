// The body of a request as it arrives: passed on to whoever takes it, kept while nobody does, never more than a window of it.

import type { BodySink } from "./engine.js";
import { defaultWindow } from "./frames/index.js";
import { KeptBytes } from "./kept-bytes.js";

/** Once so many bytes were taken the peer is told that it may send as many more. */
const creditWorthTelling = defaultWindow >>> 1;

/** A piece is passed on where it lies, unless so many times as much would stay in memory with it. */
const mostKeptAlive = 32;

/** Small pieces are copied into buffers of so many bytes. */
const sharedBytes = 2_048;

/** What a piece of a body, or its end, comes to. */
export type BodyVerdict = "fine" | "past-window" | "wrong-length";

export class RequestBody {
  readonly #announced: number | undefined;
  readonly #credit: (bytes: number) => void;
  /** Let go at the body's end, so that nothing of the request is kept longer than it is needed. */
  #sink: BodySink | undefined;
  /** What came and was not taken; undefined where there is none. */
  #kept: KeptBytes | undefined;
  /** Whether whoever serves the request has had the chance to take what is here: what is kept then may stay for long. */
  #wasOffered = false;
  /** Where small pieces are copied to, and how much of it is in use. */
  #shared: Buffer | undefined;
  #sharedUsed = 0;
  #received = 0;
  #window = defaultWindow;
  #taken = 0;
  #isPaused = false;
  #isFlowing = false;
  #isDiscarding = false;
  /** Whether the stream has ended. */
  #isAborted = false;
  #ended = false;

  /**
   * @param announced bytes that the request's `content-length` tells of
   * @param ended whether there is no body
   * @param credit tells the peer that it may send so many bytes more
   */
  constructor(announced: number | undefined, ended: boolean, credit: (bytes: number) => void) {
    this.#announced = announced;
    this.#ended = ended;
    this.#credit = credit;
  }

  /** Whether all of it is here. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Whether the peer may wait to be told that its body is wanted: nothing of it came yet. */
  get isAwaited(): boolean {
    return !this.#ended && this.#received === 0;
  }

  /** Takes what came. @param flowBytes of the window that it used up, its padding included */
  data(bytes: Uint8Array, flowBytes: number): BodyVerdict {
    this.#window -= flowBytes;
    if (this.#window < 0) return "past-window";
    this.#received += bytes.byteLength;
    if (this.#announced !== undefined && this.#received > this.#announced) return "wrong-length";
    if (this.#isDiscarding) {
      this.#give(flowBytes);
      return "fine";
    }
    this.#give(flowBytes - bytes.byteLength);
    if (bytes.byteLength === 0) return "fine";
    if (this.#sink !== undefined && this.#kept === undefined && !this.#isPaused) {
      this.#sink.data(this.#pieceOf(bytes));
      this.#give(bytes.byteLength);
    } else {
      this.#keep(bytes);
    }
    return "fine";
  }

  /** The peer has sent all. */
  end(): BodyVerdict {
    this.#ended = true;
    if (this.#announced !== undefined && this.#received !== this.#announced) return "wrong-length";
    this.flow();
    return "fine";
  }

  /** From now on the body goes there; {@link flow} begins to pass it on. One that is gone already is `aborted` in a moment. */
  receive(sink: BodySink): void {
    if (this.#isAborted || this.#isDiscarding) queueMicrotask(() => sink.aborted());
    else this.#sink = sink;
  }

  /** Nobody wants it: what comes is let go. */
  discard(): void {
    this.#isDiscarding = true;
    this.#sink = undefined;
    const kept = this.#kept;
    this.#kept = undefined;
    if (kept !== undefined) this.#give(kept.byteLength);
  }

  /** The answer is complete: a body that nobody asked for is let go. */
  answered(): void {
    if (this.#sink === undefined) this.discard();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    // Not in this turn: who resumes is in the middle of taking.
    if (this.#kept !== undefined || this.#ended) queueMicrotask(() => this.flow());
  }

  /** Whoever serves the request knows of it now, and takes its body or does not. */
  offered(): void {
    this.#wasOffered = true;
    this.flow();
  }

  /** Passes on what was kept, as far as it is taken. */
  flow(): void {
    if (this.#isFlowing) return;
    this.#isFlowing = true;
    while (this.#kept !== undefined && this.#sink !== undefined && !this.#isPaused) {
      const bytes = this.#kept.shift();
      if (this.#kept.isEmpty) this.#kept = undefined;
      this.#sink.data(bytes);
      this.#give(bytes.byteLength);
    }
    this.#isFlowing = false;
    if (this.#wasOffered) this.#kept?.keepForLong();
    if (this.#ended && this.#kept === undefined && !this.#isPaused) this.#takeSink()?.end();
  }

  /** The stream has ended: a body that was not passed on whole never will be. */
  abort(): void {
    this.#isAborted = true;
    this.#kept = undefined;
    this.#shared = undefined;
    this.#takeSink()?.aborted();
  }

  /**
   * The sink may keep what it gets, and with it all that came along: the peer could have 64 KiB kept for each byte. What is
   * copied shares its memory with pieces of the same body alone.
   */
  #pieceOf(bytes: Uint8Array): Uint8Array {
    const { byteLength } = bytes;
    if (byteLength * mostKeptAlive >= bytes.buffer.byteLength) return bytes;
    if (this.#shared === undefined || this.#sharedUsed + byteLength > this.#shared.byteLength) {
      this.#shared = Buffer.allocUnsafeSlow(Math.max(sharedBytes, byteLength));
      this.#sharedUsed = 0;
    }
    const start = this.#sharedUsed;
    this.#sharedUsed += byteLength;
    this.#shared.set(bytes, start);
    return this.#shared.subarray(start, this.#sharedUsed);
  }

  #keep(bytes: Uint8Array): void {
    this.#kept ??= new KeptBytes();
    if (!this.#wasOffered) {
      this.#kept.add(bytes);
      return;
    }
    this.#kept.add(this.#pieceOf(bytes));
    this.#kept.keepForLong();
  }

  #takeSink(): BodySink | undefined {
    const sink = this.#sink;
    this.#sink = undefined;
    return sink;
  }

  #give(bytes: number): void {
    this.#taken += bytes;
    if (this.#ended || this.#taken < creditWorthTelling) return;
    const credit = this.#taken;
    this.#taken = 0;
    this.#window += credit;
    this.#credit(credit);
  }
}
