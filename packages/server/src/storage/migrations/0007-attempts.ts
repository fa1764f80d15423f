// How often things were tried, shared by all processes; and the audit log by what it is asked for.

import type { Kysely } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  await schema
    .createTable("attempts")
    .addColumn("attempt_key", "text", (c) => c.primaryKey())
    .addColumn("full_at", "bigint", (c) => c.notNull())
    .addColumn("updated_at", "bigint", (c) => c.notNull())
    .execute();
  await index(db, "attempts", "full_at");
  await index(db, "attempts", "updated_at");

  // By client it is read along its index on time: most of its lines are of few clients.
  await index(db, "audit_log", "account_id", "at");
  await index(db, "audit_log", "device_key", "at");
}

async function index(db: Kysely<unknown>, table: string, ...columns: string[]): Promise<void> {
  await db.schema
    .createIndex([table, ...columns].join("_"))
    .on(table)
    .columns(columns)
    .execute();
}
