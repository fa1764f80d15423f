// Counts of work that are the same on every machine: what is asked of the event loop, and which SQL statements run.

import { AsyncResource, createHook, executionAsyncId } from "node:async_hooks";
import { SqliteConnection } from "../../packages/server/src/storage/sqlite-connection.js";

/** What was made while something was done. */
export interface AsyncCounts {
  readonly promises: number;
  readonly timers: number;
  readonly immediates: number;
}

/**
 * Does something, and counts what it makes until all has run that it set going in this turn of the event loop (ticks and
 * promises). What else goes on in the process is not counted.
 */
export function countAsync(work: () => void): Promise<AsyncCounts> {
  const counts = { promises: 0, timers: 0, immediates: 0 };
  const scope = new AsyncResource("counted work");
  const itsOwn = new Set([scope.asyncId()]);
  const hook = createHook({
    init(id, type) {
      if (!itsOwn.has(executionAsyncId())) return;
      itsOwn.add(id);
      if (type === "PROMISE") counts.promises++;
      else if (type === "Timeout") counts.timers++;
      else if (type === "Immediate") counts.immediates++;
    },
  });
  return new Promise((resolve) => {
    // In a turn of its own, when whoever waits for the counts has begun to.
    setImmediate(() => {
      // Made before the hook is on, so that it does not count itself.
      setImmediate(() => {
        hook.disable();
        resolve(counts);
      });
      hook.enable();
      scope.runInAsyncScope(work);
    });
  });
}

/** Lets everything run that was set going in this turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * Records every statement that an embedded database is asked, as `verb table`.
 * @returns the list, which grows, and how to stop
 */
export function recordStatements(): { readonly ran: string[]; stop(): void } {
  const ran: string[] = [];
  const original = Object.getOwnPropertyDescriptor(SqliteConnection.prototype, "execute");
  if (original === undefined) throw new Error("SqliteConnection executes nothing.");
  const execute = original.value as SqliteConnection["execute"];
  SqliteConnection.prototype.execute = function recorded(this: SqliteConnection, sql, parameters) {
    ran.push(nameOf(sql));
    return execute.call(this, sql, parameters);
  };
  return {
    ran,
    stop: () => Object.defineProperty(SqliteConnection.prototype, "execute", original),
  };
}

function nameOf(sql: string): string {
  const [verb = ""] = sql.trimStart().split(/\s/);
  const table = /(?:from|into|^update)\s+"?(\w+)"?/i.exec(sql)?.[1];
  return table === undefined ? verb : `${verb} ${table}`;
}
