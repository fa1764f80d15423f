// The rows of the mailbox. Batches go into few statements, because a push to thousands of devices is thousands of rows.

import type { Kysely } from "kysely";
import { BatchStatement } from "./batch-statement.js";
import type { Schema } from "./schema.js";
import { Statement, type StatementRunner } from "./statement.js";

/** A row to be kept. */
export interface NewMailboxRow {
  readonly deviceKey: string;
  readonly messageId: string;
  readonly body: string;
  /** Milliseconds since the epoch. */
  readonly queuedAt: number;
  readonly expiresAt: number;
  readonly required: boolean;
}

/** A row that is kept. */
export interface MailboxRow {
  readonly sequence: number;
  readonly messageId: string;
  readonly body: string;
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

/** A row as it is written. */
interface RowToInsert extends Omit<NewMailboxRow, "required" | "body"> {
  /** In UTF-8. */
  readonly body: Uint8Array;
  readonly required: 0 | 1;
}

const insertRows = new BatchStatement((db, rows: readonly RowToInsert[]) =>
  db
    .insertInto("mailbox")
    .values(
      rows.map((row) => ({
        device_key: row.deviceKey,
        message_id: row.messageId,
        body: row.body,
        queued_at: row.queuedAt,
        expires_at: row.expiresAt,
        required: row.required,
      })),
    )
    .returning("sequence"),
);

const deleteRows = new BatchStatement((db, rows: readonly { readonly sequence: number }[]) =>
  db.deleteFrom("mailbox").where(
    "sequence",
    "in",
    rows.map(({ sequence }) => sequence),
  ),
);

interface Selection {
  readonly deviceKey: string;
  readonly after: number;
  readonly limit: number;
  readonly now: number;
}

const selectRows = new Statement((db, { deviceKey, after, limit, now }: Selection) =>
  db
    .selectFrom("mailbox")
    .select(["sequence", "message_id", "body", "queued_at", "expires_at"])
    .where("device_key", "=", deviceKey)
    .where("sequence", ">", after)
    .where("expires_at", ">", now)
    .orderBy("sequence")
    .limit(limit),
);

const countRows = new Statement((db, { deviceKey }: { readonly deviceKey: string }) =>
  db
    .selectFrom("mailbox")
    .select((query) => query.fn.countAll<number>().as("count"))
    .where("device_key", "=", deviceKey),
);

export class SqlMailboxStore implements MailboxStore {
  readonly #db: Kysely<Schema>;
  readonly #runner: StatementRunner;

  constructor(db: Kysely<Schema>, runner: StatementRunner) {
    this.#db = db;
    this.#runner = runner;
  }

  async insert(rows: readonly NewMailboxRow[]): Promise<number[]> {
    const toInsert = rows.map(
      (row) => ({ ...row, body: Buffer.from(row.body), required: row.required ? 1 : 0 }) as const,
    );
    const sequences: number[] = [];
    for (const step of insertRows.over(toInsert)) {
      const inserted = await this.#runner.run(step);
      // Sequences are given out in the order of the values; the order of RETURNING is nobody's promise.
      sequences.push(...inserted.rows.map((row) => row.sequence).sort((a, b) => a - b));
    }
    return sequences;
  }

  async select(
    deviceKey: string,
    after: number,
    limit: number,
    now: number,
  ): Promise<MailboxRow[]> {
    const { rows } = await this.#runner.run(selectRows.with({ deviceKey, after, limit, now }));
    return rows.map((row) => ({
      sequence: row.sequence,
      messageId: row.message_id,
      body: textOf(row.body),
      queuedAt: row.queued_at,
      expiresAt: row.expires_at,
    }));
  }

  async delete(sequences: readonly number[]): Promise<void> {
    const rows = sequences.map((sequence) => ({ sequence }));
    for (const step of deleteRows.over(rows)) await this.#runner.run(step);
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
    const { rows } = await this.#runner.run(countRows.with({ deviceKey }));
    return rows[0]?.count ?? 0;
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

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}
