// Refresh tokens, by hash. Spent ones stay until they would have expired: their return is what betrays a thief.

import type { Kysely } from "kysely";
import { type NewAccessToken, insertAccessToken } from "./access-tokens.js";
import type { DeviceTriple } from "./accounts.js";
import { noteDeviceSeen } from "./devices.js";
import type { RevokeReason } from "./grants.js";
import type { Schema } from "./schema.js";
import { Statement, type StatementRunner } from "./statement.js";
import { sweepRows } from "./sweep-rows.js";

export interface NewRefreshToken {
  /** SHA-256 of the token. */
  readonly hash: Uint8Array;
  readonly grantId: string;
  /** SHA-256 of the access token that was given along with it. */
  readonly accessTokenHash: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

export interface RefreshTokenRecord extends NewRefreshToken, DeviceTriple {
  readonly deviceKey: string;
  readonly accountId: string;
  readonly consumedAt: number | null;
  /** What the successor pair was derived with; null until consumed. */
  readonly successorSalt: Uint8Array | null;
  readonly grantRevokedAt: number | null;
  readonly grantRevokeReason: RevokeReason | null;
  /** Of the access token that was given along with it; null once that is swept. */
  readonly accessTokenExpiresAt: number | null;
  readonly accessTokenFirstUsedAt: number | null;
}

/** A refresh token that is spent, and what its device is given for it. */
export interface Rotation {
  /** The hash of the token that is spent. */
  readonly spent: Uint8Array;
  /** When. Milliseconds since the epoch. */
  readonly now: number;
  /** Kept with the spent token, so that the same successors can be derived again. */
  readonly successorSalt: Uint8Array;
  /** The device, which was there, and from where. */
  readonly deviceKey: string;
  readonly remoteAddress: string;
  readonly accessToken: NewAccessToken;
  readonly refreshToken: NewRefreshToken;
}

export interface RefreshTokenStore {
  insert(token: NewRefreshToken): Promise<void>;
  find(hash: Uint8Array): Promise<RefreshTokenRecord | undefined>;
  /**
   * Uses a refresh token up and stores its successors: all of it, or nothing.
   * @returns whether this call did: of several, in however many processes, one alone reads true
   */
  rotate(rotation: Rotation): Promise<boolean>;
  /** Removes at most `limit` rows that expired before `before`. @returns how many rows that were */
  sweep(before: number, limit: number): Promise<number>;
}

const insertRefreshToken = new Statement((db, token: NewRefreshToken) =>
  db.insertInto("refresh_tokens").values({
    token_hash: token.hash,
    grant_id: token.grantId,
    access_token_hash: token.accessTokenHash,
    issued_at: token.issuedAt,
    expires_at: token.expiresAt,
    consumed_at: null,
    successor_salt: null,
  }),
);

const findRefreshToken = new Statement((db, { hash }: { readonly hash: Uint8Array }) =>
  db
    .selectFrom("refresh_tokens")
    .innerJoin("grants", "grants.grant_id", "refresh_tokens.grant_id")
    .innerJoin("devices", "devices.device_key", "grants.device_key")
    .leftJoin("access_tokens", "access_tokens.token_hash", "refresh_tokens.access_token_hash")
    .select([
      "refresh_tokens.token_hash",
      "refresh_tokens.grant_id",
      "refresh_tokens.access_token_hash",
      "refresh_tokens.issued_at",
      "refresh_tokens.expires_at",
      "refresh_tokens.consumed_at",
      "refresh_tokens.successor_salt",
      "grants.account_id",
      "grants.revoked_at",
      "grants.revoke_reason",
      "devices.device_key",
      "devices.client_id",
      "devices.device_id",
      "devices.model_id",
      "access_tokens.expires_at as access_expires_at",
      "access_tokens.first_used_at",
    ])
    .where("refresh_tokens.token_hash", "=", hash),
);

/** Decides who spends a token: of several updates one alone finds it unspent. */
const consumeRefreshToken = new Statement(
  (db, { spent, now, successorSalt }: Pick<Rotation, "spent" | "now" | "successorSalt">) =>
    db
      .updateTable("refresh_tokens")
      .set({ consumed_at: now, successor_salt: successorSalt })
      .where("token_hash", "=", spent)
      .where("consumed_at", "is", null)
      .where("expires_at", ">", now)
      .where((eb) =>
        eb.exists(
          eb
            .selectFrom("grants")
            .select("grants.grant_id")
            .whereRef("grants.grant_id", "=", "refresh_tokens.grant_id")
            .where("grants.revoked_at", "is", null),
        ),
      ),
);

/** {@link RefreshTokenStore} in SQL. */
export class SqlRefreshTokenStore implements RefreshTokenStore {
  readonly #db: Kysely<Schema>;
  readonly #runner: StatementRunner;

  constructor(db: Kysely<Schema>, runner: StatementRunner) {
    this.#db = db;
    this.#runner = runner;
  }

  async insert(token: NewRefreshToken): Promise<void> {
    await this.#runner.run(insertRefreshToken.with(token));
  }

  async find(hash: Uint8Array): Promise<RefreshTokenRecord | undefined> {
    const { rows } = await this.#runner.run(findRefreshToken.with({ hash }));
    const [row] = rows;
    return (
      row && {
        hash: row.token_hash,
        grantId: row.grant_id,
        accessTokenHash: row.access_token_hash,
        issuedAt: row.issued_at,
        expiresAt: row.expires_at,
        consumedAt: row.consumed_at,
        successorSalt: row.successor_salt,
        accountId: row.account_id,
        grantRevokedAt: row.revoked_at,
        grantRevokeReason: row.revoke_reason as RevokeReason | null,
        deviceKey: row.device_key,
        clientId: row.client_id,
        deviceId: row.device_id,
        modelId: row.model_id,
        accessTokenExpiresAt: row.access_expires_at,
        accessTokenFirstUsedAt: row.first_used_at,
      }
    );
  }

  rotate(rotation: Rotation): Promise<boolean> {
    const { deviceKey, now, remoteAddress, accessToken, refreshToken } = rotation;
    return this.#runner.write(function* () {
      const { changes } = yield* consumeRefreshToken.with(rotation);
      if (changes === 0) return false;
      yield* noteDeviceSeen.with({ deviceKey, at: now, address: remoteAddress });
      yield* insertAccessToken.with(accessToken);
      yield* insertRefreshToken.with(refreshToken);
      return true;
    });
  }

  async sweep(before: number, limit: number): Promise<number> {
    return sweepRows(this.#db, "refresh_tokens", "token_hash", "expires_at", before, limit);
  }
}
