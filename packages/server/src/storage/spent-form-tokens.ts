// The form tokens that were used, by hash, for as long as they could be used again.

import type { Kysely } from "kysely";
import type { Schema } from "./schema.js";
import { sweepRows } from "./sweep-rows.js";

export interface SpentFormTokenStore {
  /**
   * Notes that a token was used.
   * @param expiresAt from when on it would not be taken anyway; milliseconds since the epoch
   * @returns whether this call did: of several, in however many processes, one alone reads true
   */
  insert(hash: Uint8Array, expiresAt: number): Promise<boolean>;
  /** Removes at most `limit` rows that expired before `before`. @returns how many rows that were */
  sweep(before: number, limit: number): Promise<number>;
}

/** {@link SpentFormTokenStore} in SQL. */
export class SqlSpentFormTokenStore implements SpentFormTokenStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async insert(hash: Uint8Array, expiresAt: number): Promise<boolean> {
    const result = await this.#db
      .insertInto("spent_form_tokens")
      .values({ token_hash: hash, expires_at: expiresAt })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
  }

  async sweep(before: number, limit: number): Promise<number> {
    return sweepRows(this.#db, "spent_form_tokens", "token_hash", "expires_at", before, limit);
  }
}
