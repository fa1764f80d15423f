// Accounts: people with e-mail and password, and the guests that stand in for devices nobody signed in on.

import type { ExpressionBuilder, Kysely } from "kysely";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { AccountTable, Schema } from "./schema.js";
import { isUniqueViolation } from "./unique-violation.js";

/** `local`: e-mail and password kept here. `federated`: known to an identity provider elsewhere. `guest`: made for one device. */
export type AccountKind = "local" | "federated" | "guest";

export interface NewAccount {
  readonly accountId: string;
  readonly kind: AccountKind;
  /** Normalised by the caller; null for guests. */
  readonly email: string | null;
  /** argon2id in PHC form; null for guests. */
  readonly passwordHash: string | null;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

export interface AccountRecord extends NewAccount {
  /** When the person withdrew from the service; null while the account lives, or lives again. */
  readonly withdrawnAt: number | null;
  /** Until when nobody is let in after that. Milliseconds since the epoch. */
  readonly lockedUntil: number | null;
}

/** What names a device before it has a row: the triple that it sends. */
export interface DeviceTriple {
  readonly clientId: string;
  readonly deviceId: string;
  readonly modelId: string;
}

/** Which accounts {@link AccountStore.page} answers; members left out do not narrow. */
export interface AccountPage {
  readonly kind?: AccountKind;
  /** Normalised by the caller. */
  readonly email?: string;
  /** Only accounts with a greater id: the last one of the page before. */
  readonly after?: string;
  /** How many at most. Default 1,000. */
  readonly limit?: number;
}

export interface AccountStore {
  /** @throws TrefoilError `conflict` where the e-mail address is taken */
  insert(account: NewAccount): Promise<void>;
  get(accountId: string): Promise<AccountRecord | undefined>;
  /** @param email as it was stored: normalised */
  findByEmail(email: string): Promise<AccountRecord | undefined>;
  /** Accounts, oldest first. */
  list(kind?: AccountKind): Promise<readonly AccountRecord[]>;
  /** Accounts ordered by their ids. */
  page(page: AccountPage): Promise<readonly AccountRecord[]>;
  setPasswordHash(accountId: string, passwordHash: string): Promise<boolean>;
  /** Notes a withdrawal. @returns whether there is such an account that is not locked already */
  lock(accountId: string, withdrawnAt: number, lockedUntil: number): Promise<boolean>;
  /**
   * Lets somebody in: an account whose lock has run out lives again. Until the transaction ends nobody withdraws it.
   * @returns whether there is such an account, and it is not locked
   */
  enter(accountId: string, now: number): Promise<boolean>;
  /** The guest account of a device: the one that is there, or `fresh` from now on. To be called in a transaction. */
  findOrInsertGuest(device: DeviceTriple, fresh: NewAccount): Promise<AccountRecord>;
}

/** {@link AccountStore} in SQL. */
export class SqlAccountStore implements AccountStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async insert(account: NewAccount): Promise<void> {
    try {
      await this.#db.insertInto("accounts").values(toRow(account)).execute();
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new TrefoilError("conflict", "There is already an account with this e-mail address.", {
        cause: error,
      });
    }
  }

  async get(accountId: string): Promise<AccountRecord | undefined> {
    const row = await this.#db
      .selectFrom("accounts")
      .selectAll()
      .where("account_id", "=", accountId)
      .executeTakeFirst();
    return row && toAccount(row);
  }

  async findByEmail(email: string): Promise<AccountRecord | undefined> {
    const row = await this.#db
      .selectFrom("accounts")
      .selectAll()
      .where("email", "=", email)
      .executeTakeFirst();
    return row && toAccount(row);
  }

  async list(kind?: AccountKind): Promise<readonly AccountRecord[]> {
    const rows = await this.#db
      .selectFrom("accounts")
      .selectAll()
      .$if(kind !== undefined, (query) => query.where("kind", "=", kind as string))
      .orderBy("created_at")
      .orderBy("account_id")
      .execute();
    return rows.map(toAccount);
  }

  async page({
    kind,
    email,
    after,
    limit = 1_000,
  }: AccountPage): Promise<readonly AccountRecord[]> {
    let query = this.#db.selectFrom("accounts").selectAll();
    if (kind !== undefined) query = query.where("kind", "=", kind);
    if (email !== undefined) query = query.where("email", "=", email);
    if (after !== undefined) query = query.where("account_id", ">", after);
    const rows = await query.orderBy("account_id").limit(limit).execute();
    return rows.map(toAccount);
  }

  async setPasswordHash(accountId: string, passwordHash: string): Promise<boolean> {
    const result = await this.#db
      .updateTable("accounts")
      .set({ password_hash: passwordHash })
      .where("account_id", "=", accountId)
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  }

  async lock(accountId: string, withdrawnAt: number, lockedUntil: number): Promise<boolean> {
    const result = await this.#db
      .updateTable("accounts")
      .set({ withdrawn_at: withdrawnAt, locked_until: lockedUntil })
      .where("account_id", "=", accountId)
      .where(isOpen(withdrawnAt))
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  }

  async enter(accountId: string, now: number): Promise<boolean> {
    const result = await this.#db
      .updateTable("accounts")
      .set({ withdrawn_at: null, locked_until: null })
      .where("account_id", "=", accountId)
      .where(isOpen(now))
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  }

  async findOrInsertGuest(device: DeviceTriple, fresh: NewAccount): Promise<AccountRecord> {
    const known = await this.#findGuest(device);
    if (known !== undefined) return known;
    await this.#db.insertInto("accounts").values(toRow(fresh)).execute();
    const inserted = await this.#db
      .insertInto("guests")
      .values({
        client_id: device.clientId,
        device_id: device.deviceId,
        model_id: device.modelId,
        account_id: fresh.accountId,
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if ((inserted.numInsertedOrUpdatedRows ?? 0n) > 0n) {
      return { ...fresh, withdrawnAt: null, lockedUntil: null };
    }
    // Another process made the device's guest account in between: that one is it.
    await this.#db.deleteFrom("accounts").where("account_id", "=", fresh.accountId).execute();
    const winner = await this.#findGuest(device);
    if (winner === undefined) throw new Error("The guest account vanished while it was made.");
    return winner;
  }

  async #findGuest(device: DeviceTriple): Promise<AccountRecord | undefined> {
    const row = await this.#db
      .selectFrom("guests")
      .innerJoin("accounts", "accounts.account_id", "guests.account_id")
      .selectAll("accounts")
      .where("guests.client_id", "=", device.clientId)
      .where("guests.device_id", "=", device.deviceId)
      .where("guests.model_id", "=", device.modelId)
      .executeTakeFirst();
    return row && toAccount(row);
  }
}

/** Accounts without a lock, or whose lock has run out. */
function isOpen(now: number) {
  return (eb: ExpressionBuilder<Schema, "accounts">) =>
    eb.or([eb("locked_until", "is", null), eb("locked_until", "<=", now)]);
}

function toAccount(row: AccountTable): AccountRecord {
  return {
    accountId: row.account_id,
    kind: row.kind as AccountKind,
    email: row.email,
    passwordHash: row.password_hash,
    createdAt: row.created_at,
    withdrawnAt: row.withdrawn_at,
    lockedUntil: row.locked_until,
  };
}

function toRow(account: NewAccount): AccountTable {
  return {
    account_id: account.accountId,
    kind: account.kind,
    email: account.email,
    password_hash: account.passwordHash,
    created_at: account.createdAt,
    withdrawn_at: null,
    locked_until: null,
  };
}
