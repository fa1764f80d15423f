// The database as the other rooms see it: stores, write transactions, migration, and an end.

import { Kysely, sql } from "kysely";
import { migrate } from "./migrate.js";
import { migrations } from "./migrations/index.js";
import type { Schema } from "./schema.js";
import { openPostgres } from "./postgres.js";
import { openSqlite } from "./sqlite.js";
import { KyselyRunner } from "./kysely-runner.js";
import { StatementTexts } from "./statement.js";
import { type Stores, sqlStores } from "./stores.js";
import { writeTransaction } from "./write-transaction.js";

/** Where the data lives. */
export type DatabaseSettings =
  /** The embedded database: processes on one machine may share it. */
  | {
      readonly kind: "sqlite";
      /** Path of the file, made if it is not there; `:memory:` keeps everything in memory. */
      readonly file: string;
    }
  | {
      readonly kind: "postgres";
      /** As in `postgres://user:password@host:5432/database`. */
      readonly url: string;
    };

export interface Database {
  readonly kind: DatabaseSettings["kind"];
  /** Each call is a transaction of its own. */
  readonly stores: Stores;
  /**
   * Runs `work` in one write transaction: all of it happens, or nothing. It may be run again where a transaction that ran
   * at the same time stood in its way, so it does nothing that cannot be done twice.
   * Inside, use only the stores that `work` is given (the others would wait for this transaction to end) and wait for
   * nothing else: on SQLite the one connection is held until `work` is done.
   */
  write<T>(work: (stores: Stores) => Promise<T>): Promise<T>;
  /**
   * Brings the schema to this version; does nothing where it is there already.
   * @throws TrefoilError `unavailable` where the database was written by a newer version
   */
  migrate(): Promise<void>;
  /** Resolves where the database answers; rejects where it does not. */
  probe(): Promise<void>;
  /** Ends every connection. Idempotent. */
  close(): Promise<void>;
}

/**
 * Opens the database. Call {@link Database.migrate} before anything else.
 * @throws TrefoilError `unavailable` with a sentence that says what to mend, where it cannot be opened
 */
export async function openDatabase(settings: DatabaseSettings): Promise<Database> {
  const connection =
    settings.kind === "sqlite" ? openSqlite(settings.file) : await openPostgres(settings.url);
  const db = new Kysely<Schema>({ dialect: connection.dialect });
  const texts = new StatementTexts(db);
  let closing: Promise<void> | undefined;
  return {
    kind: settings.kind,
    stores: sqlStores(db, connection.runner(db, texts)),
    write: (work) =>
      writeTransaction(db, (transaction) =>
        work(sqlStores(transaction, new KyselyRunner(transaction, texts))),
      ),
    migrate: () => migrate(db as Kysely<unknown>, migrations),
    async probe() {
      await sql`select 1`.execute(db);
    },
    close: () => (closing ??= connection.close()),
  };
}
