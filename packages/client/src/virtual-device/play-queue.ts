// What the player plays next, and what it played before: two bounded lists.

import type { PlayerItem } from "./playback.js";

/** Items that wait, and items that were played, at most. */
const maxItems = 200;

export class PlayQueue {
  #waiting: readonly PlayerItem[] = [];
  #played: readonly PlayerItem[] = [];

  /** What waits, next first. */
  get waiting(): readonly PlayerItem[] {
    return this.#waiting;
  }

  /** Adds an item at the end; one that waits already is replaced where it stands. What is too much is not taken. */
  add(item: PlayerItem): void {
    if (this.has(item)) {
      this.#waiting = this.#waiting.map((other) => (isSame(other, item) ? item : other));
    } else if (this.#waiting.length < maxItems) {
      this.#waiting = [...this.#waiting, item];
    }
  }

  /** Whether the item waits. */
  has(item: PlayerItem): boolean {
    return this.#waiting.some((other) => isSame(other, item));
  }

  /** Takes the next item out. */
  next(): PlayerItem | undefined {
    const [next, ...rest] = this.#waiting;
    this.#waiting = rest;
    return next;
  }

  /** An item is over, or another took its place: {@link goBack} finds it. */
  remember(item: PlayerItem): void {
    this.#played = [...this.#played, item].slice(-maxItems);
  }

  /**
   * Takes the item out that was played last.
   * @param current what plays now, and comes next then; it stays out where there is nothing to go back to
   */
  goBack(current: PlayerItem | undefined): PlayerItem | undefined {
    const before = this.#played.at(-1);
    if (before === undefined) return undefined;
    this.#played = this.#played.slice(0, -1);
    if (current !== undefined) this.#waiting = [current, ...this.#waiting].slice(0, maxItems);
    return before;
  }

  /** Nothing waits any more. */
  clear(): void {
    this.#waiting = [];
  }
}

/** Whether two items are the same one, perhaps with a new stream. */
export function isSame(one: PlayerItem, other: PlayerItem): boolean {
  return one.audioItemId === other.audioItemId;
}
