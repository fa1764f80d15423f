// Opening PostgreSQL: a pool whose numbers are JavaScript's.

import { PostgresDialect } from "kysely";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { Connection } from "./connection.js";
import { KyselyRunner } from "./kysely-runner.js";

/** Most connections of one process. */
const poolSize = 10;
/** How long getting a connection may take. Milliseconds. */
const connectTimeout = 10_000;
/** A transaction that does nothing for this long belongs to a process that is gone. Milliseconds. */
const idleTransactionTimeout = 60_000;

/**
 * @param url as in `postgres://user:password@host:5432/database`
 * @throws TrefoilError `unavailable` with a sentence that names host and database, where it cannot be reached
 */
export async function openPostgres(url: string): Promise<Connection> {
  // Loaded here, because most servers run on SQLite and never need it.
  const { default: pg } = await import("pg");
  // Times in milliseconds, sequences and counts: all far below 2^53.
  const int8 = pg.types.builtins.INT8;
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: connectTimeout,
    idle_in_transaction_session_timeout: idleTransactionTimeout,
    keepAlive: true,
    application_name: "trefoil",
    types: {
      getTypeParser: (oid, format) => (oid === int8 ? Number : pg.types.getTypeParser(oid, format)),
    },
  });
  // An idle connection that breaks (the server restarts) is replaced by the pool; unheard, the event would end the process.
  pool.on("error", () => {});
  try {
    const client = await pool.connect();
    client.release();
  } catch (error) {
    await pool.end();
    const why = error instanceof Error ? error.message || error.name : String(error);
    // What the database itself says has a severity; it was reached then.
    const what = isAnswer(error) ? "refuses the connection" : "cannot be reached";
    throw new TrefoilError("unavailable", `The database ${nameOf(url)} ${what}: ${why}`, {
      cause: error,
    });
  }
  return {
    dialect: new PostgresDialect({ pool }),
    runner: (db, texts) => new KyselyRunner(db, texts),
    close: () => pool.end(),
  };
}

function isAnswer(error: unknown): boolean {
  return error instanceof Error && "severity" in error && error.severity !== undefined;
}

/** Host and database without user and password. */
function nameOf(url: string): string {
  if (!URL.canParse(url)) return "(its URL is malformed)";
  const { host, pathname } = new URL(url);
  return `${pathname.slice(1)} at ${host}`;
}
