// A source of bytes that a request can begin anew: what was taken is kept, up to a bound, until the answer has begun.

import { leave } from "./leave.js";

/**
 * Wraps a stream so that a second attempt can send it from its start, also while it is still being recorded. Past the
 * bound, or after {@link release}, only what comes from then on can be read.
 */
export class ReplayableBytes {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #limit: number;
  #kept: Uint8Array[] = [];
  #keptBytes = 0;
  #keeping = true;
  #pulling: Promise<Uint8Array | undefined> | undefined;
  #finished = false;
  #attempt = 0;
  #disposed = false;

  /** @param limit most bytes that are kept for another attempt */
  constructor(source: AsyncIterable<Uint8Array>, limit: number) {
    this.#source = source[Symbol.asyncIterator]();
    this.#limit = limit;
  }

  /** Whether another attempt would send every byte. */
  get replayable(): boolean {
    return this.#keeping;
  }

  /** No further attempt will be made: what was kept is let go once the running one has sent it. */
  release(): void {
    this.#keeping = false;
  }

  /** Nobody will read on: the source is told that it may stop. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.release();
    leave(this.#source);
  }

  /** The bytes from the start, for one attempt; an attempt that is still being read ends. */
  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    const attempt = ++this.#attempt;
    let index = 0;
    for (;;) {
      const kept = this.#kept[index];
      if (kept !== undefined) {
        index++;
        yield kept;
        if (attempt !== this.#attempt) return;
        continue;
      }
      if (!this.#keeping) {
        this.#kept = [];
        index = 0;
      }
      if (this.#finished || this.#disposed) return;
      // One pull at a time, shared: an attempt that was given up while it waited leaves its chunk to the next one.
      const chunk = await (this.#pulling ??= this.#pull());
      if (attempt !== this.#attempt) return;
      this.#pulling = undefined;
      if (chunk === undefined) return;
      if (!this.#keep(chunk)) {
        yield chunk;
        if (attempt !== this.#attempt) return;
      }
    }
  }

  async #pull(): Promise<Uint8Array | undefined> {
    const next = await this.#source.next();
    if (next.done !== true) return next.value;
    this.#finished = true;
    return undefined;
  }

  /** Whether the chunk was put where {@link read} finds it. */
  #keep(chunk: Uint8Array): boolean {
    if (!this.#keeping) return false;
    if (this.#keptBytes + chunk.length > this.#limit) {
      this.release();
      return false;
    }
    this.#kept.push(chunk);
    this.#keptBytes += chunk.length;
    return true;
  }
}
