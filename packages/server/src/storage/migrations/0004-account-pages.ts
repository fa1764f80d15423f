// What the pages need (sessions, forms that were sent, recovery codes), devices that wait to be let in by a code on a page,
// and the address that a device was last seen from.

import type { Kysely } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;

  await schema
    .createTable("account_sessions")
    .addColumn("session_hash", "bytea", (c) => c.primaryKey())
    .addColumn("account_id", "text", (c) =>
      c.notNull().references("accounts.account_id").onDelete("cascade"),
    )
    .addColumn("started_at", "bigint", (c) => c.notNull())
    .addColumn("expires_at", "bigint", (c) => c.notNull())
    .execute();
  await index(db, "account_sessions", "account_id");
  await index(db, "account_sessions", "expires_at");

  await schema
    .createTable("spent_form_tokens")
    .addColumn("token_hash", "bytea", (c) => c.primaryKey())
    .addColumn("expires_at", "bigint", (c) => c.notNull())
    .execute();
  await index(db, "spent_form_tokens", "expires_at");

  await schema
    .createTable("recovery_codes")
    .addColumn("code_hash", "bytea", (c) => c.primaryKey())
    .addColumn("account_id", "text", (c) =>
      c.notNull().references("accounts.account_id").onDelete("cascade"),
    )
    .addColumn("created_at", "bigint", (c) => c.notNull())
    .addColumn("used_at", "bigint")
    .execute();
  await index(db, "recovery_codes", "account_id");

  await schema
    .createTable("device_authorizations")
    .addColumn("device_code_hash", "bytea", (c) => c.primaryKey())
    .addColumn("user_code_hash", "bytea", (c) => c.notNull().unique())
    .addColumn("client_id", "text", (c) => c.notNull().references("clients.client_id"))
    .addColumn("device_id", "text", (c) => c.notNull())
    .addColumn("model_id", "text", (c) => c.notNull())
    .addColumn("reported_name", "text")
    .addColumn("remote_address", "text", (c) => c.notNull())
    .addColumn("created_at", "bigint", (c) => c.notNull())
    .addColumn("expires_at", "bigint", (c) => c.notNull())
    .addColumn("poll_interval", "bigint", (c) => c.notNull())
    .addColumn("polled_at", "bigint")
    .addColumn("decision", "text")
    .addColumn("account_id", "text", (c) => c.references("accounts.account_id").onDelete("cascade"))
    .addColumn("consumed_at", "bigint")
    // No foreign key, as with authorization codes: consumed before the grant is made.
    .addColumn("grant_id", "text")
    .addColumn("pair_salt", "bytea")
    .execute();
  await index(db, "device_authorizations", "expires_at");

  await schema.alterTable("devices").addColumn("last_seen_address", "text").execute();
}

async function index(db: Kysely<unknown>, table: string, column: string): Promise<void> {
  await db.schema.createIndex(`${table}_${column}`).on(table).column(column).execute();
}
