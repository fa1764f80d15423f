// Directives as an async iterable: a directive counts as done when the next one is asked for.

import { Latch } from "../streams/index.js";
import type { ReceivedDirective } from "./received-directive.js";

/** Directives that may wait to be asked for before the gateway is slowed. */
const backlogLimit = 256;

interface Offer {
  readonly directive: ReceivedDirective;
  readonly done: () => void;
}

type Result = IteratorResult<ReceivedDirective, undefined>;

/** Every directive that is handed over while the feed is read. Can be read once. */
export class DirectiveFeed implements AsyncGenerator<ReceivedDirective, undefined, undefined> {
  readonly #left: () => void;
  readonly #offers: Offer[] = [];
  readonly #news = new Latch();
  readonly #room = new Latch(true);
  #current: Offer | undefined;
  #isOpen = true;

  /** @param left nothing more will be read */
  constructor(left: () => void) {
    this.#left = left;
  }

  /** Resolves when the reader asks for the one after it, or leaves. */
  present(directive: ReceivedDirective): Promise<void> {
    if (!this.#isOpen) return Promise.resolve();
    return new Promise((done) => {
      this.#offers.push({ directive, done });
      if (this.#offers.length >= backlogLimit) this.#room.close();
      this.#tell();
    });
  }

  room(): Promise<void> {
    return this.#room.passed();
  }

  /** What waits can still be read; nothing comes after it. */
  end(): void {
    this.#isOpen = false;
    this.#room.open();
    this.#tell();
  }

  async next(): Promise<Result> {
    this.#current?.done();
    this.#current = undefined;
    for (;;) {
      const offer = this.#offers.shift();
      if (this.#offers.length < backlogLimit) this.#room.open();
      if (offer === undefined) {
        if (!this.#isOpen) return this.return();
        await this.#news.passed();
      } else if (offer.directive.signal.aborted) {
        // What was abandoned while it waited here concerns nobody.
        offer.done();
      } else {
        this.#current = offer;
        return { done: false, value: offer.directive };
      }
    }
  }

  return(): Promise<Result> {
    this.end();
    this.#left();
    this.#current?.done();
    this.#current = undefined;
    for (const { done } of this.#offers.splice(0)) done();
    return Promise.resolve({ done: true, value: undefined });
  }

  async throw(error: unknown): Promise<Result> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** For `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #tell(): void {
    this.#news.open();
    this.#news.close();
  }
}
