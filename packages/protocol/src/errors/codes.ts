// Every way a request can fail, and what each failure looks like on each wire: the one table.

/** What one code becomes: the HTTP status (also `System.Exception`'s `payload.code`) and, where OAuth has a word for it, that word. */
export interface WireForm {
  /** HTTP status; the gateway repeats it as `payload.code` of `System.Exception`. */
  readonly http: number;
  /** The `error` member of an OAuth answer (RFC 6749 section 5.2 and its extensions). */
  readonly oauth: string;
}

/**
 * The codes, stable across versions: programs may compare them.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2 for the OAuth words
 */
export const wireForms = {
  // Requests that cannot be understood.
  invalid_request: { http: 400, oauth: "invalid_request" },
  malformed_multipart: { http: 400, oauth: "invalid_request" },
  malformed_event: { http: 400, oauth: "invalid_request" },
  invalid_payload: { http: 400, oauth: "invalid_request" },
  limit_exceeded: { http: 400, oauth: "invalid_request" },
  payload_too_large: { http: 413, oauth: "invalid_request" },
  not_found: { http: 404, oauth: "invalid_request" },
  method_not_allowed: { http: 405, oauth: "invalid_request" },
  conflict: { http: 409, oauth: "invalid_request" },
  unsupported_media_type: { http: 415, oauth: "invalid_request" },
  http2_required: { http: 426, oauth: "invalid_request" },
  // Who asks.
  invalid_token: { http: 401, oauth: "invalid_token" },
  insufficient_scope: { http: 403, oauth: "insufficient_scope" },
  user_agent_rejected: { http: 403, oauth: "access_denied" },
  access_denied: { http: 403, oauth: "access_denied" },
  account_locked: { http: 423, oauth: "account_locked" },
  // Grants.
  invalid_client: { http: 400, oauth: "invalid_client" },
  client_unauthenticated: { http: 401, oauth: "invalid_client" },
  device_mismatch: { http: 401, oauth: "invalid_grant" },
  invalid_grant: { http: 400, oauth: "invalid_grant" },
  expired_token: { http: 400, oauth: "expired_token" },
  unauthorized_client: { http: 400, oauth: "unauthorized_client" },
  unsupported_grant_type: { http: 400, oauth: "unsupported_grant_type" },
  // The device flow (RFC 8628 section 3.5), where all of these are 400.
  authorization_pending: { http: 400, oauth: "authorization_pending" },
  authorization_denied: { http: 400, oauth: "access_denied" },
  polled_too_soon: { http: 400, oauth: "slow_down" },
  unsupported_response_type: { http: 400, oauth: "unsupported_response_type" },
  // The connection.
  no_downchannel: { http: 412, oauth: "invalid_request" },
  too_many_requests: { http: 429, oauth: "slow_down" },
  // Ours.
  internal: { http: 500, oauth: "server_error" },
  unavailable: { http: 503, oauth: "temporarily_unavailable" },
  // Before anything runs; reaches the operator, never a wire.
  invalid_configuration: { http: 500, oauth: "server_error" },
} as const satisfies Record<string, WireForm>;

/** One of the codes of {@link wireForms}. */
export type ErrorCode = keyof typeof wireForms;
