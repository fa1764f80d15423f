// The audit log: who did what, when, from where, and how it ended. Never a secret, a code or a token.

import { type Kysely, sql } from "kysely";
import { BatchStatement } from "./batch-statement.js";
import type { AuditTable, Schema } from "./schema.js";
import type { StatementRunner } from "./statement.js";
import { sweepRows } from "./sweep-rows.js";

export interface AuditRecord {
  readonly auditId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** What was asked for, as in `token.refresh`. */
  readonly event: string;
  /** `ok`, or the error's code. */
  readonly outcome: string;
  readonly clientId: string | null;
  readonly accountId: string | null;
  readonly deviceKey: string | null;
  readonly grantId: string | null;
  readonly remoteAddress: string | null;
  /** A short sentence or word; no secret. */
  readonly detail: string | null;
}

/** Which records {@link AuditLogStore.list} answers; members left out do not narrow. */
export interface AuditFilter {
  /** Only records of this time or later, and only older ones. Milliseconds since the epoch. */
  readonly since?: number;
  readonly before?: number;
  /** An event, or the beginning of one that ends in a dot, as in `token.`. */
  readonly event?: string;
  /** `failed`: every outcome but `ok`. */
  readonly outcome?: string;
  readonly accountId?: string;
  readonly deviceKey?: string;
  readonly clientId?: string;
  readonly grantId?: string;
  readonly remoteAddress?: string;
  /** Only records that stand behind this one in the list: the last of the page before. */
  readonly after?: Pick<AuditRecord, "at" | "auditId">;
  /** How many at most. Default 100. */
  readonly limit?: number;
}

const exactColumns = [
  ["accountId", "account_id"],
  ["deviceKey", "device_key"],
  ["clientId", "client_id"],
  ["grantId", "grant_id"],
  ["remoteAddress", "remote_address"],
] as const;

export interface AuditLogStore {
  append(records: readonly AuditRecord[]): Promise<void>;
  /** Newest first. */
  list(filter?: AuditFilter): Promise<readonly AuditRecord[]>;
  /** Removes at most `limit` records that were written before `before`. @returns how many that were */
  sweep(before: number, limit: number): Promise<number>;
}

const appendRecords = new BatchStatement((db, records: readonly AuditRecord[]) =>
  db.insertInto("audit_log").values(records.map(toRow)),
);

/** {@link AuditLogStore} in SQL. */
export class SqlAuditLogStore implements AuditLogStore {
  readonly #db: Kysely<Schema>;
  readonly #runner: StatementRunner;

  constructor(db: Kysely<Schema>, runner: StatementRunner) {
    this.#db = db;
    this.#runner = runner;
  }

  async append(records: readonly AuditRecord[]): Promise<void> {
    if (records.length === 0) return;
    await this.#runner.write(function* () {
      for (const step of appendRecords.over(records)) yield* step;
    });
  }

  async list(filter: AuditFilter = {}): Promise<readonly AuditRecord[]> {
    const { since, before, event, outcome, after } = filter;
    let query = this.#db.selectFrom("audit_log").selectAll();
    if (since !== undefined) query = query.where("at", ">=", since);
    if (before !== undefined) query = query.where("at", "<", before);
    if (event?.endsWith(".") === true) query = query.where(beginsWith(event));
    else if (event !== undefined) query = query.where("event", "=", event);
    if (outcome === "failed") query = query.where("outcome", "<>", "ok");
    else if (outcome !== undefined) query = query.where("outcome", "=", outcome);
    for (const [member, column] of exactColumns) {
      const value = filter[member];
      if (value !== undefined) query = query.where(column, "=", value);
    }
    if (after !== undefined) {
      const { at, auditId } = after;
      query = query.where((eb) =>
        eb.or([eb("at", "<", at), eb.and([eb("at", "=", at), eb("audit_id", "<", auditId)])]),
      );
    }
    const rows = await query
      .orderBy("at", "desc")
      .orderBy("audit_id", "desc")
      .limit(filter.limit ?? 100)
      .execute();
    return rows.map(toRecord);
  }

  async sweep(before: number, limit: number): Promise<number> {
    return sweepRows(this.#db, "audit_log", "audit_id", "at", before, limit);
  }
}

function beginsWith(text: string) {
  const pattern = `${text.replaceAll(/[%_!]/g, "!$&")}%`;
  return sql<boolean>`event like ${pattern} escape '!'`;
}

function toRow(record: AuditRecord): AuditTable {
  return {
    audit_id: record.auditId,
    at: record.at,
    event: record.event,
    outcome: record.outcome,
    client_id: record.clientId,
    account_id: record.accountId,
    device_key: record.deviceKey,
    grant_id: record.grantId,
    remote_address: record.remoteAddress,
    detail: record.detail,
  };
}

function toRecord(row: AuditTable): AuditRecord {
  return {
    auditId: row.audit_id,
    at: row.at,
    event: row.event,
    outcome: row.outcome,
    clientId: row.client_id,
    accountId: row.account_id,
    deviceKey: row.device_key,
    grantId: row.grant_id,
    remoteAddress: row.remote_address,
    detail: row.detail,
  };
}
