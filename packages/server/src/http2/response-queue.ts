// What a stream has yet to send of its answer's body: kept as it was written, cut into frames when it is its turn.

import { dataFrame, defaultWindow, frameHeadBytes, largestWindow } from "./frames/index.js";

/** A write that waits, whole or in part; linked with the one after it. */
interface Entry {
  /** Text is encoded when it goes out: until then it is no buffer of its own, nor a small part of one that it would keep alive. */
  content: Uint8Array | string;
  readonly byteLength: number;
  readonly flushed: (() => void) | undefined;
  next: Entry | undefined;
}

export class ResponseQueue {
  readonly #streamId: number;
  #first: Entry | undefined;
  #last: Entry | undefined;
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

  /** @returns how many bytes that is */
  push(content: Uint8Array | string, flushed: (() => void) | undefined): number {
    const byteLength =
      typeof content === "string" ? Buffer.byteLength(content) : content.byteLength;
    if (byteLength === 0 && this.#first === undefined) {
      if (flushed !== undefined) queueMicrotask(flushed);
      return 0;
    }
    const entry = { content, byteLength, flushed, next: undefined };
    if (this.#last === undefined) this.#first = entry;
    else this.#last.next = entry;
    this.#last = entry;
    this.#bytes += byteLength;
    return byteLength;
  }

  /** Nothing more is written: the last frame carries END_STREAM. */
  end(): void {
    this.#isEnding = true;
  }

  /** Nothing of it is sent any more. */
  clear(): void {
    this.#first = undefined;
    this.#last = undefined;
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
   * @returns bytes of its payload, or -1 where there is none to send
   */
  takeFrame(allowance: number, batch: Buffer[], flushed: (() => void)[]): number {
    const size = Math.min(allowance, Math.max(this.#window, 0), this.#bytes);
    const isLast = this.#isEnding && size === this.#bytes;
    if (size === 0 && !isLast) return -1;
    const frame = dataFrame(this.#streamId, size, isLast);
    this.#fill(frame, flushed);
    batch.push(frame);
    this.#window -= size;
    this.#bytes -= size;
    if (isLast) this.#isEnding = false;
    return size;
  }

  /** Moves as much into the frame, behind its head, as it has room for. */
  #fill(frame: Buffer, flushed: (() => void)[]): void {
    let at = frameHeadBytes;
    for (let entry = this.#first; entry !== undefined; entry = entry.next) {
      const rest = entry.byteLength - this.#begun;
      if (rest > frame.byteLength - at) {
        if (at < frame.byteLength) this.#begun += copyPart(entry, this.#begun, frame, at);
        this.#first = entry;
        return;
      }
      if (this.#begun > 0) copyPart(entry, this.#begun, frame, at);
      else if (typeof entry.content === "string") frame.write(entry.content, at);
      else frame.set(entry.content, at);
      at += rest;
      this.#begun = 0;
      if (entry.flushed !== undefined) flushed.push(entry.flushed);
    }
    this.#first = undefined;
    this.#last = undefined;
  }
}

/**
 * Copies what fits of an entry that is cut over several frames. Text becomes bytes then, once for all of them.
 * @returns how many bytes were copied
 */
function copyPart(entry: Entry, from: number, frame: Buffer, at: number): number {
  if (typeof entry.content === "string") {
    const bytes = Buffer.allocUnsafeSlow(entry.byteLength);
    bytes.write(entry.content);
    entry.content = bytes;
  }
  const { buffer, byteOffset, byteLength } = entry.content;
  return Buffer.from(buffer, byteOffset + from, byteLength - from).copy(frame, at);
}
