// What a stream has yet to send of its answer's body: kept as it was written, cut into frames when it is its turn.

import { dataHead, defaultWindow, largestWindow } from "./frames/index.js";

/** A write that waits, whole or in part. */
interface Entry {
  readonly bytes: Uint8Array;
  readonly flushed: (() => void) | undefined;
}

export class ResponseQueue {
  readonly #streamId: number;
  #entries: Entry[] = [];
  /** How much of the first entry is gone. */
  #begun = 0;
  #bytes = 0;
  #window: number;
  #isEnding = false;

  /** @param window bytes that the peer takes at first */
  constructor(streamId: number, window: number = defaultWindow) {
    this.#streamId = streamId;
    this.#window = window;
  }

  /** Whether there is a frame that the stream's window lets through. */
  get isSendable(): boolean {
    return this.#bytes === 0 ? this.#isEnding : this.#window > 0;
  }

  push(bytes: Uint8Array, flushed: (() => void) | undefined): void {
    if (bytes.byteLength === 0 && this.#entries.length === 0) {
      if (flushed !== undefined) queueMicrotask(flushed);
      return;
    }
    this.#entries.push({ bytes, flushed });
    this.#bytes += bytes.byteLength;
  }

  /** Nothing more is written: the last frame carries END_STREAM. */
  end(): void {
    this.#isEnding = true;
  }

  /** Nothing of it is sent any more. */
  clear(): void {
    if (this.#entries.length > 0) this.#entries = [];
    this.#begun = 0;
    this.#bytes = 0;
    this.#isEnding = false;
  }

  /** The peer takes so many bytes more, or fewer where negative. @returns whether the window is one that can be */
  widen(increment: number): boolean {
    this.#window += increment;
    return this.#window <= largestWindow;
  }

  /**
   * Cuts one frame.
   * @returns bytes of its payload, or -1 where there is none to send; `isLast` tells of END_STREAM
   */
  takeFrame(allowance: number, batch: Buffer[], flushed: (() => void)[]): number {
    const size = Math.min(allowance, Math.max(this.#window, 0), this.#bytes);
    const isLast = this.#isEnding && size === this.#bytes;
    if (size === 0 && !isLast) return -1;
    batch.push(dataHead(this.#streamId, size, isLast));
    this.#window -= size;
    this.#bytes -= size;
    if (isLast) this.#isEnding = false;
    this.#cut(size, batch, flushed);
    return size;
  }

  #cut(size: number, batch: Buffer[], flushed: (() => void)[]): void {
    let left = size;
    let done = 0;
    for (const entry of this.#entries) {
      const rest = entry.bytes.byteLength - this.#begun;
      const length = Math.min(rest, left);
      if (length > 0) batch.push(part(entry.bytes, this.#begun, length));
      left -= length;
      if (length < rest) {
        this.#begun += length;
        break;
      }
      this.#begun = 0;
      done++;
      if (entry.flushed !== undefined) flushed.push(entry.flushed);
    }
    if (done === this.#entries.length) this.#entries = [];
    else this.#entries.splice(0, done);
  }
}

function part(bytes: Uint8Array, from: number, length: number): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, length);
}
