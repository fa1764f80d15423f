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
}

/** The whole schema. */
export interface Schema {
  clients: ClientTable;
  client_secrets: ClientSecretTable;
  accounts: AccountTable;
  guests: GuestTable;
  account_tokens: AccountTokenTable;
  devices: DeviceTable;
  grants: GrantTable;
  authorization_codes: AuthorizationCodeTable;
  access_tokens: AccessTokenTable;
  refresh_tokens: RefreshTokenTable;
  audit_log: AuditTable;
  mailbox: MailboxTable;
}
