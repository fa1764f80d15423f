// What opening a database gives, whichever it is.

import type { Dialect, Kysely } from "kysely";
import type { Schema } from "./schema.js";
import type { StatementRunner, StatementTexts } from "./statement.js";

export interface Connection {
  readonly dialect: Dialect;
  /** Makes what runs the statements that are kept compiled, as this database runs them best. */
  runner(db: Kysely<Schema>, texts: StatementTexts): StatementRunner;
  /** Called once. */
  close(): Promise<void>;
}
