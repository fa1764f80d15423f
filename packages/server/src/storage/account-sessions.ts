// Who is signed in on the account pages, by the hash of the session's secret.

import type { Kysely } from "kysely";
import type { Schema } from "./schema.js";
import { sweepRows } from "./sweep-rows.js";

export interface AccountSessionRecord {
  /** SHA-256 of the session's secret. */
  readonly hash: Uint8Array;
  readonly accountId: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly expiresAt: number;
}

export interface AccountSessionStore {
  insert(session: AccountSessionRecord): Promise<void>;
  /** The session unless it expired at `now`. */
  findLive(hash: Uint8Array, now: number): Promise<AccountSessionRecord | undefined>;
  remove(hash: Uint8Array): Promise<void>;
  /** Ends every session of an account. */
  removeOfAccount(accountId: string): Promise<void>;
  /** Removes at most `limit` rows that expired before `before`. @returns how many rows that were */
  sweep(before: number, limit: number): Promise<number>;
}

/** {@link AccountSessionStore} in SQL. */
export class SqlAccountSessionStore implements AccountSessionStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async insert(session: AccountSessionRecord): Promise<void> {
    await this.#db
      .insertInto("account_sessions")
      .values({
        session_hash: session.hash,
        account_id: session.accountId,
        started_at: session.startedAt,
        expires_at: session.expiresAt,
      })
      .execute();
  }

  async findLive(hash: Uint8Array, now: number): Promise<AccountSessionRecord | undefined> {
    const row = await this.#db
      .selectFrom("account_sessions")
      .selectAll()
      .where("session_hash", "=", hash)
      .where("expires_at", ">", now)
      .executeTakeFirst();
    return (
      row && {
        hash: row.session_hash,
        accountId: row.account_id,
        startedAt: row.started_at,
        expiresAt: row.expires_at,
      }
    );
  }

  async remove(hash: Uint8Array): Promise<void> {
    await this.#db.deleteFrom("account_sessions").where("session_hash", "=", hash).execute();
  }

  async removeOfAccount(accountId: string): Promise<void> {
    await this.#db.deleteFrom("account_sessions").where("account_id", "=", accountId).execute();
  }

  async sweep(before: number, limit: number): Promise<number> {
    return sweepRows(this.#db, "account_sessions", "session_hash", "expires_at", before, limit);
  }
}
