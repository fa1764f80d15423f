// Devices that wait to be let in by a code that a person types on a page, by the hashes of their two codes.
// @see https://www.rfc-editor.org/rfc/rfc8628

import type { Kysely } from "kysely";
import type { DeviceTriple } from "./accounts.js";
import type { DeviceAuthorizationTable, Schema } from "./schema.js";
import { sweepRows } from "./sweep-rows.js";
import { isUniqueViolation } from "./unique-violation.js";

export interface NewDeviceAuthorization extends DeviceTriple {
  /** SHA-256 of the code that the device keeps. */
  readonly deviceCodeHash: Uint8Array;
  /** SHA-256 of the code that the person types. */
  readonly userCodeHash: Uint8Array;
  /** How the device calls itself. */
  readonly reportedName: string | null;
  /** Where it asked from. */
  readonly remoteAddress: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly expiresAt: number;
  /** How long the device waits between two questions. Milliseconds. */
  readonly pollInterval: number;
}

/** What the person said. */
export type DeviceDecision = "approved" | "denied";

export interface DeviceAuthorizationRecord extends NewDeviceAuthorization {
  readonly polledAt: number | null;
  /** Null while nobody has said anything. */
  readonly decision: DeviceDecision | null;
  /** Whose device it is to be; null until somebody approved. */
  readonly accountId: string | null;
  readonly consumedAt: number | null;
  /** What it gave; null until it is consumed. */
  readonly grantId: string | null;
  /** Random; together with the device code itself it yields the pair of tokens again. */
  readonly pairSalt: Uint8Array | null;
}

export interface DeviceAuthorizationStore {
  /** @returns false where the user code is in use: another one has to be made up */
  insert(authorization: NewDeviceAuthorization): Promise<boolean>;
  findByDeviceCode(hash: Uint8Array): Promise<DeviceAuthorizationRecord | undefined>;
  /** The one that waits for its person under this user code and has not expired at `now`. */
  findWaiting(
    userCodeHash: Uint8Array,
    now: number,
  ): Promise<DeviceAuthorizationRecord | undefined>;
  /** Notes what the person said. @returns whether this call did: of several, one alone reads true */
  decide(
    userCodeHash: Uint8Array,
    decision: DeviceDecision,
    accountId: string | null,
    now: number,
  ): Promise<boolean>;
  /** Notes a question of the device. @param pollInterval how long it waits from now on; milliseconds */
  polled(deviceCodeHash: Uint8Array, at: number, pollInterval: number): Promise<void>;
  /** Uses an approved one up. @returns whether this call did: of several, in however many processes, one alone reads true */
  consume(
    deviceCodeHash: Uint8Array,
    now: number,
    grantId: string,
    pairSalt: Uint8Array,
  ): Promise<boolean>;
  /** Removes at most `limit` rows that expired before `before`. @returns how many rows that were */
  sweep(before: number, limit: number): Promise<number>;
}

/** {@link DeviceAuthorizationStore} in SQL. */
export class SqlDeviceAuthorizationStore implements DeviceAuthorizationStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async insert(authorization: NewDeviceAuthorization): Promise<boolean> {
    try {
      await this.#db
        .insertInto("device_authorizations")
        .values({
          device_code_hash: authorization.deviceCodeHash,
          user_code_hash: authorization.userCodeHash,
          client_id: authorization.clientId,
          device_id: authorization.deviceId,
          model_id: authorization.modelId,
          reported_name: authorization.reportedName,
          remote_address: authorization.remoteAddress,
          created_at: authorization.createdAt,
          expires_at: authorization.expiresAt,
          poll_interval: authorization.pollInterval,
          polled_at: null,
          decision: null,
          account_id: null,
          consumed_at: null,
          grant_id: null,
          pair_salt: null,
        })
        .execute();
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  }

  async findByDeviceCode(hash: Uint8Array): Promise<DeviceAuthorizationRecord | undefined> {
    const row = await this.#db
      .selectFrom("device_authorizations")
      .selectAll()
      .where("device_code_hash", "=", hash)
      .executeTakeFirst();
    return row && toRecord(row);
  }

  async findWaiting(
    userCodeHash: Uint8Array,
    now: number,
  ): Promise<DeviceAuthorizationRecord | undefined> {
    const row = await this.#db
      .selectFrom("device_authorizations")
      .selectAll()
      .where("user_code_hash", "=", userCodeHash)
      .where("expires_at", ">", now)
      .where("decision", "is", null)
      .executeTakeFirst();
    return row && toRecord(row);
  }

  async decide(
    userCodeHash: Uint8Array,
    decision: DeviceDecision,
    accountId: string | null,
    now: number,
  ): Promise<boolean> {
    const result = await this.#db
      .updateTable("device_authorizations")
      .set({ decision, account_id: accountId })
      .where("user_code_hash", "=", userCodeHash)
      .where("expires_at", ">", now)
      .where("decision", "is", null)
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  }

  async polled(deviceCodeHash: Uint8Array, at: number, pollInterval: number): Promise<void> {
    await this.#db
      .updateTable("device_authorizations")
      .set({ polled_at: at, poll_interval: pollInterval })
      .where("device_code_hash", "=", deviceCodeHash)
      .execute();
  }

  async consume(
    deviceCodeHash: Uint8Array,
    now: number,
    grantId: string,
    pairSalt: Uint8Array,
  ): Promise<boolean> {
    const result = await this.#db
      .updateTable("device_authorizations")
      .set({ consumed_at: now, grant_id: grantId, pair_salt: pairSalt })
      .where("device_code_hash", "=", deviceCodeHash)
      .where("decision", "=", "approved")
      .where("consumed_at", "is", null)
      .where("expires_at", ">", now)
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  }

  async sweep(before: number, limit: number): Promise<number> {
    return sweepRows(
      this.#db,
      "device_authorizations",
      "device_code_hash",
      "expires_at",
      before,
      limit,
    );
  }
}

function toRecord(row: DeviceAuthorizationTable): DeviceAuthorizationRecord {
  return {
    deviceCodeHash: row.device_code_hash,
    userCodeHash: row.user_code_hash,
    clientId: row.client_id,
    deviceId: row.device_id,
    modelId: row.model_id,
    reportedName: row.reported_name,
    remoteAddress: row.remote_address,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    pollInterval: row.poll_interval,
    polledAt: row.polled_at,
    decision: row.decision as DeviceDecision | null,
    accountId: row.account_id,
    consumedAt: row.consumed_at,
    grantId: row.grant_id,
    pairSalt: row.pair_salt,
  };
}
