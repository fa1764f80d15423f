// The one connection to the embedded database: prepared statements kept, one user at a time, and patience with other
// processes.

import { setTimeout as sleep } from "node:timers/promises";
import type { DatabaseSync, StatementSyncInstance } from "@photostructure/sqlite";

/** The part of `DatabaseSync` that is used here. */
export type SqliteHandle = InstanceType<typeof DatabaseSync>;

/** How many prepared statements are kept; statements with a varying number of parameters would otherwise pile up. */
const maxStatements = 256;

/** How long a statement waits for another connection's write lock, and between its tries at most. Milliseconds. */
const busyTimeout = 10_000;
const longestPause = 20;

/** Whether another connection has what was asked for: SQLITE_BUSY. @see https://www.sqlite.org/rescode.html#busy */
export function isBusy(error: unknown): boolean {
  if (!(error instanceof Error) || !("errcode" in error)) return false;
  return typeof error.errcode === "number" && (error.errcode & 0xff) === 5;
}

interface Prepared {
  readonly statement: StatementSyncInstance;
  /** Whether it answers rows: decides between `all` and `run`. */
  readonly reads: boolean;
}

type Binding = null | number | bigint | string | Uint8Array;

/** What a statement gave: rows, or how many it wrote. */
export type SqliteResult =
  | { readonly reads: true; readonly rows: unknown[] }
  | { readonly reads: false; readonly changes: number };

export class SqliteConnection {
  readonly #handle: SqliteHandle;
  readonly #statements = new Map<string, Prepared>();
  readonly turnstile = new Turnstile();

  constructor(handle: SqliteHandle) {
    this.#handle = handle;
  }

  /** Runs a statement in this turn of the event loop. @throws where another connection writes, for one */
  execute(sql: string, parameters: readonly unknown[]): SqliteResult {
    const { statement, reads } = this.#prepare(sql);
    const bindings = parameters as readonly Binding[];
    if (reads) return { reads, rows: statement.all(...bindings) };
    return { reads, changes: statement.run(...bindings).changes };
  }

  /** The same, but outside of a transaction it waits for another connection that writes. */
  async executeWhenFree(sql: string, parameters: readonly unknown[]): Promise<SqliteResult> {
    try {
      return this.execute(sql, parameters);
    } catch (error) {
      if (!isBusy(error) || this.#handle.isTransaction) throw error;
      return this.#tryAgain(sql, parameters);
    }
  }

  /** Ends a transaction as if it had never been. */
  rollBack(): void {
    // SQLite itself rolls back on some failures (disk full, I/O error); a second rollback would hide the first error.
    if (this.#handle.isTransaction) this.execute("rollback", []);
  }

  /** Another connection writes. SQLite's own waiting would stop the event loop, and with it that connection if it is ours. */
  async #tryAgain(sql: string, parameters: readonly unknown[]): Promise<SqliteResult> {
    const giveUp = performance.now() + busyTimeout;
    for (let pause = 0; ; pause = Math.min(pause + 1, longestPause)) {
      await sleep(pause);
      try {
        return this.execute(sql, parameters);
      } catch (error) {
        if (!isBusy(error) || performance.now() > giveUp) throw error;
      }
    }
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
