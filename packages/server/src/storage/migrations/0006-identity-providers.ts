// What the embedded OpenID Connect provider keeps, and who is who at a provider elsewhere.

import type { Kysely } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;

  await schema
    .createTable("oidc_records")
    .addColumn("model", "text", (c) => c.notNull())
    .addColumn("id_hash", "bytea", (c) => c.notNull())
    .addColumn("uid", "text")
    .addColumn("grant_hash", "bytea")
    .addColumn("account_id", "text", (c) => c.references("accounts.account_id").onDelete("cascade"))
    .addColumn("payload", "text", (c) => c.notNull())
    .addColumn("expires_at", "bigint", (c) => c.notNull())
    .addColumn("consumed_at", "bigint")
    .addPrimaryKeyConstraint("oidc_records_pk", ["model", "id_hash"])
    .execute();
  await index(db, "oidc_records", "uid");
  await index(db, "oidc_records", "grant_hash");
  await index(db, "oidc_records", "account_id");
  await index(db, "oidc_records", "expires_at");

  await schema
    .createTable("external_identities")
    .addColumn("provider", "text", (c) => c.notNull())
    .addColumn("subject", "text", (c) => c.notNull())
    .addColumn("account_id", "text", (c) =>
      c.notNull().unique().references("accounts.account_id").onDelete("cascade"),
    )
    .addColumn("label", "text")
    .addColumn("created_at", "bigint", (c) => c.notNull())
    .addPrimaryKeyConstraint("external_identities_pk", ["provider", "subject"])
    .execute();
}

async function index(db: Kysely<unknown>, table: string, column: string): Promise<void> {
  await db.schema.createIndex(`${table}_${column}`).on(table).column(column).execute();
}
