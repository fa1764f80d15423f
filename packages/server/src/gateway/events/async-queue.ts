// From push to pull: what the connection pushes, a handler takes at its own pace.

type QueueEnd = { readonly kind: "ended" } | { readonly kind: "failed"; readonly error: Error };

/** A reader who waits for what is not there yet. */
interface Waiter<T> {
  readonly resolve: (result: IteratorResult<T, void>) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A queue with one reader, who waits for what is not there yet. Its iterator is written out by hand: an async generator
 * makes three promises for every item, and speech comes a hundred times a second from each device.
 */
export class AsyncQueue<T> implements AsyncIterable<T> {
  readonly #items: T[] = [];
  readonly #onTaken: ((item: T) => void) | undefined;
  /** Whoever asked for an item that was not there; there are items or there is someone who waits, never both. */
  readonly #waiting: Waiter<T>[] = [];
  #end: QueueEnd | undefined;
  #abandoned = false;

  /** @param onTaken called for each item when the reader takes it, or when nobody will read it any more */
  constructor(onTaken?: (item: T) => void) {
    this.#onTaken = onTaken;
  }

  push(item: T): void {
    if (this.#end !== undefined) return;
    const waiter = this.#waiting.shift();
    if (waiter === undefined && !this.#abandoned) {
      this.#items.push(item);
      return;
    }
    this.#onTaken?.(item);
    waiter?.resolve({ done: false, value: item });
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
    for (const waiter of this.#waiting.splice(0)) waiter.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): AsyncIterator<T, void, undefined> {
    let finished = false;
    return {
      next: () => {
        if (finished) return Promise.resolve({ done: true, value: undefined });
        const item = this.#items.shift();
        if (item !== undefined) {
          this.#onTaken?.(item);
          return Promise.resolve({ done: false, value: item });
        }
        if (this.#end === undefined && !this.#abandoned) {
          return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
        }
        finished = true;
        return this.#end?.kind === "failed"
          ? Promise.reject(this.#end.error)
          : Promise.resolve({ done: true, value: undefined });
      },
      // A reader who leaves early (break, throw) does not come back.
      return: () => {
        finished = true;
        this.abandon();
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }

  #close(end: QueueEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    for (const waiter of this.#waiting.splice(0)) {
      if (end.kind === "failed") waiter.reject(end.error);
      else waiter.resolve({ done: true, value: undefined });
    }
  }
}
