// What is written to a stream goes to node:http2 in small batches, one at a time. By itself it would take all that waits at
// once and tell of it when the last byte is gone: no way to know a slow peer from one that stands still.

import type { ServerHttp2Stream } from "node:http2";

/** Bytes of one batch; a single write that is larger is cut. */
export const batchBytes = 16_384;

/** A write that waits, whole or in part. */
interface Entry {
  readonly bytes: Uint8Array;
  readonly flushed: (() => void) | undefined;
}

export class WriteQueue {
  readonly #raw: ServerHttp2Stream;
  readonly #onFlushed: (bytes: number) => void;
  #waiting: Entry[] | undefined;
  #isInFlight = false;
  #isEnding = false;

  /** @param onFlushed called when so many bytes have been handed to the socket; not after the stream has ended */
  constructor(raw: ServerHttp2Stream, onFlushed: (bytes: number) => void) {
    this.#raw = raw;
    this.#onFlushed = onFlushed;
  }

  /** @param flushed called when the last of these bytes has been handed to the socket, and only then */
  write(bytes: Uint8Array, flushed?: () => void): void {
    if (!this.#isInFlight && bytes.byteLength <= batchBytes) {
      this.#send({ bytes, flushed });
      return;
    }
    this.#waiting ??= [];
    let from = 0;
    for (; bytes.byteLength - from > batchBytes; from += batchBytes) {
      this.#waiting.push({ bytes: bytes.subarray(from, from + batchBytes), flushed: undefined });
    }
    this.#waiting.push({ bytes: bytes.subarray(from), flushed });
    if (!this.#isInFlight) this.#sendNext();
  }

  /** Ends the stream behind what was written, and behind `bytes` if given: the last frame carries END_STREAM. */
  end(bytes?: Uint8Array): void {
    this.#isEnding = true;
    if (bytes !== undefined) this.write(bytes);
    else if (!this.#isInFlight) this.#raw.end();
  }

  #sendNext(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    let bytes = 0;
    let count = 0;
    for (const entry of waiting) {
      bytes += entry.bytes.byteLength;
      if (count > 0 && bytes > batchBytes) break;
      count++;
    }
    const batch = waiting.splice(0, count);
    if (waiting.length === 0) this.#waiting = undefined;
    const [only] = batch;
    if (batch.length === 1 && only !== undefined) this.#send(only);
    else this.#sendTogether(batch);
  }

  #send({ bytes, flushed }: Entry): void {
    this.#isInFlight = true;
    this.#pass(bytes, (error) => {
      if (!this.#arrived(error)) return;
      this.#onFlushed(bytes.byteLength);
      flushed?.();
      this.#goOn();
    });
  }

  #sendTogether(batch: readonly Entry[]): void {
    this.#isInFlight = true;
    this.#raw.cork();
    for (const [index, { bytes }] of batch.entries()) {
      if (index < batch.length - 1) {
        this.#raw.write(bytes);
        continue;
      }
      this.#pass(bytes, (error) => {
        if (!this.#arrived(error)) return;
        this.#onFlushed(batch.reduce((sum, entry) => sum + entry.bytes.byteLength, 0));
        for (const { flushed } of batch) flushed?.();
        this.#goOn();
      });
    }
    this.#raw.uncork();
  }

  /** Hands bytes to node:http2, and the stream's end with them if they are the last. */
  #pass(bytes: Uint8Array, done: (error?: Error | null) => void): void {
    // Not `end(bytes, done)`: a stream that is over in the same breath would have an error made for `done`, at a third of the
    // cost of the whole request.
    this.#raw.write(bytes, done);
    if (this.#isEnding && this.#waiting === undefined) this.#raw.end();
  }

  #arrived(error: Error | null | undefined): boolean {
    this.#isInFlight = false;
    // The stream's end has settled the account of what was never sent.
    return !this.#raw.destroyed && (error === undefined || error === null);
  }

  #goOn(): void {
    // A listener may have written, and ended, meanwhile.
    if (this.#isInFlight) return;
    if (this.#waiting !== undefined) this.#sendNext();
    else if (this.#isEnding) this.#raw.end();
  }
}
