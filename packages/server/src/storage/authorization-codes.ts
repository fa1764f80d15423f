// The codes of `/authorize`, by hash. A spent code stays until it is swept, so that its replay is known for what it is.

import type { Kysely } from "kysely";
import type { DeviceTriple } from "./accounts.js";
import type { Schema } from "./schema.js";
import { sweepRows } from "./sweep-rows.js";

export interface NewAuthorizationCode extends DeviceTriple {
  /** SHA-256 of the code. */
  readonly hash: Uint8Array;
  /** Null for a guest: the account is found or made when the code is exchanged. */
  readonly accountId: string | null;
  /** PKCE with S256; null where none was sent. */
  readonly codeChallenge: string | null;
  /** SHA-256 of the `state` where the code waits for the terms to be agreed to; left out where it works at once. */
  readonly termsStateHash?: Uint8Array | null;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

export interface AuthorizationCodeRecord extends NewAuthorizationCode {
  readonly termsStateHash: Uint8Array | null;
  /** When the terms that it waited for were agreed to; null while it waits, or where it need not. */
  readonly termsAgreedAt: number | null;
  readonly consumedAt: number | null;
  /** What it gave; null until it is consumed. */
  readonly grantId: string | null;
}

export interface AuthorizationCodeStore {
  insert(code: NewAuthorizationCode): Promise<void>;
  find(hash: Uint8Array): Promise<AuthorizationCodeRecord | undefined>;
  /** Lets a code work that waited for the terms. @returns whether there is such a code, neither expired nor used */
  agree(hash: Uint8Array, at: number): Promise<boolean>;
  /**
   * Uses a code up.
   * @param grantId the grant that it gives
   * @returns whether this call did: of several, in however many processes, one alone reads true
   */
  consume(hash: Uint8Array, now: number, grantId: string): Promise<boolean>;
  /** Ends the codes of an account that were not used yet. */
  removeOfAccount(accountId: string): Promise<void>;
  /** Removes at most `limit` rows that expired before `before`. @returns how many rows that were */
  sweep(before: number, limit: number): Promise<number>;
}

/** {@link AuthorizationCodeStore} in SQL. */
export class SqlAuthorizationCodeStore implements AuthorizationCodeStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async insert(code: NewAuthorizationCode): Promise<void> {
    await this.#db
      .insertInto("authorization_codes")
      .values({
        code_hash: code.hash,
        client_id: code.clientId,
        device_id: code.deviceId,
        model_id: code.modelId,
        account_id: code.accountId,
        code_challenge: code.codeChallenge,
        terms_state_hash: code.termsStateHash ?? null,
        terms_agreed_at: null,
        issued_at: code.issuedAt,
        expires_at: code.expiresAt,
        consumed_at: null,
        grant_id: null,
      })
      .execute();
  }

  async find(hash: Uint8Array): Promise<AuthorizationCodeRecord | undefined> {
    const row = await this.#db
      .selectFrom("authorization_codes")
      .selectAll()
      .where("code_hash", "=", hash)
      .executeTakeFirst();
    return (
      row && {
        hash: row.code_hash,
        clientId: row.client_id,
        deviceId: row.device_id,
        modelId: row.model_id,
        accountId: row.account_id,
        codeChallenge: row.code_challenge,
        termsStateHash: row.terms_state_hash,
        termsAgreedAt: row.terms_agreed_at,
        issuedAt: row.issued_at,
        expiresAt: row.expires_at,
        consumedAt: row.consumed_at,
        grantId: row.grant_id,
      }
    );
  }

  async agree(hash: Uint8Array, at: number): Promise<boolean> {
    const result = await this.#db
      .updateTable("authorization_codes")
      .set({ terms_agreed_at: at })
      .where("code_hash", "=", hash)
      .where("terms_state_hash", "is not", null)
      .where("consumed_at", "is", null)
      .where("expires_at", ">", at)
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  }

  async removeOfAccount(accountId: string): Promise<void> {
    await this.#db
      .deleteFrom("authorization_codes")
      .where("account_id", "=", accountId)
      .where("consumed_at", "is", null)
      .execute();
  }

  async consume(hash: Uint8Array, now: number, grantId: string): Promise<boolean> {
    const result = await this.#db
      .updateTable("authorization_codes")
      .set({ consumed_at: now, grant_id: grantId })
      .where("code_hash", "=", hash)
      .where("consumed_at", "is", null)
      .where("expires_at", ">", now)
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  }

  async sweep(before: number, limit: number): Promise<number> {
    return sweepRows(this.#db, "authorization_codes", "code_hash", "expires_at", before, limit);
  }
}
