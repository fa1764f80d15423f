// Comings and goings, numbered and remembered for a while: a watcher whose line broke asks for what it missed, and is told
// where that is no longer known.

import type { DevicePresence, PresenceReader } from "./presence.js";

/** One coming or going. */
export interface PresenceChange {
  /** Opaque; what {@link PresenceFeed.follow} takes to go on from here. */
  readonly id: string;
  readonly presence: DevicePresence;
}

/** What a watcher missed: the changes, or the news that they are forgotten and the present state must be read anew. */
export type MissedChanges =
  | { readonly kind: "changes"; readonly changes: readonly PresenceChange[] }
  | { readonly kind: "forgotten" };

/** One who follows the feed. */
export interface PresenceFollower {
  /** What lies between the id and now. */
  readonly missed: MissedChanges;
  /** Where the feed stands: what comes now comes after it. */
  readonly position: string;
  readonly stop: () => void;
}

/** How many changes are remembered unless told. */
const defaultRemembered = 2_048;

export class PresenceFeed {
  /** Tells the numbers of this process from those of an earlier one. */
  readonly #run: string;
  readonly #remembered: number;
  readonly #followers = new Set<(change: PresenceChange) => void>();
  readonly #changes: PresenceChange[] = [];
  /** The number of the newest change; the first has 1. */
  #last = 0;

  /** @param run an id that no other process has or had */
  constructor(
    presence: PresenceReader,
    run: string = globalThis.crypto.randomUUID(),
    remembered = defaultRemembered,
  ) {
    this.#run = run;
    this.#remembered = remembered;
    presence.watch((changed) => this.#changed(changed));
  }

  /**
   * Calls `listener` on each change from now on; there is no gap between what was missed and the first call.
   * @param after the id of the last change that is known; undefined: nothing is
   */
  follow(after: string | undefined, listener: (change: PresenceChange) => void): PresenceFollower {
    this.#followers.add(listener);
    return {
      missed: this.#missedSince(after),
      position: this.#idOf(this.#last),
      stop: () => void this.#followers.delete(listener),
    };
  }

  #missedSince(after: string | undefined): MissedChanges {
    const number = after === undefined ? undefined : this.#numberOf(after);
    const oldest = this.#last - this.#changes.length;
    if (number === undefined || number < oldest || number > this.#last) {
      return { kind: "forgotten" };
    }
    return { kind: "changes", changes: this.#changes.slice(number - oldest) };
  }

  #changed(presence: DevicePresence): void {
    const change = { id: this.#idOf(++this.#last), presence };
    this.#changes.push(change);
    // Twice as many as promised before the older half goes: shifting one by one would move the rest each time.
    if (this.#changes.length >= 2 * this.#remembered) this.#changes.splice(0, this.#remembered);
    for (const follower of this.#followers) follower(change);
  }

  #idOf(number: number): string {
    return `${this.#run}.${number}`;
  }

  #numberOf(id: string): number | undefined {
    const digits = id.startsWith(`${this.#run}.`) ? id.slice(this.#run.length + 1) : "";
    return /^\d{1,15}$/.test(digits) ? Number(digits) : undefined;
  }
}
