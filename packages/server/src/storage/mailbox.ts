// The rows of the mailbox. Batches go into few statements, because a push to thousands of devices is thousands of rows.

import type { Kysely } from "kysely";
import { batches } from "./batch-statement.js";
import type { Schema } from "./schema.js";

/** A row to be kept. */
export interface NewMailboxRow {
  readonly deviceKey: string;
  readonly messageId: string;
  readonly body: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly queuedAt: number;
  readonly expiresAt: number;
  readonly required: boolean;
}

/** A row that is kept. */
export interface MailboxRow {
  readonly sequence: number;
  readonly messageId: string;
  readonly body: Uint8Array;
  readonly queuedAt: number;
  readonly expiresAt: number;
}

/** What waits, of all devices. */
export interface MailboxCensus {
  /** Rows that have expired and were not swept yet are among them. */
  readonly depth: number;
  /** When the oldest of them was queued. */
  readonly oldestQueuedAt: number | undefined;
}

export interface MailboxStore {
  /** Keeps rows. @returns their sequences, ascending, in the order of `rows` */
  insert(rows: readonly NewMailboxRow[]): Promise<number[]>;
  /** A device's rows after a sequence that have not expired, in order, at most `limit`. */
  select(deviceKey: string, after: number, limit: number, now: number): Promise<MailboxRow[]>;
  /** Forgets rows by their sequences. */
  delete(sequences: readonly number[]): Promise<void>;
  /** Forgets a device's oldest rows that are not required, so that `keep` rows are left. @returns how many went */
  trim(deviceKey: string, keep: number): Promise<number>;
  /** Forgets a device's rows. @returns how many went */
  purge(deviceKey: string): Promise<number>;
  /** Forgets the rows of all devices that have expired. @returns how many went */
  sweep(now: number): Promise<number>;
  count(deviceKey: string): Promise<number>;
  census(): Promise<MailboxCensus>;
}

export class SqlMailboxStore implements MailboxStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async insert(rows: readonly NewMailboxRow[]): Promise<number[]> {
    const sequences: number[] = [];
    for (const batch of batches(rows)) {
      const inserted = await this.#db
        .insertInto("mailbox")
        .values(
          batch.map((row) => ({
            device_key: row.deviceKey,
            message_id: row.messageId,
            body: row.body,
            queued_at: row.queuedAt,
            expires_at: row.expiresAt,
            required: row.required ? 1 : 0,
          })),
        )
        .returning("sequence")
        .execute();
      // Sequences are given out in the order of the values; the order of RETURNING is nobody's promise.
      sequences.push(...inserted.map((row) => row.sequence).sort((a, b) => a - b));
    }
    return sequences;
  }

  async select(
    deviceKey: string,
    after: number,
    limit: number,
    now: number,
  ): Promise<MailboxRow[]> {
    const rows = await this.#db
      .selectFrom("mailbox")
      .select(["sequence", "message_id", "body", "queued_at", "expires_at"])
      .where("device_key", "=", deviceKey)
      .where("sequence", ">", after)
      .where("expires_at", ">", now)
      .orderBy("sequence")
      .limit(limit)
      .execute();
    return rows.map((row) => ({
      sequence: row.sequence,
      messageId: row.message_id,
      body: row.body,
      queuedAt: row.queued_at,
      expiresAt: row.expires_at,
    }));
  }

  async delete(sequences: readonly number[]): Promise<void> {
    for (const batch of batches(sequences)) {
      await this.#db.deleteFrom("mailbox").where("sequence", "in", batch).execute();
    }
  }

  async trim(deviceKey: string, keep: number): Promise<number> {
    const excess = (await this.count(deviceKey)) - keep;
    if (excess <= 0) return 0;
    const result = await this.#db
      .deleteFrom("mailbox")
      .where("sequence", "in", (query) =>
        query
          .selectFrom("mailbox")
          .select("sequence")
          .where("device_key", "=", deviceKey)
          .where("required", "=", 0)
          .orderBy("sequence")
          .limit(excess),
      )
      .executeTakeFirst();
    return Number(result.numDeletedRows);
  }

  async purge(deviceKey: string): Promise<number> {
    const result = await this.#db
      .deleteFrom("mailbox")
      .where("device_key", "=", deviceKey)
      .executeTakeFirst();
    return Number(result.numDeletedRows);
  }

  async sweep(now: number): Promise<number> {
    const result = await this.#db
      .deleteFrom("mailbox")
      .where("expires_at", "<=", now)
      .executeTakeFirst();
    return Number(result.numDeletedRows);
  }

  async count(deviceKey: string): Promise<number> {
    const { count } = await this.#db
      .selectFrom("mailbox")
      .select((query) => query.fn.countAll<number>().as("count"))
      .where("device_key", "=", deviceKey)
      .executeTakeFirstOrThrow();
    return count;
  }

  async census(): Promise<MailboxCensus> {
    const { depth } = await this.#db
      .selectFrom("mailbox")
      .select((query) => query.fn.countAll<number>().as("depth"))
      .executeTakeFirstOrThrow();
    // The first in order is the oldest: no table of a million rows is read for it.
    const oldest = await this.#db
      .selectFrom("mailbox")
      .select("queued_at")
      .orderBy("sequence")
      .limit(1)
      .executeTakeFirst();
    return { depth, oldestQueuedAt: oldest?.queued_at || undefined };
  }
}
