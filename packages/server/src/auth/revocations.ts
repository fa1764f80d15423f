// Revoking grants, here and in the other processes on the same database.

import type { Clock, Timer } from "@trefoil/protocol/clock";
import type { Logger } from "../logging/index.js";
import type {
  Database,
  GrantSelector,
  RevokeReason,
  RevokedGrant,
  Stores,
} from "../storage/index.js";
import type { AccessTokenVerifier } from "./access-token-verifier.js";
import type { AuditTrail } from "./audit-trail.js";

/** How often the database is asked what other processes revoked. Milliseconds. */
const pollInterval = 500;
/** How far each question reaches back past the one before: covers clocks that differ and transactions that take long. Milliseconds. */
const overlap = 30_000;

export interface RevocationsParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly audit: AuditTrail;
  readonly verifier: AccessTokenVerifier;
}

/** Ends grants; every listener of every token of theirs hears of it at once in this process. */
export class Revocations {
  readonly #parts: RevocationsParts;
  #timer: Timer | undefined;
  #polling: Promise<void> | undefined;
  #lastPoll: number;
  #running = false;

  constructor(parts: RevocationsParts) {
    this.#parts = parts;
    this.#lastPoll = parts.clock.now();
  }

  /**
   * Revokes the live grants that fit, with all their tokens.
   * @param remoteAddress who brought it about, where that is somebody's doing from outside
   * @returns how many that were
   */
  async revoke(
    selector: GrantSelector,
    reason: RevokeReason,
    remoteAddress?: string,
  ): Promise<number> {
    const grants = await this.#parts.database.write((stores) =>
      this.revokeIn(stores, selector, reason),
    );
    this.announce(grants, reason, remoteAddress);
    return grants.length;
  }

  /** The same inside a transaction; {@link announce} what it answers once that is committed. */
  revokeIn(
    stores: Stores,
    selector: GrantSelector,
    reason: RevokeReason,
  ): Promise<readonly RevokedGrant[]> {
    return stores.grants.revoke(selector, reason, this.#parts.clock.now());
  }

  /** Lets everybody in this process know of grants that were revoked. */
  announce(grants: readonly RevokedGrant[], reason: RevokeReason, remoteAddress?: string): void {
    this.#parts.verifier.revoked(grants.map(({ grantId }) => grantId));
    for (const grant of grants) {
      this.#parts.audit.record({
        event: "grant.revoke",
        outcome: "ok",
        ...grant,
        remoteAddress,
        detail: reason,
      });
    }
  }

  /** Begins to listen for what other processes revoke. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#lastPoll = this.#parts.clock.now();
    this.#schedule();
  }

  /** Ends listening; resolves when no question is under way. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#timer?.cancel();
    await this.#polling;
  }

  #schedule(): void {
    this.#timer = this.#parts.clock.after(pollInterval, () => {
      this.#polling = this.#poll();
    });
  }

  async #poll(): Promise<void> {
    const { database, clock, log, verifier } = this.#parts;
    const asked = clock.now();
    try {
      verifier.revoked(await database.stores.grants.revokedSince(this.#lastPoll - overlap));
      this.#lastPoll = asked;
    } catch (error) {
      log.warn("Revocations of other processes could not be read; trying again.", { err: error });
    }
    if (this.#running) this.#schedule();
  }
}
