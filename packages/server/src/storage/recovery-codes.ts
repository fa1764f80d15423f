// Recovery codes, by hash: each signs its account in once where the password was forgotten.

import type { Kysely } from "kysely";
import type { Schema } from "./schema.js";

export interface RecoveryCodeStore {
  /** Puts these codes in the place of all that the account has. To be called in a transaction. */
  replace(accountId: string, hashes: readonly Uint8Array[], createdAt: number): Promise<void>;
  /** Whether a code is an account's, and unused. */
  isUnused(accountId: string, hash: Uint8Array): Promise<boolean>;
  /** Uses a code of an account up. @returns whether this call did: of several, one alone reads true */
  consume(accountId: string, hash: Uint8Array, now: number): Promise<boolean>;
  /** How many codes of an account are unused. */
  countUnused(accountId: string): Promise<number>;
}

/** {@link RecoveryCodeStore} in SQL. */
export class SqlRecoveryCodeStore implements RecoveryCodeStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async replace(
    accountId: string,
    hashes: readonly Uint8Array[],
    createdAt: number,
  ): Promise<void> {
    await this.#db.deleteFrom("recovery_codes").where("account_id", "=", accountId).execute();
    await this.#db
      .insertInto("recovery_codes")
      .values(
        hashes.map((hash) => ({
          code_hash: hash,
          account_id: accountId,
          created_at: createdAt,
          used_at: null,
        })),
      )
      .execute();
  }

  async isUnused(accountId: string, hash: Uint8Array): Promise<boolean> {
    const row = await this.#db
      .selectFrom("recovery_codes")
      .select("code_hash")
      .where("code_hash", "=", hash)
      .where("account_id", "=", accountId)
      .where("used_at", "is", null)
      .executeTakeFirst();
    return row !== undefined;
  }

  async consume(accountId: string, hash: Uint8Array, now: number): Promise<boolean> {
    const result = await this.#db
      .updateTable("recovery_codes")
      .set({ used_at: now })
      .where("code_hash", "=", hash)
      .where("account_id", "=", accountId)
      .where("used_at", "is", null)
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  }

  async countUnused(accountId: string): Promise<number> {
    const row = await this.#db
      .selectFrom("recovery_codes")
      .select((eb) => eb.fn.countAll().as("unused"))
      .where("account_id", "=", accountId)
      .where("used_at", "is", null)
      .executeTakeFirstOrThrow();
    return Number(row.unused);
  }
}
