// Speech on its way to the gateway: the microphone's chunks in frames of one size, until somebody says stop.

import { leave } from "../streams/index.js";

/** Why a recording ended. */
export type CaptureEnd =
  /** The gateway has heard enough (`SpeechRecognizer.StopCapture`), or answered already. */
  | "stop-capture"
  /** The source ended by itself: the device found that the user has finished. */
  | "finished"
  /** `stop` was called, as when a button is let go. */
  | "stopped"
  /** The longest recording was reached. */
  | "too-long"
  /** The request was given up, or its source failed. */
  | "given-up"
  /** Nobody began to speak in the time that `ExpectSpeech` gave. */
  | "silence";

/** How speech is cut. */
export interface CaptureLimits {
  /** Bytes of one frame; 320 are 10 ms. */
  readonly frameBytes: number;
  /** Most bytes altogether. */
  readonly maxBytes: number;
}

const done: IteratorResult<Uint8Array> = { done: true, value: undefined };

/** One recording, read once. Stopping it ends a read that waits for the microphone. */
export class Capture implements AsyncIterableIterator<Uint8Array> {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #limits: CaptureLimits;
  readonly #onEnd: (end: CaptureEnd) => void;
  #rest: Uint8Array = new Uint8Array(0);
  #bytes = 0;
  #end: CaptureEnd | undefined;
  #wake: (() => void) | undefined;

  /** @param onEnd called once when the recording has ended, in whatever way */
  constructor(
    source: AsyncIterable<Uint8Array>,
    limits: CaptureLimits,
    onEnd: (end: CaptureEnd) => void,
  ) {
    this.#source = source[Symbol.asyncIterator]();
    this.#limits = limits;
    this.#onEnd = onEnd;
  }

  /** Whether the microphone is still listened to. */
  get running(): boolean {
    return this.#end === undefined;
  }

  /** Ends the recording. What was recorded before is still sent, unless the gateway has heard enough. */
  stop(end: CaptureEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    if (end === "stop-capture" || end === "given-up") this.#rest = this.#rest.subarray(0, 0);
    leave(this.#source);
    this.#wake?.();
    this.#onEnd(end);
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    const { frameBytes, maxBytes } = this.#limits;
    while (this.#end === undefined && this.#rest.length < frameBytes) {
      const chunk = await this.#pull();
      if (chunk === undefined || !this.running) break;
      this.#rest = this.#rest.length === 0 ? chunk : joined(this.#rest, chunk);
    }
    const room = Math.min(frameBytes, maxBytes - this.#bytes);
    // A sample is two bytes: half of one at the end would be noise.
    const length = Math.min(this.#rest.length, room) & ~1;
    if (length === 0) {
      if (room < 2) this.stop("too-long");
      return done;
    }
    const value = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    this.#bytes += length;
    return { done: false, value };
  }

  return(): Promise<IteratorResult<Uint8Array>> {
    this.stop("given-up");
    return Promise.resolve(done);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The microphone's next chunk; undefined when the recording ends first. */
  async #pull(): Promise<Uint8Array | undefined> {
    const stopped = new Promise<undefined>((resolve) => (this.#wake = () => resolve(undefined)));
    try {
      const next = await Promise.race([this.#source.next(), stopped]);
      if (next === undefined) return undefined;
      if (next.done !== true) return next.value;
      this.stop("finished");
      return undefined;
    } catch (error) {
      this.stop("given-up");
      throw error;
    } finally {
      this.#wake = undefined;
    }
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
