// All stores over one connection or transaction.

import type { Kysely } from "kysely";
import { type AccessTokenStore, SqlAccessTokenStore } from "./access-tokens.js";
import { type AccountSessionStore, SqlAccountSessionStore } from "./account-sessions.js";
import { type AccountTokenStore, SqlAccountTokenStore } from "./account-tokens.js";
import { type AccountStore, SqlAccountStore } from "./accounts.js";
import { type AttemptStore, SqlAttemptStore } from "./attempts.js";
import { type AuditLogStore, SqlAuditLogStore } from "./audit-log.js";
import { type AuthorizationCodeStore, SqlAuthorizationCodeStore } from "./authorization-codes.js";
import { type ClientStore, SqlClientStore } from "./clients.js";
import { type ConsentStore, SqlConsentStore } from "./consents.js";
import {
  type DeviceAuthorizationStore,
  SqlDeviceAuthorizationStore,
} from "./device-authorizations.js";
import { type DeviceStore, SqlDeviceStore } from "./devices.js";
import { type ExternalIdentityStore, SqlExternalIdentityStore } from "./external-identities.js";
import { type GrantStore, SqlGrantStore } from "./grants.js";
import { type MailboxStore, SqlMailboxStore } from "./mailbox.js";
import { type OidcRecordStore, SqlOidcRecordStore } from "./oidc-records.js";
import { type RecoveryCodeStore, SqlRecoveryCodeStore } from "./recovery-codes.js";
import { type RefreshTokenStore, SqlRefreshTokenStore } from "./refresh-tokens.js";
import type { Schema } from "./schema.js";
import type { StatementRunner } from "./statement.js";
import { type SpentFormTokenStore, SqlSpentFormTokenStore } from "./spent-form-tokens.js";

/** One store a concept. */
export interface Stores {
  readonly clients: ClientStore;
  readonly accounts: AccountStore;
  readonly accountTokens: AccountTokenStore;
  readonly consents: ConsentStore;
  readonly devices: DeviceStore;
  readonly grants: GrantStore;
  readonly authorizationCodes: AuthorizationCodeStore;
  readonly accessTokens: AccessTokenStore;
  readonly refreshTokens: RefreshTokenStore;
  readonly accountSessions: AccountSessionStore;
  readonly spentFormTokens: SpentFormTokenStore;
  readonly recoveryCodes: RecoveryCodeStore;
  readonly deviceAuthorizations: DeviceAuthorizationStore;
  readonly oidcRecords: OidcRecordStore;
  readonly externalIdentities: ExternalIdentityStore;
  readonly auditLog: AuditLogStore;
  readonly attempts: AttemptStore;
  readonly mailbox: MailboxStore;
}

/**
 * The stores in SQL.
 * @param runner runs the statements that are kept compiled, on the same connection or transaction
 */
export function sqlStores(db: Kysely<Schema>, runner: StatementRunner): Stores {
  return {
    clients: new SqlClientStore(db, runner),
    accounts: new SqlAccountStore(db),
    accountTokens: new SqlAccountTokenStore(db),
    consents: new SqlConsentStore(db),
    devices: new SqlDeviceStore(db, runner),
    grants: new SqlGrantStore(db),
    authorizationCodes: new SqlAuthorizationCodeStore(db),
    accessTokens: new SqlAccessTokenStore(db, runner),
    refreshTokens: new SqlRefreshTokenStore(db, runner),
    accountSessions: new SqlAccountSessionStore(db),
    spentFormTokens: new SqlSpentFormTokenStore(db),
    recoveryCodes: new SqlRecoveryCodeStore(db),
    deviceAuthorizations: new SqlDeviceAuthorizationStore(db),
    oidcRecords: new SqlOidcRecordStore(db),
    externalIdentities: new SqlExternalIdentityStore(db),
    auditLog: new SqlAuditLogStore(db, runner),
    attempts: new SqlAttemptStore(db),
    mailbox: new SqlMailboxStore(db, runner),
  };
}
