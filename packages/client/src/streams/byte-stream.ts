// Bytes between one producer that pushes and one consumer that pulls: what arrived is never lost, what is not taken is counted.

/** What the producer wants to know of the consumer. */
export interface ByteStreamListener {
  /** Bytes were taken: `queued` wait now. */
  taken?(queued: number): void;
  /** The consumer will take no more; whatever is pushed from now on is discarded. */
  cancelled?(): void;
}

type Ending =
  | { readonly kind: "open" }
  | { readonly kind: "ended" }
  | { readonly kind: "failed"; readonly error: Error }
  | { readonly kind: "cancelled" };

/** A queue of chunks as an async iterable that can be read once. The bound is the owner's to hold, by {@link queued}. */
export class ByteStream implements AsyncIterable<Uint8Array> {
  readonly #chunks: Uint8Array[] = [];
  readonly #listener: ByteStreamListener;
  #ending: Ending = { kind: "open" };
  #queued = 0;
  #wake: (() => void) | undefined;
  #reading = false;

  constructor(listener: ByteStreamListener = {}) {
    this.#listener = listener;
  }

  /** Bytes that were pushed and not taken yet. */
  get queued(): number {
    return this.#queued;
  }

  /** Whether somebody has begun to read. */
  get reading(): boolean {
    return this.#reading;
  }

  /** Whether more may be pushed to any effect. */
  get open(): boolean {
    return this.#ending.kind === "open";
  }

  push(bytes: Uint8Array): void {
    if (!this.open || bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.#queued += bytes.length;
    this.#notify();
  }

  /** No more will come; what is queued can still be read. */
  end(): void {
    if (!this.open) return;
    this.#ending = { kind: "ended" };
    this.#notify();
  }

  /**
   * No more will come, because of an error: the reader meets it after what is queued, or at once where that is dropped.
   */
  fail(error: Error, queued: "kept" | "dropped" = "kept"): void {
    if (this.#ending.kind === "cancelled" || (!this.open && queued === "kept")) return;
    if (queued === "dropped") this.#drop();
    this.#ending = { kind: "failed", error };
    this.#notify();
  }

  /** The consumer's way out: what is queued is dropped, a waiting read ends. */
  cancel(): void {
    if (this.#ending.kind === "cancelled") return;
    const wasOpen = this.open;
    this.#ending = { kind: "cancelled" };
    this.#drop();
    this.#notify();
    if (wasOpen) this.#listener.cancelled?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#reading) throw new TypeError("This stream is being read already.");
    this.#reading = true;
    this.#listener.taken?.(this.#queued);
    try {
      for (;;) {
        const chunk = this.#chunks.shift();
        if (chunk !== undefined) {
          this.#queued -= chunk.length;
          this.#listener.taken?.(this.#queued);
          yield chunk;
        } else if (this.#ending.kind === "open") {
          await new Promise<void>((resolve) => (this.#wake = resolve));
        } else if (this.#ending.kind === "failed") {
          throw this.#ending.error;
        } else {
          return;
        }
      }
    } finally {
      this.cancel();
    }
  }

  #drop(): void {
    this.#chunks.length = 0;
    this.#queued = 0;
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
