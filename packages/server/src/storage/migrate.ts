// Bringing a database to this version's schema, once, however many processes start at the same time.

import { TrefoilError } from "@trefoil/protocol/errors";
import { type Kysely, type Migration, Migrator } from "kysely";

const migrationTable = "kysely_migration";

/**
 * Runs the migrations that the database has not seen yet, in one transaction.
 * @throws TrefoilError `unavailable` where the database was written by a newer version, or a migration fails
 */
export async function migrate(
  db: Kysely<unknown>,
  migrations: Readonly<Record<string, Migration>>,
): Promise<void> {
  await refuseNewerSchema(db, migrations);
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const failed = results?.find((result) => result.status === "Error")?.migrationName;
  const which = failed === undefined ? "" : ` (${failed})`;
  const why = error instanceof Error ? error.message : "unknown failure";
  throw new TrefoilError("unavailable", `The database could not be migrated${which}: ${why}`, {
    cause: error,
  });
}

async function refuseNewerSchema(
  db: Kysely<unknown>,
  migrations: Readonly<Record<string, Migration>>,
): Promise<void> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === migrationTable)) return;
  const executed = await (db as Kysely<{ kysely_migration: { name: string } }>)
    .selectFrom(migrationTable)
    .select("name")
    .orderBy("name")
    .execute();
  const unknown = executed.find(({ name }) => !Object.hasOwn(migrations, name));
  if (unknown === undefined) return;
  throw new TrefoilError(
    "unavailable",
    `The database was written by a newer version of Trefoil (it has the migration ${unknown.name}, which this version does not know). Start that version, or restore a backup that was made before the upgrade.`,
  );
}
