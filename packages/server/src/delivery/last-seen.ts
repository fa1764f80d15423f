// When each device was last there, written down now and then: presence lives in memory, and an operator asks after a restart
// too. Coarse on purpose, because a write for each request would cost more than the requests.

import type { Clock, Timer } from "@trefoil/protocol/clock";
import type { Logger } from "../logging/index.js";
import type { Presence, Sighting } from "./presence.js";

/** Who keeps it: the authorization server's record of the device. */
export interface SightingRecords {
  /** Notes when devices were last there; of keys that are not known nothing is noted. */
  noteSightings(sightings: readonly Sighting[]): Promise<void>;
}

/** What it is made of. */
export interface LastSeenOptions {
  readonly presence: Presence;
  readonly records: SightingRecords;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Time between two writes. Milliseconds. */
const interval = 60_000;

/** Most sightings of one write: on SQLite the process does nothing else meanwhile. */
const batchSize = 500;

export class LastSeenJournal {
  readonly #options: LastSeenOptions;
  #timer: Timer | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: LastSeenOptions) {
    this.#options = options;
    this.#schedule();
  }

  /** Writes what is left; nothing is written from then on. */
  async close(): Promise<void> {
    this.#timer?.cancel();
    await this.#writing;
    await this.#write();
  }

  #schedule(): void {
    this.#timer = this.#options.clock.after(interval, () => {
      this.#writing = this.#write();
      this.#schedule();
    });
  }

  /** What cannot be written is let go: the next sighting of the device is as good. */
  async #write(): Promise<void> {
    const { presence, records, log } = this.#options;
    const sightings = presence.takeSightings();
    try {
      for (let start = 0; start < sightings.length; start += batchSize) {
        await records.noteSightings(sightings.slice(start, start + batchSize));
      }
    } catch (error) {
      log.warn("When devices were last seen could not be noted.", { err: error });
    }
  }
}
