// From push to pull: what the connection pushes, a handler takes at its own pace.

type QueueEnd = { readonly kind: "ended" } | { readonly kind: "failed"; readonly error: Error };

/** A queue with one reader, who waits for what is not there yet. */
export class AsyncQueue<T> implements AsyncIterable<T> {
  readonly #items: T[] = [];
  readonly #onTaken: ((item: T) => void) | undefined;
  #end: QueueEnd | undefined;
  #wake: (() => void) | undefined;
  #abandoned = false;

  /** @param onTaken called for each item when the reader takes it, or when nobody will read it any more */
  constructor(onTaken?: (item: T) => void) {
    this.#onTaken = onTaken;
  }

  push(item: T): void {
    if (this.#end !== undefined) return;
    if (this.#abandoned) {
      this.#onTaken?.(item);
      return;
    }
    this.#items.push(item);
    this.#wake?.();
  }

  /** No more items come; those that wait are still read. */
  end(): void {
    this.#close({ kind: "ended" });
  }

  /** No more items come, and the reader is told why after those that wait. */
  fail(error: Error): void {
    this.#close({ kind: "failed", error });
  }

  /** Nobody reads any more: what waits and what comes is let go. */
  abandon(): void {
    this.#abandoned = true;
    for (const item of this.#items.splice(0)) this.#onTaken?.(item);
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    try {
      for (;;) {
        const item = this.#items.shift();
        if (item !== undefined) {
          this.#onTaken?.(item);
          yield item;
        } else if (this.#end?.kind === "failed") {
          throw this.#end.error;
        } else if (this.#end !== undefined || this.#abandoned) {
          return;
        } else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
          this.#wake = undefined;
        }
      }
    } finally {
      // A reader who leaves early (break, throw) does not come back.
      this.abandon();
    }
  }

  #close(end: QueueEnd): void {
    this.#end ??= end;
    this.#wake?.();
  }
}
