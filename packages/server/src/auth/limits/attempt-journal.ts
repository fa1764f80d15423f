// Shares the buckets of the limiter between the processes on one database, and over restarts: what was taken is written in
// batches, and what others took is read back, both off the path of any request.

import type { Clock, Timer } from "@trefoil/protocol/clock";
import type { Logger } from "../../logging/index.js";
import type { Database } from "../../storage/index.js";
import type { AttemptLimiter } from "./attempt-limiter.js";

/** How often. Milliseconds. */
const interval = 500;
/** How far each question reaches back past the one before: covers clocks that differ and transactions that take long. Milliseconds. */
const overlap = 5_000;
/** Keys of one statement. */
const batch = 500;
/** Most keys that one question answers: as many as a flood brings within the overlap, and no more than memory bears. */
const maxRead = 20_000;

export interface AttemptJournalParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limiter: AttemptLimiter;
}

/** Keeps one process's limiter and the database in step. */
export class AttemptJournal {
  readonly #parts: AttemptJournalParts;
  #timer: Timer | undefined;
  #syncing: Promise<void> | undefined;
  #running = false;
  /** Undefined until everything that is stored was read once. */
  #lastRead: number | undefined;
  #failing = false;

  constructor(parts: AttemptJournalParts) {
    this.#parts = parts;
  }

  /** Reads what is stored, and goes on keeping in step. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#syncing = this.#run();
  }

  /** Ends that; resolves when what was taken is written. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#timer?.cancel();
    await this.#syncing;
    await this.#attempt(() => this.#write());
  }

  async #run(): Promise<void> {
    await this.#attempt(async () => {
      await this.#write();
      await this.#read();
    });
    if (!this.#running) return;
    this.#timer = this.#parts.clock.after(interval, () => {
      this.#syncing = this.#run();
    });
  }

  async #write(): Promise<void> {
    const { database, clock, limiter } = this.#parts;
    for (;;) {
      const now = clock.now();
      const unsaved = limiter.takeUnsaved(batch, now);
      if (unsaved.length === 0) return;
      try {
        limiter.adopt(await database.stores.attempts.add(unsaved, now), now);
      } catch (error) {
        limiter.restoreUnsaved(unsaved);
        throw error;
      }
      if (unsaved.length < batch) return;
    }
  }

  async #read(): Promise<void> {
    const { database, clock, limiter } = this.#parts;
    const now = clock.now();
    const since = this.#lastRead === undefined ? 0 : this.#lastRead - overlap;
    limiter.adopt(await database.stores.attempts.changedSince(since, now, maxRead), now);
    this.#lastRead = now;
  }

  /** Without the database each process counts for itself; that is said once. */
  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) {
        this.#parts.log.warn("The counts of tries could not be shared; trying again.", {
          err: error,
        });
      }
      this.#failing = true;
    }
  }
}
