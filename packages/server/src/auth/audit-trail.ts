// Events on their way to the audit log: gathered and written together, off the path of the request that caused them.

import type { Clock, Timer } from "@trefoil/protocol/clock";
import type { Logger } from "../logging/index.js";
import type { AuditRecord, Database } from "../storage/index.js";
import { type Random, newId } from "./secrets.js";

/** What an event is about; members that are not known are left out. Never a secret, a code or a token. */
export interface AuditEvent {
  /** As in `token.refresh`. */
  readonly event: string;
  /** `ok`, or the code of the error that was answered. */
  readonly outcome: string;
  readonly clientId?: string | undefined;
  readonly accountId?: string | undefined;
  readonly deviceKey?: string | undefined;
  readonly grantId?: string | undefined;
  readonly remoteAddress?: string | undefined;
  readonly detail?: string | undefined;
}

/** How long an event waits for others. Milliseconds. */
const gatherTime = 100;
/** How long to wait after the database did not take them. Milliseconds. */
const retryTime = 10_000;
/** How many are written at once; that many waiting are written without waiting longer. */
const batchSize = 64;
/** How many may wait while the database does not take them; past that the oldest are dropped, and that is logged. */
const maxWaiting = 10_000;
/** Longest text of one member that is kept. Characters. */
const maxText = 256;

export interface AuditTrailParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Told of each event, for the metrics. */
  readonly onAudit?: ((event: string, outcome: string) => void) | undefined;
}

export class AuditTrail {
  readonly #parts: AuditTrailParts;
  #waiting: AuditRecord[] = [];
  #timer: Timer | undefined;
  #writing: Promise<void> | undefined;
  /** Whether the last try failed: the next one waits for its time. */
  #failing = false;

  constructor(parts: AuditTrailParts) {
    this.#parts = parts;
  }

  /** Notes an event; it is written within a moment. */
  record(event: AuditEvent): void {
    const { clock, random, log, onAudit } = this.#parts;
    onAudit?.(event.event, event.outcome);
    this.#waiting.push({
      auditId: newId(random),
      at: clock.now(),
      event: event.event,
      outcome: event.outcome,
      clientId: bounded(event.clientId),
      accountId: bounded(event.accountId),
      deviceKey: bounded(event.deviceKey),
      grantId: bounded(event.grantId),
      remoteAddress: bounded(event.remoteAddress),
      detail: bounded(event.detail),
    });
    if (this.#waiting.length > maxWaiting) {
      this.#waiting.splice(0, batchSize);
      log.error("Audit events were dropped: the database does not take them.", {
        dropped: batchSize,
      });
    }
    // One that is writing takes along what comes meanwhile.
    if (this.#writing !== undefined) return;
    if (this.#waiting.length >= batchSize && !this.#failing) void this.flush();
    else this.#timer ??= clock.after(gatherTime, () => void this.flush());
  }

  /** Resolves when all that was noted is written, or could not be written (which is logged). */
  async flush(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    while (this.#writing !== undefined) await this.#writing;
    if (this.#waiting.length === 0) return;
    this.#writing = this.#write().finally(() => (this.#writing = undefined));
    await this.#writing;
  }

  async #write(): Promise<void> {
    try {
      while (this.#waiting.length > 0) await this.#writeBatch(this.#waiting.slice(0, batchSize));
      this.#failing = false;
    } catch (error) {
      const { clock, log } = this.#parts;
      this.#failing = true;
      log.error("Audit events could not be written; they are tried again.", { err: error });
      this.#timer ??= clock.after(retryTime, () => void this.flush());
    } finally {
      // In the same turn as the last look at what waits, so that nothing noted in between is forgotten.
      this.#writing = undefined;
    }
  }

  async #writeBatch(batch: readonly AuditRecord[]): Promise<void> {
    await this.#parts.database.stores.auditLog.append(batch);
    const written = new Set(batch);
    this.#waiting = this.#waiting.filter((record) => !written.has(record));
  }
}

/** Without control characters: one record that a database does not take would keep all after it from being written. */
function bounded(text: string | undefined): string | null {
  return text === undefined ? null : text.slice(0, maxText).replaceAll(/\p{Cc}/gu, "");
}
