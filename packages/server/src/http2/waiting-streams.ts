// The streams of a connection that wait for their peer to read: joined and left by nearly every request, so they are linked
// with each other. A Set would leave its outgrown hash tables behind in the old generation, where they keep whatever was in
// them alive until the next full collection; for small requests that was a third of their cost.

/** What can be in the list: it holds its own links. */
export interface WaitingLink<T> {
  previous: T | undefined;
  next: T | undefined;
  /** Whether it is in a list. */
  linked: boolean;
}

/** A list that anything can join and leave at once; each thing can be in one list at a time. */
export class WaitingStreams<T extends { readonly waitingLink: WaitingLink<T> }> {
  #first: T | undefined;
  #last: T | undefined;

  /** Joins at the end, unless it is there already. */
  add(item: T): void {
    const link = item.waitingLink;
    if (link.linked) return;
    link.linked = true;
    link.previous = this.#last;
    if (this.#last === undefined) this.#first = item;
    else this.#last.waitingLink.next = item;
    this.#last = item;
  }

  /** Leaves, if it is there. */
  delete(item: T): void {
    const link = item.waitingLink;
    if (!link.linked) return;
    const { previous, next } = link;
    if (previous === undefined) this.#first = next;
    else previous.waitingLink.next = next;
    if (next === undefined) this.#last = previous;
    else next.waitingLink.previous = previous;
    link.linked = false;
    link.previous = undefined;
    link.next = undefined;
  }

  /** Oldest member first. What leaves while this runs must be the one at hand. */
  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (let item = this.#first; item !== undefined;) {
      const { next } = item.waitingLink;
      yield item;
      item = next;
    }
  }
}
