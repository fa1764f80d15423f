// Every migration in order. A name that has shipped never changes, and neither does what it does: add a new one.

import type { Migration } from "kysely";
import * as authorization from "./0001-authorization.js";
import * as mailbox from "./0002-mailbox.js";

/** The migrations by name; they run in the order of their names. */
export const migrations: Readonly<Record<string, Migration>> = {
  "0001-authorization": authorization,
  "0002-mailbox": mailbox,
};
