// Grants: account + client + device. All tokens of a grant are revoked by revoking the grant.

import type { Kysely } from "kysely";
import type { GrantTable, Schema } from "./schema.js";

/** Why a grant ended. The first four send the device back to its set-up (`unauthorized_client`). */
export type RevokeReason =
  /** Its owner removed the device. */
  | "device_removed"
  /** Its owner signed out everywhere, devices included. */
  | "signed_out"
  /** The client was switched off. */
  | "client_disabled"
  /** Its owner withdrew from the service. */
  | "account_withdrawn"
  /** Another account signed in on the device. */
  | "owner_changed"
  /** The device (or its app) gave its token back. */
  | "token_deleted"
  /** A spent refresh token came back. */
  | "refresh_token_reused"
  /** A spent authorization code came back. */
  | "code_reused"
  /** An operator's doing. */
  | "administrator";

export interface GrantRecord {
  readonly grantId: string;
  readonly accountId: string;
  readonly clientId: string;
  readonly deviceKey: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly revokedAt: number | null;
  readonly revokeReason: RevokeReason | null;
}

/** A grant that has just been revoked. */
export type RevokedGrant = Pick<GrantRecord, "grantId" | "accountId" | "clientId" | "deviceKey">;

/** Which grants to revoke: those that fit every member. At least one member must be given. */
export interface GrantSelector {
  readonly grantId?: string;
  readonly deviceKey?: string;
  readonly accountId?: string;
  readonly clientId?: string;
  /** Grants of any other account than this one. */
  readonly exceptAccountId?: string;
}

export interface GrantStore {
  insert(grant: Omit<GrantRecord, "revokedAt" | "revokeReason">): Promise<void>;
  get(grantId: string): Promise<GrantRecord | undefined>;
  /**
   * Revokes live grants.
   * @returns those that this call revoked
   */
  revoke(
    selector: GrantSelector,
    reason: RevokeReason,
    at: number,
  ): Promise<readonly RevokedGrant[]>;
  /** The keys of the devices on which an account is signed in: those with a live grant. */
  signedInDevices(accountId: string): Promise<readonly string[]>;
  /** The ids of grants revoked at `since` or later: how one process hears of what another revoked. */
  revokedSince(since: number): Promise<readonly string[]>;
}

/** {@link GrantStore} in SQL. */
export class SqlGrantStore implements GrantStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async insert(grant: Omit<GrantRecord, "revokedAt" | "revokeReason">): Promise<void> {
    await this.#db
      .insertInto("grants")
      .values({
        grant_id: grant.grantId,
        account_id: grant.accountId,
        client_id: grant.clientId,
        device_key: grant.deviceKey,
        created_at: grant.createdAt,
        revoked_at: null,
        revoke_reason: null,
      })
      .execute();
  }

  async get(grantId: string): Promise<GrantRecord | undefined> {
    const row = await this.#db
      .selectFrom("grants")
      .selectAll()
      .where("grant_id", "=", grantId)
      .executeTakeFirst();
    return row && toGrant(row);
  }

  async revoke(
    selector: GrantSelector,
    reason: RevokeReason,
    at: number,
  ): Promise<readonly RevokedGrant[]> {
    const { grantId, deviceKey, accountId, clientId, exceptAccountId } = selector;
    if ((grantId ?? deviceKey ?? accountId ?? clientId) === undefined) {
      throw new Error("Revoking needs a selector: all grants at once is never meant.");
    }
    let query = this.#db
      .updateTable("grants")
      .set({ revoked_at: at, revoke_reason: reason })
      .where("revoked_at", "is", null);
    if (grantId !== undefined) query = query.where("grant_id", "=", grantId);
    if (deviceKey !== undefined) query = query.where("device_key", "=", deviceKey);
    if (accountId !== undefined) query = query.where("account_id", "=", accountId);
    if (clientId !== undefined) query = query.where("client_id", "=", clientId);
    if (exceptAccountId !== undefined) query = query.where("account_id", "<>", exceptAccountId);
    const rows = await query
      .returning(["grant_id", "account_id", "client_id", "device_key"])
      .execute();
    return rows.map((row) => ({
      grantId: row.grant_id,
      accountId: row.account_id,
      clientId: row.client_id,
      deviceKey: row.device_key,
    }));
  }

  async signedInDevices(accountId: string): Promise<readonly string[]> {
    const rows = await this.#db
      .selectFrom("grants")
      .select("device_key")
      .distinct()
      .where("account_id", "=", accountId)
      .where("revoked_at", "is", null)
      .execute();
    return rows.map((row) => row.device_key);
  }

  async revokedSince(since: number): Promise<readonly string[]> {
    const rows = await this.#db
      .selectFrom("grants")
      .select("grant_id")
      .where("revoked_at", ">=", since)
      .execute();
    return rows.map((row) => row.grant_id);
  }
}

function toGrant(row: GrantTable): GrantRecord {
  return {
    grantId: row.grant_id,
    accountId: row.account_id,
    clientId: row.client_id,
    deviceKey: row.device_key,
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
    revokeReason: row.revoke_reason as RevokeReason | null,
  };
}
