// What the local identity provider gave to apps, by hash: account access tokens and account authorization codes.

import type { Kysely } from "kysely";
import type { Schema } from "./schema.js";
import { sweepRows } from "./sweep-rows.js";

/** `access`: usable until it expires. `code`: usable once. */
export type AccountTokenKind = "access" | "code";

export interface AccountTokenRecord {
  /** SHA-256 of the token. */
  readonly hash: Uint8Array;
  readonly kind: AccountTokenKind;
  readonly accountId: string;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

export interface AccountTokenStore {
  insert(token: AccountTokenRecord): Promise<void>;
  /** The token of that kind which is neither expired at `now` nor consumed. */
  findLive(
    hash: Uint8Array,
    kind: AccountTokenKind,
    now: number,
  ): Promise<AccountTokenRecord | undefined>;
  /** Uses a code up. @returns whether this call did: of several, one alone reads true */
  consume(hash: Uint8Array, now: number): Promise<boolean>;
  /** Ends every token of an account. */
  removeOfAccount(accountId: string): Promise<void>;
  /** Lets no token of an account live longer than until `expiresAt`. */
  expireOfAccount(accountId: string, expiresAt: number): Promise<void>;
  /** Removes at most `limit` rows that expired before `before`. @returns how many rows that were */
  sweep(before: number, limit: number): Promise<number>;
}

/** {@link AccountTokenStore} in SQL. */
export class SqlAccountTokenStore implements AccountTokenStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async insert(token: AccountTokenRecord): Promise<void> {
    await this.#db
      .insertInto("account_tokens")
      .values({
        token_hash: token.hash,
        kind: token.kind,
        account_id: token.accountId,
        issued_at: token.issuedAt,
        expires_at: token.expiresAt,
        consumed_at: null,
      })
      .execute();
  }

  async findLive(
    hash: Uint8Array,
    kind: AccountTokenKind,
    now: number,
  ): Promise<AccountTokenRecord | undefined> {
    const row = await this.#db
      .selectFrom("account_tokens")
      .selectAll()
      .where("token_hash", "=", hash)
      .where("kind", "=", kind)
      .where("expires_at", ">", now)
      .where("consumed_at", "is", null)
      .executeTakeFirst();
    return (
      row && {
        hash: row.token_hash,
        kind,
        accountId: row.account_id,
        issuedAt: row.issued_at,
        expiresAt: row.expires_at,
      }
    );
  }

  async consume(hash: Uint8Array, now: number): Promise<boolean> {
    const result = await this.#db
      .updateTable("account_tokens")
      .set({ consumed_at: now })
      .where("token_hash", "=", hash)
      .where("kind", "=", "code")
      .where("consumed_at", "is", null)
      .where("expires_at", ">", now)
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  }

  async removeOfAccount(accountId: string): Promise<void> {
    await this.#db.deleteFrom("account_tokens").where("account_id", "=", accountId).execute();
  }

  async expireOfAccount(accountId: string, expiresAt: number): Promise<void> {
    await this.#db
      .updateTable("account_tokens")
      .set({ expires_at: expiresAt })
      .where("account_id", "=", accountId)
      .where("expires_at", ">", expiresAt)
      .execute();
  }

  async sweep(before: number, limit: number): Promise<number> {
    return sweepRows(this.#db, "account_tokens", "token_hash", "expires_at", before, limit);
  }
}
