// Removes rows that nobody can use any more, a few at a time.

import type { Clock, Timer } from "@trefoil/protocol/clock";
import type { AuthConfig } from "../config/index.js";
import type { Logger } from "../logging/index.js";
import type { Database } from "../storage/index.js";

/** How long expired rows are kept: a late replay is still known for what it is. Milliseconds. */
const keepExpired = 24 * 60 * 60 * 1_000;
/** Time between sweeps, and between the batches of one. Milliseconds. */
const interval = 10 * 60 * 1_000;
const pause = 250;
/** Rows of one statement: on SQLite the process does nothing else meanwhile. */
const batch = 1_000;

export interface SweeperParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly config: AuthConfig;
  readonly log: Logger;
}

export class Sweeper {
  readonly #parts: SweeperParts;
  #timer: Timer | undefined;
  #sweeping: Promise<void> | undefined;
  #running = false;

  constructor(parts: SweeperParts) {
    this.#parts = parts;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#schedule(interval);
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#timer?.cancel();
    await this.#sweeping;
  }

  /** One batch of each table. @returns whether there is more */
  async sweep(): Promise<boolean> {
    const { database, clock, config } = this.#parts;
    const { stores } = database;
    const before = clock.now() - keepExpired;
    let more = false;
    for (const store of [
      stores.authorizationCodes,
      stores.deviceAuthorizations,
      stores.accountTokens,
      stores.accessTokens,
      stores.refreshTokens,
      stores.accountSessions,
      stores.spentFormTokens,
      stores.oidcRecords,
      stores.attempts,
    ]) {
      if ((await store.sweep(before, batch)) === batch) more = true;
    }
    const keepAudit = config.auditRetention * 1_000;
    if ((await stores.auditLog.sweep(clock.now() - keepAudit, batch)) === batch) more = true;
    return more;
  }

  #schedule(delay: number): void {
    this.#timer = this.#parts.clock.after(delay, () => {
      this.#sweeping = this.#run();
    });
  }

  async #run(): Promise<void> {
    let more = false;
    try {
      more = await this.sweep();
    } catch (error) {
      this.#parts.log.warn("Expired rows could not be removed; trying again later.", {
        err: error,
      });
    }
    if (this.#running) this.#schedule(more ? pause : interval);
  }
}
