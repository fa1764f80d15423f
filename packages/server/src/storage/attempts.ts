// How often things were tried, for all processes together: for each key the time at which its bucket is full again.

import type { Kysely } from "kysely";
import type { Schema } from "./schema.js";
import { sweepRows } from "./sweep-rows.js";

/** What was taken out of a bucket. */
export interface NewAttempts {
  /** A digest that says nothing of what is counted. */
  readonly key: string;
  /** How long that takes to flow back. Milliseconds. */
  readonly amount: number;
}

export interface AttemptRecord {
  readonly key: string;
  /** When the bucket is full again. Milliseconds since the epoch. */
  readonly fullAt: number;
}

export interface AttemptStore {
  /**
   * Takes out of buckets, each key at most once.
   * @returns where they stand then
   */
  add(attempts: readonly NewAttempts[], now: number): Promise<readonly AttemptRecord[]>;
  /** Buckets that were taken from at `since` or later and are not full again at `now`; of too many the latest. */
  changedSince(since: number, now: number, limit: number): Promise<readonly AttemptRecord[]>;
  /** Removes at most `limit` buckets that were full again before `before`. @returns how many rows that were */
  sweep(before: number, limit: number): Promise<number>;
}

/** {@link AttemptStore} in SQL. */
export class SqlAttemptStore implements AttemptStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async add(attempts: readonly NewAttempts[], now: number): Promise<readonly AttemptRecord[]> {
    if (attempts.length === 0) return [];
    // In one order in every process, so that two that take from the same buckets do not wait for each other.
    const sorted = attempts.toSorted((a, b) => (a.key < b.key ? -1 : 1));
    const rows = await this.#db
      .insertInto("attempts")
      .values(
        sorted.map(({ key, amount }) => ({
          attempt_key: key,
          full_at: now + Math.ceil(amount),
          updated_at: now,
        })),
      )
      .onConflict((conflict) =>
        conflict.column("attempt_key").doUpdateSet((eb) => ({
          full_at: eb
            .case()
            .when("attempts.full_at", ">", now)
            .then(eb("attempts.full_at", "+", eb("excluded.full_at", "-", now)))
            .else(eb.ref("excluded.full_at"))
            .end(),
          updated_at: now,
        })),
      )
      .returning(["attempt_key", "full_at"])
      .execute();
    return rows.map(toRecord);
  }

  async changedSince(since: number, now: number, limit: number): Promise<readonly AttemptRecord[]> {
    const rows = await this.#db
      .selectFrom("attempts")
      .select(["attempt_key", "full_at"])
      .where("updated_at", ">=", since)
      .where("full_at", ">", now)
      .orderBy("updated_at", "desc")
      .limit(limit)
      .execute();
    return rows.map(toRecord);
  }

  async sweep(before: number, limit: number): Promise<number> {
    return sweepRows(this.#db, "attempts", "attempt_key", "full_at", before, limit);
  }
}

function toRecord(row: { readonly attempt_key: string; readonly full_at: number }): AttemptRecord {
  return { key: row.attempt_key, fullAt: row.full_at };
}
