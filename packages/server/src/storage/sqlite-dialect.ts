// Kysely over the one connection to the embedded database, with write transactions that take the lock at their start.

import {
  type CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  type QueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import type { SqliteConnection } from "./sqlite-connection.js";

/** What begins a write transaction. IMMEDIATE: one that reads first and writes later would fail with SQLITE_BUSY, without
 * waiting, where another process wrote in between. */
export const beginWrite = "begin immediate";

/** The connection as Kysely wants it. */
class KyselyConnection implements DatabaseConnection {
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const result = await this.#connection.executeWhenFree(sql, parameters);
    if (result.reads) return { rows: result.rows as R[] };
    return { rows: [], numAffectedRows: BigInt(result.changes) };
  }

  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    // Rows are gathered first: an open cursor would hold a read snapshot across turns of the event loop.
    yield await this.executeQuery<R>(query);
  }
}

class SqliteDriver implements Driver {
  readonly #connection: SqliteConnection;
  readonly #forKysely: DatabaseConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
    this.#forKysely = new KyselyConnection(connection);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    await this.#connection.turnstile.enter();
    return this.#forKysely;
  }

  async beginTransaction(): Promise<void> {
    await this.#connection.executeWhenFree(beginWrite, []);
  }

  async commitTransaction(): Promise<void> {
    await this.#connection.executeWhenFree("commit", []);
  }

  async rollbackTransaction(): Promise<void> {
    this.#connection.rollBack();
  }

  async releaseConnection(): Promise<void> {
    this.#connection.turnstile.leave();
  }

  /** The handle is closed by who opened it. */
  async destroy(): Promise<void> {}
}

/** SQLite can roll back DDL, and `begin immediate` keeps two processes from migrating one file at the same time. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** The dialect over an open connection, which stays whoever's it is. */
export class SqliteDialect implements Dialect {
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  createAdapter(): DialectAdapter {
    return new TransactionalSqliteAdapter();
  }

  createDriver(): Driver {
    return new SqliteDriver(this.#connection);
  }

  createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return new SqliteIntrospector(db);
  }

  createQueryCompiler(): QueryCompiler {
    return new SqliteQueryCompiler();
  }
}
