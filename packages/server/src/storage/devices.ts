// Devices: one row for each unit that ever signed in.

import type { Kysely } from "kysely";
import type { DeviceTriple } from "./accounts.js";
import type { DeviceTable, Schema } from "./schema.js";
import { Statement, type StatementRunner } from "./statement.js";

export interface DeviceRecord extends DeviceTriple {
  /** Our own id of the device, a UUID. */
  readonly deviceKey: string;
  /** Whoever signed in on it last. */
  readonly accountId: string;
  /** As its owner calls it. */
  readonly name: string | null;
  /** As it calls itself. */
  readonly reportedName: string | null;
  readonly reportedRuid: string | null;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly lastSeenAt: number;
  /** From where; null where that was not noted. */
  readonly lastSeenAddress: string | null;
  /** When its owner removed it; null while it is there. */
  readonly removedAt: number | null;
}

/** Which devices {@link DeviceStore.list} answers; members left out do not narrow. */
export interface DeviceFilter {
  readonly accountId?: string;
  readonly clientId?: string;
  readonly deviceId?: string;
  /** Removed devices too. Default false. */
  readonly removed?: boolean;
  /** Only devices with a greater key: the last key of the page before. */
  readonly after?: string;
  /** How many at most. Default 1,000. */
  readonly limit?: number;
}

export interface DeviceStore {
  /**
   * Makes the row unless the triple has one; an old row takes over `lastSeenAt` and what the device reports of itself,
   * and keeps its owner. Until the transaction ends no other one signs in on the same device.
   * @returns the row of the triple, with `deviceKey` and owner as they were before where it is an old one
   */
  upsert(device: DeviceRecord): Promise<DeviceRecord>;
  get(deviceKey: string): Promise<DeviceRecord | undefined>;
  find(device: DeviceTriple): Promise<DeviceRecord | undefined>;
  /** Ordered by key. */
  list(filter?: DeviceFilter): Promise<readonly DeviceRecord[]>;
  /** Gives the device to an account; a removed device is there again. */
  assign(deviceKey: string, accountId: string): Promise<void>;
  /**
   * @param owner whose device it must be when the name is written; anybody's unless given
   * @returns whose device it is, or undefined where there is no such device
   */
  rename(deviceKey: string, name: string | null, owner?: string): Promise<string | undefined>;
  /**
   * @param owner whose device it must be when it is removed; anybody's unless given
   * @returns whose device it was, or undefined where there is no such device that was not removed yet
   */
  remove(deviceKey: string, at: number, owner?: string): Promise<string | undefined>;
  /**
   * Notes that the device was there.
   * @param address from where, where that is known
   */
  seen(deviceKey: string, at: number, address?: string): Promise<void>;
}

/** A device that was there. */
export interface DeviceSighting {
  readonly deviceKey: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** From where; null where that is not known: then what is noted stays. */
  readonly address: string | null;
}

export const noteDeviceSeen = new Statement((db, { deviceKey, at, address }: DeviceSighting) =>
  db
    .updateTable("devices")
    .set((eb) => ({
      last_seen_at: at,
      last_seen_address: eb.fn.coalesce(eb.val(address), "last_seen_address"),
    }))
    .where("device_key", "=", deviceKey)
    .where("last_seen_at", "<", at),
);

const selectDevice = new Statement((db, { deviceKey }: { readonly deviceKey: string }) =>
  db.selectFrom("devices").selectAll().where("device_key", "=", deviceKey),
);

/** {@link DeviceStore} in SQL. */
export class SqlDeviceStore implements DeviceStore {
  readonly #db: Kysely<Schema>;
  readonly #runner: StatementRunner;

  constructor(db: Kysely<Schema>, runner: StatementRunner) {
    this.#db = db;
    this.#runner = runner;
  }

  async upsert(device: DeviceRecord): Promise<DeviceRecord> {
    const row = await this.#db
      .insertInto("devices")
      .values({
        device_key: device.deviceKey,
        client_id: device.clientId,
        device_id: device.deviceId,
        model_id: device.modelId,
        account_id: device.accountId,
        name: device.name,
        reported_name: device.reportedName,
        reported_ruid: device.reportedRuid,
        created_at: device.createdAt,
        last_seen_at: device.lastSeenAt,
        last_seen_address: device.lastSeenAddress,
        removed_at: device.removedAt,
      })
      .onConflict((conflict) =>
        conflict.columns(["client_id", "device_id", "model_id"]).doUpdateSet((eb) => ({
          last_seen_at: eb.ref("excluded.last_seen_at"),
          last_seen_address: eb.ref("excluded.last_seen_address"),
          reported_name: eb.fn.coalesce("excluded.reported_name", "devices.reported_name"),
          reported_ruid: eb.fn.coalesce("excluded.reported_ruid", "devices.reported_ruid"),
        })),
      )
      .returningAll()
      .executeTakeFirstOrThrow();
    return toDevice(row);
  }

  async get(deviceKey: string): Promise<DeviceRecord | undefined> {
    const { rows } = await this.#runner.run(selectDevice.with({ deviceKey }));
    const [row] = rows;
    return row && toDevice(row);
  }

  async find(device: DeviceTriple): Promise<DeviceRecord | undefined> {
    const row = await this.#db
      .selectFrom("devices")
      .selectAll()
      .where("client_id", "=", device.clientId)
      .where("device_id", "=", device.deviceId)
      .where("model_id", "=", device.modelId)
      .executeTakeFirst();
    return row && toDevice(row);
  }

  async list(filter: DeviceFilter = {}): Promise<readonly DeviceRecord[]> {
    let query = this.#db.selectFrom("devices").selectAll();
    if (filter.accountId !== undefined) query = query.where("account_id", "=", filter.accountId);
    if (filter.clientId !== undefined) query = query.where("client_id", "=", filter.clientId);
    if (filter.deviceId !== undefined) query = query.where("device_id", "=", filter.deviceId);
    if (filter.removed !== true) query = query.where("removed_at", "is", null);
    if (filter.after !== undefined) query = query.where("device_key", ">", filter.after);
    const rows = await query
      .orderBy("device_key")
      .limit(filter.limit ?? 1_000)
      .execute();
    return rows.map(toDevice);
  }

  async assign(deviceKey: string, accountId: string): Promise<void> {
    await this.#db
      .updateTable("devices")
      .set({ account_id: accountId, removed_at: null })
      .where("device_key", "=", deviceKey)
      .execute();
  }

  async rename(
    deviceKey: string,
    name: string | null,
    owner?: string,
  ): Promise<string | undefined> {
    const row = await this.#db
      .updateTable("devices")
      .set({ name })
      .where("device_key", "=", deviceKey)
      .$if(owner !== undefined, (query) => query.where("account_id", "=", owner as string))
      .returning("account_id")
      .executeTakeFirst();
    return row?.account_id;
  }

  async remove(deviceKey: string, at: number, owner?: string): Promise<string | undefined> {
    const row = await this.#db
      .updateTable("devices")
      .set({ removed_at: at })
      .where("device_key", "=", deviceKey)
      .where("removed_at", "is", null)
      .$if(owner !== undefined, (query) => query.where("account_id", "=", owner as string))
      .returning("account_id")
      .executeTakeFirst();
    return row?.account_id;
  }

  async seen(deviceKey: string, at: number, address?: string): Promise<void> {
    await this.#runner.run(noteDeviceSeen.with({ deviceKey, at, address: address ?? null }));
  }
}

function toDevice(row: DeviceTable): DeviceRecord {
  return {
    deviceKey: row.device_key,
    clientId: row.client_id,
    deviceId: row.device_id,
    modelId: row.model_id,
    accountId: row.account_id,
    name: row.name,
    reportedName: row.reported_name,
    reportedRuid: row.reported_ruid,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    lastSeenAddress: row.last_seen_address,
    removedAt: row.removed_at,
  };
}
