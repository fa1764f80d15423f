// Tokens are looked for by their hashes and swept by their ends, never by their grants, and grants are never deleted: each
// refresh kept two indices up to date that nobody read.

import type { Kysely } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropIndex("access_tokens_grant_id").execute();
  await db.schema.dropIndex("refresh_tokens_grant_id").execute();
}
