// What operators are told of a token: whose it is and whether it works. Never the token.

import type { GrantRecord, RevokeReason } from "../../storage/index.js";
import type { FoundToken } from "../standards/find-token.js";

/** Whether a token works, and why not. */
export type TokenState = "live" | "expired" | "revoked" | "spent";

export interface TokenDescription {
  readonly kind: FoundToken["kind"];
  readonly state: TokenState;
  readonly grantId: string;
  readonly accountId: string;
  readonly clientId: string;
  readonly deviceKey: string;
  readonly deviceId: string;
  readonly modelId: string;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** When an access token was first shown to the gateway, or a refresh token was spent. */
  readonly usedAt: number | null;
  /** When its grant ended, and why. */
  readonly revokedAt: number | null;
  readonly revokeReason: RevokeReason | null;
}

/**
 * @param grant the token's
 * @param now milliseconds since the epoch
 */
export function describeToken(
  found: FoundToken,
  grant: GrantRecord | undefined,
  now: number,
): TokenDescription {
  const { kind, record } = found;
  const { grantId, accountId, clientId, deviceKey, deviceId, modelId } = record;
  const { issuedAt, expiresAt, grantRevokedAt: revokedAt } = record;
  const isSpent = kind === "refresh_token" && found.record.consumedAt !== null;
  const usedAt = kind === "refresh_token" ? found.record.consumedAt : found.record.firstUsedAt;
  return {
    kind,
    state: stateOf(revokedAt !== null, isSpent, expiresAt <= now),
    grantId,
    accountId,
    clientId,
    deviceKey,
    deviceId,
    modelId,
    issuedAt,
    expiresAt,
    usedAt,
    revokedAt,
    revokeReason: grant?.revokeReason ?? null,
  };
}

function stateOf(isRevoked: boolean, isSpent: boolean, isExpired: boolean): TokenState {
  if (isRevoked) return "revoked";
  if (isSpent) return "spent";
  return isExpired ? "expired" : "live";
}
