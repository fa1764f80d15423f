// The tables as Kysely sees them; the migrations make them. Times are milliseconds since the epoch; hashes are SHA-256.

import type { Generated } from "kysely";

/** A registered app or device model. */
export interface ClientTable {
  client_id: string;
  name: string;
  /** A JSON array of strings. */
  redirect_uris: string;
  created_at: number;
  disabled_at: number | null;
}

/** What a client proves itself with; several may live at once while one replaces the other. */
export interface ClientSecretTable {
  secret_id: string;
  client_id: string;
  secret_hash: Uint8Array;
  created_at: number;
  /** From then on it no longer works; null while it has no end. */
  expires_at: number | null;
}

/** A person, or the stand-in that a device without one has. */
export interface AccountTable {
  account_id: string;
  kind: string;
  /** Lower case; null for guests. */
  email: string | null;
  /** argon2id in PHC form; null where no password exists. */
  password_hash: string | null;
  created_at: number;
  /** When the person withdrew from the service, and until when the account lets nobody in; null once it lives again. */
  withdrawn_at: number | null;
  locked_until: number | null;
}

/** What an account agreed to: one row a document and version. */
export interface ConsentTable {
  account_id: string;
  terms_id: string;
  version: string;
  /** In which language it was shown. */
  language: string;
  /** Whose code waited for it; null where it was given on the account's own pages. */
  client_id: string | null;
  agreed_at: number;
  withdrawn_at: number | null;
}

/** Which guest account belongs to which device. */
export interface GuestTable {
  client_id: string;
  device_id: string;
  model_id: string;
  account_id: string;
}

/** What the local identity provider gave to apps: account access tokens and account authorization codes. */
export interface AccountTokenTable {
  token_hash: Uint8Array;
  kind: string;
  account_id: string;
  issued_at: number;
  expires_at: number;
  /** Set once an account authorization code was exchanged. */
  consumed_at: number | null;
}

/** One unit: `(client_id, device_id, model_id)`. */
export interface DeviceTable {
  device_key: string;
  client_id: string;
  device_id: string;
  model_id: string;
  /** Whoever signed in last. */
  account_id: string;
  /** As its owner calls it. */
  name: string | null;
  /** As it calls itself, from `X-DEVICE-NAME` and `X-DEVICE-RUID`. */
  reported_name: string | null;
  reported_ruid: string | null;
  created_at: number;
  last_seen_at: number;
  last_seen_address: string | null;
  removed_at: number | null;
}

/** Account + client + device: a family of tokens that lives and dies as one. */
export interface GrantTable {
  grant_id: string;
  account_id: string;
  client_id: string;
  device_key: string;
  created_at: number;
  revoked_at: number | null;
  revoke_reason: string | null;
}

/** A code of `/authorize`. */
export interface AuthorizationCodeTable {
  code_hash: Uint8Array;
  client_id: string;
  device_id: string;
  model_id: string;
  /** Null for a guest, whose account is found or made when the code is exchanged. */
  account_id: string | null;
  /** PKCE, method S256; null where the client sent none. */
  code_challenge: string | null;
  issued_at: number;
  expires_at: number;
  consumed_at: number | null;
  /** What it gave, so that a replay can revoke it. */
  grant_id: string | null;
  /** SHA-256 of the `state` where the terms must be agreed to before the code works; null where not. */
  terms_state_hash: Uint8Array | null;
  terms_agreed_at: number | null;
}

export interface AccessTokenTable {
  token_hash: Uint8Array;
  grant_id: string;
  issued_at: number;
  expires_at: number;
  /** When the gateway first saw it; ends the retry window of the refresh that gave it. */
  first_used_at: number | null;
}

export interface RefreshTokenTable {
  token_hash: Uint8Array;
  grant_id: string;
  /** The access token that was given along with it. */
  access_token_hash: Uint8Array;
  issued_at: number;
  expires_at: number;
  consumed_at: number | null;
  /** Random; together with the spent token itself it yields the successor pair again. */
  successor_salt: Uint8Array | null;
}

/** Who is signed in on the account pages. */
export interface AccountSessionTable {
  session_hash: Uint8Array;
  account_id: string;
  started_at: number;
  expires_at: number;
}

/** Form tokens that were used. */
export interface SpentFormTokenTable {
  token_hash: Uint8Array;
  expires_at: number;
}

/** What signs an account in once where its password was forgotten. */
export interface RecoveryCodeTable {
  code_hash: Uint8Array;
  account_id: string;
  created_at: number;
  used_at: number | null;
}

/** A device that waits to be let in by a code on a page. */
export interface DeviceAuthorizationTable {
  device_code_hash: Uint8Array;
  user_code_hash: Uint8Array;
  client_id: string;
  device_id: string;
  model_id: string;
  reported_name: string | null;
  /** Where it asked from. */
  remote_address: string;
  created_at: number;
  expires_at: number;
  /** How long it waits between two questions; longer each time it asked too soon. */
  poll_interval: number;
  polled_at: number | null;
  /** What the person said; null while nobody has. */
  decision: string | null;
  account_id: string | null;
  consumed_at: number | null;
  grant_id: string | null;
  /** Random; together with the device code itself it yields the pair of tokens again. */
  pair_salt: Uint8Array | null;
}

/** What the embedded OpenID Connect provider keeps. */
export interface OidcRecordTable {
  model: string;
  id_hash: Uint8Array;
  uid: string | null;
  grant_hash: Uint8Array | null;
  account_id: string | null;
  /** JSON, without the id. */
  payload: string;
  expires_at: number;
  consumed_at: number | null;
}

/** Who is who at an identity provider elsewhere. */
export interface ExternalIdentityTable {
  provider: string;
  subject: string;
  account_id: string;
  label: string | null;
  created_at: number;
}

/** Who did what, when, from where, and how it ended. Holds no secret. */
export interface AuditTable {
  audit_id: string;
  at: number;
  event: string;
  outcome: string;
  client_id: string | null;
  account_id: string | null;
  device_key: string | null;
  grant_id: string | null;
  remote_address: string | null;
  detail: string | null;
}

/** A directive that waits for its device. */
export interface MailboxTable {
  sequence: Generated<number>;
  device_key: string;
  message_id: string;
  /** The JSON of its part, in UTF-8. */
  body: Uint8Array;
  expires_at: number;
  /** 1 where it is kept when the queue is full. */
  required: number;
  /** 0 in rows that are older than this column. */
  queued_at: number;
}

/** How often something was tried, over all processes. */
export interface AttemptTable {
  attempt_key: string;
  /** When its bucket is full again. */
  full_at: number;
  updated_at: number;
}

/** The whole schema. */
export interface Schema {
  clients: ClientTable;
  client_secrets: ClientSecretTable;
  accounts: AccountTable;
  consents: ConsentTable;
  guests: GuestTable;
  account_tokens: AccountTokenTable;
  devices: DeviceTable;
  grants: GrantTable;
  authorization_codes: AuthorizationCodeTable;
  access_tokens: AccessTokenTable;
  refresh_tokens: RefreshTokenTable;
  account_sessions: AccountSessionTable;
  spent_form_tokens: SpentFormTokenTable;
  recovery_codes: RecoveryCodeTable;
  device_authorizations: DeviceAuthorizationTable;
  oidc_records: OidcRecordTable;
  external_identities: ExternalIdentityTable;
  audit_log: AuditTable;
  attempts: AttemptTable;
  mailbox: MailboxTable;
}
