// What every grant works with, and how tokens are answered.
// @see https://www.rfc-editor.org/rfc/rfc6749#section-5.1

import type { Clock } from "@trefoil/protocol/clock";
import type { AuthConfig } from "../../config/index.js";
import type {
  ClientRecord,
  Database,
  NewAccessToken,
  NewRefreshToken,
} from "../../storage/index.js";
import type { AuditTrail } from "../audit-trail.js";
import type { DeviceOwnerHooks } from "../device-owner.js";
import type { Caller } from "../http/caller.js";
import type { EndpointLimits } from "../limits/endpoint-limits.js";
import type { Revocations } from "../revocations.js";
import { type Random, hashOf } from "../secrets.js";
import type { TokenPair } from "../token-pair.js";

/** What a grant is carried out with. */
export interface GrantContext {
  readonly database: Database;
  readonly config: AuthConfig;
  readonly clock: Clock;
  readonly random: Random;
  readonly revocations: Revocations;
  readonly audit: AuditTrail;
  readonly ownerHooks: DeviceOwnerHooks;
  readonly limits: EndpointLimits;
}

/** Who asks: a client that proved itself, and what is known of the caller. */
export interface GrantAsker {
  readonly client: ClientRecord;
  readonly caller: Caller;
}

/** The members of a token answer. */
export interface TokenAnswer {
  readonly access_token: string;
  /** Seconds. */
  readonly expires_in: number;
  readonly refresh_token: string;
  readonly token_type: "Bearer";
}

/**
 * @param expiresAt when the access token ends; milliseconds since the epoch
 */
export function tokenAnswer(pair: TokenPair, expiresAt: number, now: number): TokenAnswer {
  return {
    access_token: pair.accessToken,
    expires_in: secondsLeft(expiresAt, now),
    refresh_token: pair.refreshToken,
    token_type: "Bearer",
  };
}

/** Whole seconds until a time, never less than none. */
export function secondsLeft(expiresAt: number, now: number): number {
  return Math.max(0, Math.floor((expiresAt - now) / 1_000));
}

/** A pair as it is stored: by its hashes. */
export interface StoredPair {
  readonly accessToken: NewAccessToken;
  readonly refreshToken: NewRefreshToken;
}

/** What is stored of a pair that is given at `now`. */
export function storedPair(
  pair: TokenPair,
  grantId: string,
  now: number,
  config: AuthConfig,
): StoredPair {
  const hash = hashOf(pair.accessToken);
  const { accessTokenLifetime, refreshTokenLifetime } = config;
  return {
    accessToken: { hash, grantId, issuedAt: now, expiresAt: now + accessTokenLifetime * 1_000 },
    refreshToken: {
      hash: hashOf(pair.refreshToken),
      grantId,
      accessTokenHash: hash,
      issuedAt: now,
      expiresAt: now + refreshTokenLifetime * 1_000,
    },
  };
}
