// What the embedded OpenID Connect provider keeps: codes, tokens, sessions and the like, by the hash of what they are shown by.

import type { Kysely } from "kysely";
import type { OidcRecordTable, Schema } from "./schema.js";

export interface OidcRecord {
  /** As the provider names it: `AccessToken`, `Session`, ... */
  readonly model: string;
  /** SHA-256 of the id: of the code, the token, the session's cookie. */
  readonly idHash: Uint8Array;
  /** A second name, which is no secret; sessions have one. */
  readonly uid: string | null;
  /** SHA-256 of the id of the grant that it belongs to. */
  readonly grantHash: Uint8Array | null;
  readonly accountId: string | null;
  /** JSON, without the id. */
  readonly payload: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly consumedAt: number | null;
}

export interface OidcRecordStore {
  /** Makes a record, or takes the place of the one that has the same model and id. */
  upsert(record: Omit<OidcRecord, "consumedAt">): Promise<void>;
  /** The record unless it expired at `now`. */
  find(model: string, idHash: Uint8Array, now: number): Promise<OidcRecord | undefined>;
  findByUid(model: string, uid: string, now: number): Promise<OidcRecord | undefined>;
  /** Uses a record up. @returns whether this call did: of several, in however many processes, one alone reads true */
  consume(model: string, idHash: Uint8Array, now: number): Promise<boolean>;
  remove(model: string, idHash: Uint8Array): Promise<void>;
  removeByUid(model: string, uid: string): Promise<void>;
  /** Removes the records of a model that belong to a grant. */
  removeOfGrant(model: string, grantHash: Uint8Array): Promise<void>;
  /**
   * Ends what an account has.
   * @param keep a model whose records stay
   */
  removeOfAccount(accountId: string, keep?: string): Promise<void>;
  /** Removes at most `limit` rows that expired before `before`. @returns how many rows that were */
  sweep(before: number, limit: number): Promise<number>;
}

/** {@link OidcRecordStore} in SQL. */
export class SqlOidcRecordStore implements OidcRecordStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async upsert(record: Omit<OidcRecord, "consumedAt">): Promise<void> {
    const values = {
      uid: record.uid,
      grant_hash: record.grantHash,
      account_id: record.accountId,
      payload: record.payload,
      expires_at: record.expiresAt,
    };
    await this.#db
      .insertInto("oidc_records")
      .values({ model: record.model, id_hash: record.idHash, consumed_at: null, ...values })
      .onConflict((conflict) => conflict.columns(["model", "id_hash"]).doUpdateSet(values))
      .execute();
  }

  async find(model: string, idHash: Uint8Array, now: number): Promise<OidcRecord | undefined> {
    const row = await this.#db
      .selectFrom("oidc_records")
      .selectAll()
      .where("model", "=", model)
      .where("id_hash", "=", idHash)
      .where("expires_at", ">", now)
      .executeTakeFirst();
    return row && toRecord(row);
  }

  async findByUid(model: string, uid: string, now: number): Promise<OidcRecord | undefined> {
    const row = await this.#db
      .selectFrom("oidc_records")
      .selectAll()
      .where("model", "=", model)
      .where("uid", "=", uid)
      .where("expires_at", ">", now)
      .executeTakeFirst();
    return row && toRecord(row);
  }

  async consume(model: string, idHash: Uint8Array, now: number): Promise<boolean> {
    const result = await this.#db
      .updateTable("oidc_records")
      .set({ consumed_at: now })
      .where("model", "=", model)
      .where("id_hash", "=", idHash)
      .where("consumed_at", "is", null)
      .where("expires_at", ">", now)
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  }

  async remove(model: string, idHash: Uint8Array): Promise<void> {
    await this.#db
      .deleteFrom("oidc_records")
      .where("model", "=", model)
      .where("id_hash", "=", idHash)
      .execute();
  }

  async removeByUid(model: string, uid: string): Promise<void> {
    await this.#db
      .deleteFrom("oidc_records")
      .where("model", "=", model)
      .where("uid", "=", uid)
      .execute();
  }

  async removeOfGrant(model: string, grantHash: Uint8Array): Promise<void> {
    await this.#db
      .deleteFrom("oidc_records")
      .where("model", "=", model)
      .where("grant_hash", "=", grantHash)
      .execute();
  }

  async removeOfAccount(accountId: string, keep?: string): Promise<void> {
    let query = this.#db.deleteFrom("oidc_records").where("account_id", "=", accountId);
    if (keep !== undefined) query = query.where("model", "<>", keep);
    await query.execute();
  }

  async sweep(before: number, limit: number): Promise<number> {
    const result = await this.#db
      .deleteFrom("oidc_records")
      .where("id_hash", "in", (eb) =>
        eb
          .selectFrom("oidc_records")
          .select("id_hash")
          .where("expires_at", "<", before)
          .limit(limit),
      )
      // An id is its model's own, but the hash alone picked the row.
      .where("expires_at", "<", before)
      .executeTakeFirst();
    return Number(result.numDeletedRows);
  }
}

function toRecord(row: OidcRecordTable): OidcRecord {
  return {
    model: row.model,
    idHash: row.id_hash,
    uid: row.uid,
    grantHash: row.grant_hash,
    accountId: row.account_id,
    payload: row.payload,
    expiresAt: row.expires_at,
    consumedAt: row.consumed_at,
  };
}
