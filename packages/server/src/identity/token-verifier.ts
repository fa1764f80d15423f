// The gateway's one question to the authorization server: whose token is this? Answered in the same process today, and by
// introspection (RFC 7662) where a gateway runs apart.

/** The device that a live access token speaks for. */
export interface DeviceIdentity {
  /** Our own id of the device: one per (client, device_id, model_id). Names its mailbox, its downchannel, its presence. */
  readonly deviceKey: string;
  readonly accountId: string;
  readonly clientId: string;
  /** As the device calls itself: a MAC address or a UUID. */
  readonly deviceId: string;
  readonly modelId: string;
}

/** A checked access token. One object per token: `live` turns false the moment it is revoked. */
export interface VerifiedToken {
  readonly identity: DeviceIdentity;
  readonly grantId: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** False once revoked; expiry is for the holder to compare. */
  readonly live: boolean;
  /** Calls `listener` once when the token is revoked; answers how to stop listening. */
  onRevoked(listener: () => void): () => void;
}

/** Checks access tokens. */
export interface TokenVerifier {
  /**
   * @param token the bearer value as it was sent
   * @returns the token, or undefined where it is unknown, expired or revoked. At once where it is cached (every request
   * of a held connection), else by a promise: callers on the hot path look which it is.
   */
  verify(token: string): VerifiedToken | undefined | Promise<VerifiedToken | undefined>;
}
