// The streams of a connection that we have reset: what the peer sent before it heard of that is no breach. The latest are
// remembered; a peer that has more than these on its way is far behind.

/** How many are remembered. */
const remembered = 128;

export class ResetStreams {
  #ids: number[] | undefined;
  #next = 0;

  add(id: number): void {
    this.#ids ??= [];
    this.#ids[this.#next] = id;
    this.#next = (this.#next + 1) % remembered;
  }

  has(id: number): boolean {
    return this.#ids?.includes(id) ?? false;
  }
}
