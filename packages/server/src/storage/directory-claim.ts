// Which server has a data directory. The claim is a lock of the operating system on a file, as SQLite takes it: it ends with
// the process that holds it, however that ends, so that no file that was left behind can keep anybody out. A process id in a
// file could: it is given to other programs again, and means nothing outside of its container.

import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { type SqliteHandle, isBusy } from "./sqlite-connection.js";

/** What the server that has a directory wrote down about itself; only for messages. */
export interface DirectoryHolder {
  readonly pid?: number | undefined;
  /** Where clients reach it; undefined until it listens. */
  readonly origin?: string | undefined;
}

/** A try to claim a data directory. */
export interface DirectoryClaim {
  /** The server that has the directory already; undefined where this one has it now, or where nobody can tell. */
  readonly holder: DirectoryHolder | undefined;
  /** Writes down where this server is reached, for the message that the next one prints. */
  announce(origin: string): void;
  /** Gives the directory up. May be called again. */
  release(): void;
}

/** How long a server that is just ending is waited for. Milliseconds. */
const patience = 250;

/** Handles that nobody else refers to would be closed with the garbage, and their locks with them. */
const held = new Set<SqliteHandle>();

/**
 * Claims a data directory for this server. Where the file system knows no locks, or the file cannot be made, there is no
 * claim and no holder: that is no reason not to start.
 * @param directory absolute, and there
 */
export function claimDirectory(directory: string): DirectoryClaim {
  const notes = join(directory, "server-process.json");
  let handle: SqliteHandle | undefined;
  let holder: DirectoryHolder | undefined;
  try {
    const file = join(directory, "server.lock");
    closeSync(openSync(file, "a", 0o600));
    handle = new DatabaseSync(file, { timeout: patience });
    // Nothing is ever written: the file stays empty, and the lock is all that is wanted.
    handle.exec("begin exclusive");
    held.add(handle);
    note(notes, { pid: process.pid });
  } catch (error) {
    if (handle?.isOpen === true) handle.close();
    handle = undefined;
    if (isBusy(error)) holder = read(notes);
  }
  return {
    holder,
    announce(origin) {
      if (handle !== undefined) note(notes, { pid: process.pid, origin });
    },
    release() {
      if (handle === undefined) return;
      held.delete(handle);
      handle.exec("rollback");
      handle.close();
      handle = undefined;
    },
  };
}

/** Failing is no harm: the message of another server will say less. */
function note(file: string, content: DirectoryHolder): void {
  try {
    writeFileSync(file, `${JSON.stringify(content)}\n`, { mode: 0o600 });
  } catch {
    // See above.
  }
}

function read(file: string): DirectoryHolder {
  try {
    const content = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown> | null;
    const { pid, origin } = content ?? {};
    return {
      pid: typeof pid === "number" ? pid : undefined,
      origin: typeof origin === "string" ? origin : undefined,
    };
  } catch {
    return {};
  }
}
