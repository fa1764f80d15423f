// Every migration in order. A name that has shipped never changes, and neither does what it does: add a new one.

import type { Migration } from "kysely";
import * as authorization from "./0001-authorization.js";
import * as mailbox from "./0002-mailbox.js";
import * as termsAndWithdrawal from "./0003-terms-and-withdrawal.js";
import * as accountPages from "./0004-account-pages.js";
import * as mailboxQueuedAt from "./0005-mailbox-queued-at.js";
import * as identityProviders from "./0006-identity-providers.js";
import * as attempts from "./0007-attempts.js";
import * as tokensByHash from "./0008-tokens-by-hash.js";

/** The migrations by name; they run in the order of their names. */
export const migrations: Readonly<Record<string, Migration>> = {
  "0001-authorization": authorization,
  "0002-mailbox": mailbox,
  "0003-terms-and-withdrawal": termsAndWithdrawal,
  "0004-account-pages": accountPages,
  "0005-mailbox-queued-at": mailboxQueuedAt,
  "0006-identity-providers": identityProviders,
  "0007-attempts": attempts,
  "0008-tokens-by-hash": tokensByHash,
};
