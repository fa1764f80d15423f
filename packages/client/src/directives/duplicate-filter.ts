// Which directives came before: a gateway sends again what it is not sure of, under the same `messageId`.

/** Remembers the ids that were seen last, up to a bound. */
export class DuplicateFilter {
  readonly #capacity: number;
  readonly #seen = new Set<string>();

  /** @param capacity how many ids are remembered; at least as many as a gateway may queue for one device */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Whether the id is new; it is remembered from now on. */
  isNew(messageId: string): boolean {
    if (this.#seen.delete(messageId)) {
      this.#seen.add(messageId);
      return false;
    }
    this.#seen.add(messageId);
    if (this.#seen.size > this.#capacity) {
      const [oldest] = this.#seen;
      if (oldest !== undefined) this.#seen.delete(oldest);
    }
    return true;
  }

  /** Takes the id for new when it comes again: it was not received whole. */
  forget(messageId: string): void {
    this.#seen.delete(messageId);
  }
}
