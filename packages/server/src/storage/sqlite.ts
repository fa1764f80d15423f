// Opening the embedded database: a file (or memory) with the settings that durability and two processes ask for.

import { closeSync, openSync } from "node:fs";
import { DatabaseSync } from "@photostructure/sqlite";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { Connection } from "./connection.js";
import { SqliteConnection, type SqliteHandle } from "./sqlite-connection.js";
import { SqliteDialect } from "./sqlite-dialect.js";
import { SqliteRunner } from "./sqlite-runner.js";

const inMemory = ":memory:";

/** How long opening waits for another process that is opening too. Milliseconds. */
const openTimeout = 5_000;

/**
 * @param file path of the database file, made if it is not there (readable by its owner alone); `:memory:` keeps all in memory
 * @throws TrefoilError `unavailable` with a sentence that names the file, where it cannot be read, written or is no database
 */
export function openSqlite(file: string): Connection {
  let handle: SqliteHandle | undefined;
  try {
    // SQLite would make the file readable by all; its -wal and -shm companions take over this file's mode.
    if (file !== inMemory) closeSync(openSync(file, "a", 0o600));
    handle = new DatabaseSync(file, { timeout: openTimeout, enableForeignKeyConstraints: true });
    handle.exec("pragma journal_mode = wal");
    // FULL: what was answered to a device (a code consumed, a refresh token rotated, a directive queued) survives a power cut.
    handle.exec("pragma synchronous = full");
    handle.exec("pragma wal_autocheckpoint = 1000");
    // Freed pages are overwritten, so that the file keeps no trace of deleted rows.
    handle.exec("pragma secure_delete = fast");
    // Reads the schema: a damaged header shows here and not at the first request.
    handle.exec("select count(*) from sqlite_schema");
    // From here on waiting is the connection's: SQLite would wait by stopping the whole process.
    handle.exec("pragma busy_timeout = 0");
    const opened = handle;
    const connection = new SqliteConnection(opened);
    return {
      dialect: new SqliteDialect(connection),
      runner: (_db, texts) => new SqliteRunner(connection, texts),
      close: async () => close(opened),
    };
  } catch (error) {
    if (handle?.isOpen === true) handle.close();
    const why = error instanceof Error ? error.message : String(error);
    throw new TrefoilError("unavailable", `The database ${file} cannot be opened: ${why}`, {
      cause: error,
    });
  }
}

function close(handle: SqliteHandle): void {
  if (!handle.isOpen) return;
  try {
    // Statements cannot be finalised by hand, so that the connection ends no sooner than they are collected; whoever
    // copies the file after this call finds everything in it all the same.
    handle.exec("pragma wal_checkpoint(truncate)");
  } catch {
    // Another process is at it: the log stays, and the next one to open the file reads it.
  }
  handle.close();
}
