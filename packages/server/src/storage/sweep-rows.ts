// Sweeping: rows whose time has passed leave their table, a bounded number at a time, so that no statement holds others up.

import { type Kysely, sql } from "kysely";
import type { Schema } from "./schema.js";

/**
 * Removes rows of a table whose time has passed.
 * @param key the table's primary key
 * @param ends the column with the time, in milliseconds since the epoch
 * @param before rows whose time is earlier go
 * @param limit how many at most
 * @returns how many rows went
 */
export async function sweepRows<Table extends keyof Schema>(
  db: Kysely<Schema>,
  table: Table,
  key: keyof Schema[Table] & string,
  ends: keyof Schema[Table] & string,
  before: number,
  limit: number,
): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from ${sql.table(table)} where ${sql.ref(key)} in (
      select ${sql.ref(key)} from ${sql.table(table)} where ${sql.ref(ends)} < ${before} limit ${limit}
    )`.execute(db);
  return Number(numAffectedRows ?? 0n);
}
