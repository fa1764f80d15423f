// Access tokens, by hash, read together with the device that they speak for.

import type { Kysely } from "kysely";
import type { DeviceTriple } from "./accounts.js";
import type { Schema } from "./schema.js";
import { Statement, type StatementRunner } from "./statement.js";
import { sweepRows } from "./sweep-rows.js";

export interface NewAccessToken {
  /** SHA-256 of the token. */
  readonly hash: Uint8Array;
  readonly grantId: string;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

export interface AccessTokenRecord extends NewAccessToken, DeviceTriple {
  readonly deviceKey: string;
  readonly accountId: string;
  /** When the gateway first saw it. */
  readonly firstUsedAt: number | null;
  readonly grantRevokedAt: number | null;
}

export interface AccessTokenStore {
  insert(token: NewAccessToken): Promise<void>;
  find(hash: Uint8Array): Promise<AccessTokenRecord | undefined>;
  /** Notes the first use; later ones change nothing. */
  markUsed(hash: Uint8Array, at: number): Promise<void>;
  /** Removes at most `limit` rows that expired before `before`. @returns how many rows that were */
  sweep(before: number, limit: number): Promise<number>;
}

export const insertAccessToken = new Statement((db, token: NewAccessToken) =>
  db.insertInto("access_tokens").values({
    token_hash: token.hash,
    grant_id: token.grantId,
    issued_at: token.issuedAt,
    expires_at: token.expiresAt,
    first_used_at: null,
  }),
);

const findAccessToken = new Statement((db, { hash }: { readonly hash: Uint8Array }) =>
  db
    .selectFrom("access_tokens")
    .innerJoin("grants", "grants.grant_id", "access_tokens.grant_id")
    .innerJoin("devices", "devices.device_key", "grants.device_key")
    .select([
      "access_tokens.token_hash",
      "access_tokens.grant_id",
      "access_tokens.issued_at",
      "access_tokens.expires_at",
      "access_tokens.first_used_at",
      "grants.account_id",
      "grants.revoked_at",
      "devices.device_key",
      "devices.client_id",
      "devices.device_id",
      "devices.model_id",
    ])
    .where("access_tokens.token_hash", "=", hash),
);

const markAccessTokenUsed = new Statement(
  (db, { hash, at }: { readonly hash: Uint8Array; readonly at: number }) =>
    db
      .updateTable("access_tokens")
      .set({ first_used_at: at })
      .where("token_hash", "=", hash)
      .where("first_used_at", "is", null),
);

/** {@link AccessTokenStore} in SQL. */
export class SqlAccessTokenStore implements AccessTokenStore {
  readonly #db: Kysely<Schema>;
  readonly #runner: StatementRunner;

  constructor(db: Kysely<Schema>, runner: StatementRunner) {
    this.#db = db;
    this.#runner = runner;
  }

  async insert(token: NewAccessToken): Promise<void> {
    await this.#runner.run(insertAccessToken.with(token));
  }

  async find(hash: Uint8Array): Promise<AccessTokenRecord | undefined> {
    const { rows } = await this.#runner.run(findAccessToken.with({ hash }));
    const [row] = rows;
    return (
      row && {
        hash: row.token_hash,
        grantId: row.grant_id,
        issuedAt: row.issued_at,
        expiresAt: row.expires_at,
        firstUsedAt: row.first_used_at,
        accountId: row.account_id,
        grantRevokedAt: row.revoked_at,
        deviceKey: row.device_key,
        clientId: row.client_id,
        deviceId: row.device_id,
        modelId: row.model_id,
      }
    );
  }

  async markUsed(hash: Uint8Array, at: number): Promise<void> {
    // At once, and not with others at the end of the turn: a spent refresh token that comes next is judged by it.
    await this.#runner.run(markAccessTokenUsed.with({ hash, at }));
  }

  async sweep(before: number, limit: number): Promise<number> {
    return sweepRows(this.#db, "access_tokens", "token_hash", "expires_at", before, limit);
  }
}
