// The mailbox: directives that wait for their devices.

import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  const postgres = db.getExecutor().adapter.constructor.name.startsWith("Postgres");
  await db.schema
    .createTable("mailbox")
    // Never reused, also when the newest row was deleted: a device's entries stay ordered by it over restarts.
    .addColumn("sequence", postgres ? "bigserial" : "integer", (c) =>
      postgres ? c.primaryKey() : c.primaryKey().autoIncrement(),
    )
    .addColumn("device_key", "text", (c) => c.notNull())
    .addColumn("message_id", "text", (c) => c.notNull())
    .addColumn("body", "bytea", (c) => c.notNull())
    .addColumn("expires_at", "bigint", (c) => c.notNull())
    .addColumn("required", "integer", (c) => c.notNull().defaultTo(sql`0`))
    .execute();
  await db.schema
    .createIndex("mailbox_device")
    .on("mailbox")
    .columns(["device_key", "sequence"])
    .execute();
  await db.schema.createIndex("mailbox_expires_at").on("mailbox").column("expires_at").execute();
}
