// What opening a database gives, whichever it is.

import type { Dialect } from "kysely";

export interface Connection {
  readonly dialect: Dialect;
  /** Called once. */
  close(): Promise<void>;
}
