// When a directive was queued: how old the oldest one is tells an operator whether the queues are stuck.

import type { Kysely } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  // 0: queued before this was written down.
  await db.schema
    .alterTable("mailbox")
    .addColumn("queued_at", "bigint", (c) => c.notNull().defaultTo(0))
    .execute();
}
