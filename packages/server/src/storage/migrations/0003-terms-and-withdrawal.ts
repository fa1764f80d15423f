// Terms of use (what an account agreed to, and codes that wait for that) and withdrawal (accounts that are locked).

import type { Kysely } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;

  await schema
    .createTable("consents")
    .addColumn("account_id", "text", (c) =>
      c.notNull().references("accounts.account_id").onDelete("cascade"),
    )
    .addColumn("terms_id", "text", (c) => c.notNull())
    .addColumn("version", "text", (c) => c.notNull())
    .addColumn("language", "text", (c) => c.notNull())
    .addColumn("client_id", "text")
    .addColumn("agreed_at", "bigint", (c) => c.notNull())
    .addColumn("withdrawn_at", "bigint")
    .addPrimaryKeyConstraint("consents_pk", ["account_id", "terms_id", "version"])
    .execute();

  // One statement a column: SQLite takes no more.
  await schema.alterTable("accounts").addColumn("withdrawn_at", "bigint").execute();
  await schema.alterTable("accounts").addColumn("locked_until", "bigint").execute();

  await schema.alterTable("authorization_codes").addColumn("terms_state_hash", "bytea").execute();
  await schema.alterTable("authorization_codes").addColumn("terms_agreed_at", "bigint").execute();
  await schema
    .createIndex("authorization_codes_account_id")
    .on("authorization_codes")
    .column("account_id")
    .execute();
}
