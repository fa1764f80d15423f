// All stores over one connection or transaction.

import type { Kysely } from "kysely";
import { type AccessTokenStore, SqlAccessTokenStore } from "./access-tokens.js";
import { type AccountTokenStore, SqlAccountTokenStore } from "./account-tokens.js";
import { type AccountStore, SqlAccountStore } from "./accounts.js";
import { type AuditLogStore, SqlAuditLogStore } from "./audit-log.js";
import { type AuthorizationCodeStore, SqlAuthorizationCodeStore } from "./authorization-codes.js";
import { type ClientStore, SqlClientStore } from "./clients.js";
import { type DeviceStore, SqlDeviceStore } from "./devices.js";
import { type GrantStore, SqlGrantStore } from "./grants.js";
import { type MailboxStore, SqlMailboxStore } from "./mailbox.js";
import { type RefreshTokenStore, SqlRefreshTokenStore } from "./refresh-tokens.js";
import type { Schema } from "./schema.js";

/** One store a concept. */
export interface Stores {
  readonly clients: ClientStore;
  readonly accounts: AccountStore;
  readonly accountTokens: AccountTokenStore;
  readonly devices: DeviceStore;
  readonly grants: GrantStore;
  readonly authorizationCodes: AuthorizationCodeStore;
  readonly accessTokens: AccessTokenStore;
  readonly refreshTokens: RefreshTokenStore;
  readonly auditLog: AuditLogStore;
  readonly mailbox: MailboxStore;
}

/** The stores in SQL. */
export function sqlStores(db: Kysely<Schema>): Stores {
  return {
    clients: new SqlClientStore(db),
    accounts: new SqlAccountStore(db),
    accountTokens: new SqlAccountTokenStore(db),
    devices: new SqlDeviceStore(db),
    grants: new SqlGrantStore(db),
    authorizationCodes: new SqlAuthorizationCodeStore(db),
    accessTokens: new SqlAccessTokenStore(db),
    refreshTokens: new SqlRefreshTokenStore(db),
    auditLog: new SqlAuditLogStore(db),
    mailbox: new SqlMailboxStore(db),
  };
}
