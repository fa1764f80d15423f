// Kysely over the `node:sqlite` API: one synchronous connection, prepared statements kept, write transactions that take
// the lock at their start.

import { setTimeout as sleep } from "node:timers/promises";
import type { DatabaseSync, StatementSyncInstance } from "@photostructure/sqlite";
import {
  CompiledQuery,
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

/** The part of `DatabaseSync` that is used here. */
export type SqliteHandle = InstanceType<typeof DatabaseSync>;

/** How many prepared statements are kept; statements with a varying number of parameters would otherwise pile up. */
const maxStatements = 256;

/** How long a statement waits for another connection's write lock, and between its tries at most. Milliseconds. */
const busyTimeout = 10_000;
const longestPause = 20;

/** The primary code SQLITE_BUSY. @see https://www.sqlite.org/rescode.html#busy */
function isBusy(error: unknown): boolean {
  if (!(error instanceof Error) || !("errcode" in error)) return false;
  return typeof error.errcode === "number" && (error.errcode & 0xff) === 5;
}

interface Prepared {
  readonly statement: StatementSyncInstance;
  /** Whether it answers rows: decides between `all` and `run`. */
  readonly reads: boolean;
}

type Binding = null | number | bigint | string | Uint8Array;

class SqliteConnection implements DatabaseConnection {
  readonly #handle: SqliteHandle;
  readonly #statements = new Map<string, Prepared>();

  constructor(handle: SqliteHandle) {
    this.#handle = handle;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    try {
      return this.#execute<R>(query);
    } catch (error) {
      if (!isBusy(error) || this.#handle.isTransaction) throw error;
      return this.#executeWhenFree<R>(query);
    }
  }

  /** Another connection writes. SQLite's own waiting would stop the event loop, and with it that connection if it is ours. */
  async #executeWhenFree<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const giveUp = performance.now() + busyTimeout;
    for (let pause = 0; ; pause = Math.min(pause + 1, longestPause)) {
      await sleep(pause);
      try {
        return this.#execute<R>(query);
      } catch (error) {
        if (!isBusy(error) || performance.now() > giveUp) throw error;
      }
    }
  }

  #execute<R>(query: CompiledQuery): QueryResult<R> {
    const { statement, reads } = this.#prepare(query.sql);
    const bindings = query.parameters as readonly Binding[];
    if (reads) return { rows: statement.all(...bindings) as R[] };
    const { changes } = statement.run(...bindings);
    return { rows: [], numAffectedRows: BigInt(changes) };
  }

  #prepare(sql: string): Prepared {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#handle.prepare(sql);
    const prepared = { statement, reads: statement.columns().length > 0 };
    if (this.#statements.size >= maxStatements) {
      const [oldest] = this.#statements.keys();
      if (oldest !== undefined) this.#statements.delete(oldest);
    }
    this.#statements.set(sql, prepared);
    return prepared;
  }

  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    // Rows are gathered first: an open cursor would hold a read snapshot across turns of the event loop.
    yield await this.executeQuery<R>(query);
  }
}

/** Hands the one connection to one user at a time, in the order of asking. */
class Turnstile {
  #busy = false;
  readonly #waiting: (() => void)[] = [];

  enter(): Promise<void> {
    if (!this.#busy) {
      this.#busy = true;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#busy = false;
    else next();
  }
}

class SqliteDriver implements Driver {
  readonly #handle: SqliteHandle;
  readonly #connection: SqliteConnection;
  readonly #turnstile = new Turnstile();

  constructor(handle: SqliteHandle) {
    this.#handle = handle;
    this.#connection = new SqliteConnection(handle);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    await this.#turnstile.enter();
    return this.#connection;
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    // IMMEDIATE: a transaction that reads first and writes later would fail with SQLITE_BUSY, without waiting, where
    // another process wrote in between.
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("commit"));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    // SQLite itself rolls back on some failures (disk full, I/O error); a second rollback would hide the first error.
    if (this.#handle.isTransaction) await connection.executeQuery(CompiledQuery.raw("rollback"));
  }

  async releaseConnection(): Promise<void> {
    this.#turnstile.leave();
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

/** The dialect over an open handle, which stays whoever's it is. */
export class SqliteDialect implements Dialect {
  readonly #handle: SqliteHandle;

  constructor(handle: SqliteHandle) {
    this.#handle = handle;
  }

  createAdapter(): DialectAdapter {
    return new TransactionalSqliteAdapter();
  }

  createDriver(): Driver {
    return new SqliteDriver(this.#handle);
  }

  createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return new SqliteIntrospector(db);
  }

  createQueryCompiler(): QueryCompiler {
    return new SqliteQueryCompiler();
  }
}
