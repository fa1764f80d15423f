// Clients, accounts, devices, grants and their tokens. `bytea` and `bigint` are PostgreSQL's own names; SQLite takes any
// name, stores a blob as a blob under the first and an integer under the second.

import type { Kysely } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;

  await schema
    .createTable("clients")
    .addColumn("client_id", "text", (c) => c.primaryKey())
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("redirect_uris", "text", (c) => c.notNull())
    .addColumn("created_at", "bigint", (c) => c.notNull())
    .addColumn("disabled_at", "bigint")
    .execute();

  await schema
    .createTable("client_secrets")
    .addColumn("secret_id", "text", (c) => c.primaryKey())
    .addColumn("client_id", "text", (c) =>
      c.notNull().references("clients.client_id").onDelete("cascade"),
    )
    .addColumn("secret_hash", "bytea", (c) => c.notNull())
    .addColumn("created_at", "bigint", (c) => c.notNull())
    .addColumn("expires_at", "bigint")
    .execute();
  await index(db, "client_secrets", "client_id");

  await schema
    .createTable("accounts")
    .addColumn("account_id", "text", (c) => c.primaryKey())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("email", "text", (c) => c.unique())
    .addColumn("password_hash", "text")
    .addColumn("created_at", "bigint", (c) => c.notNull())
    .execute();

  await schema
    .createTable("guests")
    .addColumn("client_id", "text", (c) => c.notNull().references("clients.client_id"))
    .addColumn("device_id", "text", (c) => c.notNull())
    .addColumn("model_id", "text", (c) => c.notNull())
    .addColumn("account_id", "text", (c) =>
      c.notNull().references("accounts.account_id").onDelete("cascade"),
    )
    .addPrimaryKeyConstraint("guests_pk", ["client_id", "device_id", "model_id"])
    .execute();

  await schema
    .createTable("account_tokens")
    .addColumn("token_hash", "bytea", (c) => c.primaryKey())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("account_id", "text", (c) =>
      c.notNull().references("accounts.account_id").onDelete("cascade"),
    )
    .addColumn("issued_at", "bigint", (c) => c.notNull())
    .addColumn("expires_at", "bigint", (c) => c.notNull())
    .addColumn("consumed_at", "bigint")
    .execute();
  await index(db, "account_tokens", "account_id");
  await index(db, "account_tokens", "expires_at");

  await schema
    .createTable("devices")
    .addColumn("device_key", "text", (c) => c.primaryKey())
    .addColumn("client_id", "text", (c) => c.notNull().references("clients.client_id"))
    .addColumn("device_id", "text", (c) => c.notNull())
    .addColumn("model_id", "text", (c) => c.notNull())
    .addColumn("account_id", "text", (c) => c.notNull().references("accounts.account_id"))
    .addColumn("name", "text")
    .addColumn("reported_name", "text")
    .addColumn("reported_ruid", "text")
    .addColumn("created_at", "bigint", (c) => c.notNull())
    .addColumn("last_seen_at", "bigint", (c) => c.notNull())
    .addColumn("removed_at", "bigint")
    .addUniqueConstraint("devices_unit", ["client_id", "device_id", "model_id"])
    .execute();
  await index(db, "devices", "account_id");
  await index(db, "devices", "device_id");

  await schema
    .createTable("grants")
    .addColumn("grant_id", "text", (c) => c.primaryKey())
    .addColumn("account_id", "text", (c) => c.notNull().references("accounts.account_id"))
    .addColumn("client_id", "text", (c) => c.notNull().references("clients.client_id"))
    .addColumn("device_key", "text", (c) => c.notNull().references("devices.device_key"))
    .addColumn("created_at", "bigint", (c) => c.notNull())
    .addColumn("revoked_at", "bigint")
    .addColumn("revoke_reason", "text")
    .execute();
  await index(db, "grants", "account_id");
  await index(db, "grants", "client_id");
  await index(db, "grants", "device_key");
  await index(db, "grants", "revoked_at");

  await schema
    .createTable("authorization_codes")
    .addColumn("code_hash", "bytea", (c) => c.primaryKey())
    .addColumn("client_id", "text", (c) => c.notNull().references("clients.client_id"))
    .addColumn("device_id", "text", (c) => c.notNull())
    .addColumn("model_id", "text", (c) => c.notNull())
    .addColumn("account_id", "text", (c) => c.references("accounts.account_id").onDelete("cascade"))
    .addColumn("code_challenge", "text")
    .addColumn("issued_at", "bigint", (c) => c.notNull())
    .addColumn("expires_at", "bigint", (c) => c.notNull())
    .addColumn("consumed_at", "bigint")
    // No foreign key: the code is consumed before its grant is made, so that of two exchanges one makes no grant at all.
    .addColumn("grant_id", "text")
    .execute();
  await index(db, "authorization_codes", "expires_at");

  await schema
    .createTable("access_tokens")
    .addColumn("token_hash", "bytea", (c) => c.primaryKey())
    .addColumn("grant_id", "text", (c) =>
      c.notNull().references("grants.grant_id").onDelete("cascade"),
    )
    .addColumn("issued_at", "bigint", (c) => c.notNull())
    .addColumn("expires_at", "bigint", (c) => c.notNull())
    .addColumn("first_used_at", "bigint")
    .execute();
  await index(db, "access_tokens", "grant_id");
  await index(db, "access_tokens", "expires_at");

  await schema
    .createTable("refresh_tokens")
    .addColumn("token_hash", "bytea", (c) => c.primaryKey())
    .addColumn("grant_id", "text", (c) =>
      c.notNull().references("grants.grant_id").onDelete("cascade"),
    )
    .addColumn("access_token_hash", "bytea", (c) => c.notNull())
    .addColumn("issued_at", "bigint", (c) => c.notNull())
    .addColumn("expires_at", "bigint", (c) => c.notNull())
    .addColumn("consumed_at", "bigint")
    .addColumn("successor_salt", "bytea")
    .execute();
  await index(db, "refresh_tokens", "grant_id");
  await index(db, "refresh_tokens", "expires_at");

  await schema
    .createTable("audit_log")
    .addColumn("audit_id", "text", (c) => c.primaryKey())
    .addColumn("at", "bigint", (c) => c.notNull())
    .addColumn("event", "text", (c) => c.notNull())
    .addColumn("outcome", "text", (c) => c.notNull())
    .addColumn("client_id", "text")
    .addColumn("account_id", "text")
    .addColumn("device_key", "text")
    .addColumn("grant_id", "text")
    .addColumn("remote_address", "text")
    .addColumn("detail", "text")
    .execute();
  await index(db, "audit_log", "at");
}

async function index(db: Kysely<unknown>, table: string, column: string): Promise<void> {
  await db.schema.createIndex(`${table}_${column}`).on(table).column(column).execute();
}
