// The public door of this room.
export type { AccessTokenRecord, AccessTokenStore, NewAccessToken } from "./access-tokens.js";
export type { AccountSessionRecord, AccountSessionStore } from "./account-sessions.js";
export type { AccountTokenKind, AccountTokenRecord, AccountTokenStore } from "./account-tokens.js";
export type {
  AccountKind,
  AccountPage,
  AccountRecord,
  AccountStore,
  DeviceTriple,
  NewAccount,
} from "./accounts.js";
export type { AttemptRecord, AttemptStore, NewAttempts } from "./attempts.js";
export type { AuditFilter, AuditLogStore, AuditRecord } from "./audit-log.js";
export type {
  AuthorizationCodeRecord,
  AuthorizationCodeStore,
  NewAuthorizationCode,
} from "./authorization-codes.js";
export type {
  ClientCredentials,
  ClientRecord,
  ClientSecretRecord,
  ClientStore,
} from "./clients.js";
export type { ConsentRecord, ConsentStore } from "./consents.js";
export { type Database, type DatabaseSettings, openDatabase } from "./database.js";
export type {
  DeviceAuthorizationRecord,
  DeviceAuthorizationStore,
  DeviceDecision,
  NewDeviceAuthorization,
} from "./device-authorizations.js";
export { type DirectoryClaim, type DirectoryHolder, claimDirectory } from "./directory-claim.js";
export type { DeviceFilter, DeviceRecord, DeviceStore } from "./devices.js";
export type {
  ExternalIdentityRecord,
  ExternalIdentityStore,
  ExternalSubject,
} from "./external-identities.js";
export type {
  GrantRecord,
  GrantSelector,
  GrantStore,
  RevokeReason,
  RevokedGrant,
} from "./grants.js";
export type { MailboxRow, MailboxStore, NewMailboxRow } from "./mailbox.js";
export type {
  NewRefreshToken,
  RefreshTokenRecord,
  RefreshTokenStore,
  Rotation,
} from "./refresh-tokens.js";
export type { OidcRecord, OidcRecordStore } from "./oidc-records.js";
export type { RecoveryCodeStore } from "./recovery-codes.js";
export type { SpentFormTokenStore } from "./spent-form-tokens.js";
export type { Stores } from "./stores.js";
