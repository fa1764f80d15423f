// `grant_type=refresh_token`: a refresh token becomes a new pair, once; within the retry window the same pair again.
// @see https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2

import { TrefoilError } from "@trefoil/protocol/errors";
import type { RefreshTokenRecord, RevokeReason } from "../../storage/index.js";
import { isSameDevice } from "../checks/device-binding.js";
import { hashOf, secretBytes } from "../secrets.js";
import { type TokenPair, successorPair } from "../token-pair.js";
import {
  type GrantAsker,
  type GrantContext,
  type TokenAnswer,
  storedPair,
  tokenAnswer,
} from "./context.js";

/** The parameters of the request. */
export interface RefreshRequest {
  readonly refreshToken: string;
  readonly deviceId: string | undefined;
  readonly modelId: string;
}

/** What to do with a refresh token. */
export type RefreshDecision =
  | { readonly kind: "rotate"; readonly token: RefreshTokenRecord }
  /** Spent a moment ago: whether its successor may be repeated depends on whether that was used. */
  | {
      readonly kind: "retry";
      readonly token: RefreshTokenRecord;
      readonly successorSalt: Uint8Array;
    }
  /** Spent, and presented again: the family ends. */
  | { readonly kind: "reused"; readonly token: RefreshTokenRecord }
  | {
      readonly kind: "refuse";
      readonly code: "invalid_grant" | "unauthorized_client";
      readonly why: string;
    };

/** A grant that ended for one of these reasons sends its device back to its set-up. */
const endsInSetUp: ReadonlySet<RevokeReason> = new Set([
  "device_removed",
  "signed_out",
  "client_disabled",
  "account_withdrawn",
]);

/**
 * @param token what is stored of it
 * @param clientId the client that proved itself
 * @param now milliseconds since the epoch
 * @param retryWindow milliseconds
 */
export function decideRefresh(
  token: RefreshTokenRecord | undefined,
  clientId: string,
  request: RefreshRequest,
  now: number,
  retryWindow: number,
): RefreshDecision {
  if (token === undefined || token.clientId !== clientId) {
    return { kind: "refuse", code: "invalid_grant", why: "The refresh token is unknown." };
  }
  if (!isSameDevice(token, request)) {
    const why = "The refresh token was given to another device_id or model_id.";
    return { kind: "refuse", code: "invalid_grant", why };
  }
  const { grantRevokeReason, consumedAt, successorSalt } = token;
  if (grantRevokeReason !== null && endsInSetUp.has(grantRevokeReason)) {
    const why = "The device was removed or signed out, or its client was switched off.";
    return { kind: "refuse", code: "unauthorized_client", why };
  }
  if (consumedAt !== null) {
    const isRetry =
      token.grantRevokedAt === null && retryWindow > 0 && now - consumedAt <= retryWindow;
    return isRetry && successorSalt !== null
      ? { kind: "retry", token, successorSalt }
      : { kind: "reused", token };
  }
  if (token.grantRevokedAt !== null) {
    return { kind: "refuse", code: "invalid_grant", why: "The refresh token was revoked." };
  }
  if (token.expiresAt <= now) {
    return { kind: "refuse", code: "invalid_grant", why: "The refresh token has expired." };
  }
  return { kind: "rotate", token };
}

/**
 * Whether a successor pair may be answered once more: neither of its tokens was used.
 * @returns when its access token ends (milliseconds since the epoch), or undefined where it may not
 */
export function repeatableUntil(
  successor: RefreshTokenRecord | undefined,
  now: number,
): number | undefined {
  if (successor === undefined || successor.consumedAt !== null) return undefined;
  if (successor.accessTokenFirstUsedAt !== null) return undefined;
  const expiresAt = successor.accessTokenExpiresAt;
  return expiresAt !== null && expiresAt > now ? expiresAt : undefined;
}

/**
 * @throws TrefoilError `expired_token` where the token was used before; `unauthorized_client` where its device was removed
 * or its client switched off; `invalid_grant` where it is dead otherwise
 */
export async function refresh(
  context: GrantContext,
  asker: GrantAsker,
  request: RefreshRequest,
): Promise<TokenAnswer> {
  const { database, clock, config } = context;
  const hash = hashOf(request.refreshToken);
  const now = clock.now();
  const decide = async () =>
    decideRefresh(
      await database.stores.refreshTokens.find(hash),
      asker.client.clientId,
      request,
      now,
      config.refreshRetryWindow * 1_000,
    );
  let decision = await decide();
  if (decision.kind === "rotate" || decision.kind === "retry") {
    context.limits.takeDevice(decision.token);
  }
  if (decision.kind === "rotate") {
    const answer = await rotate(context, asker, request, decision.token, now);
    if (answer !== undefined) return answer;
    // Somebody else consumed it, or revoked its grant, between the question and the update; now it shows which.
    decision = await decide();
  }
  switch (decision.kind) {
    case "rotate":
      throw new TrefoilError("unavailable", "The refresh token could not be used; try again.", {
        retryAfter: 1,
      });
    case "retry":
      return repeat(context, asker, request, decision.token, decision.successorSalt, now);
    case "reused":
      return refuseReuse(context, asker, decision.token);
    case "refuse":
      throw new TrefoilError(decision.code, decision.why);
  }
}

/** @returns undefined where the token was no longer there to be consumed */
async function rotate(
  context: GrantContext,
  asker: GrantAsker,
  request: RefreshRequest,
  token: RefreshTokenRecord,
  now: number,
): Promise<TokenAnswer | undefined> {
  const { database, random, config } = context;
  const salt = random(secretBytes);
  const pair = successorPair(request.refreshToken, salt);
  const stored = storedPair(pair, token.grantId, now, config);
  const rotated = await database.stores.refreshTokens.rotate({
    spent: token.hash,
    now,
    successorSalt: salt,
    deviceKey: token.deviceKey,
    remoteAddress: asker.caller.remoteAddress,
    ...stored,
  });
  if (!rotated) return undefined;
  record(context, asker, token);
  return tokenAnswer(pair, stored.accessToken.expiresAt, now);
}

async function repeat(
  context: GrantContext,
  asker: GrantAsker,
  request: RefreshRequest,
  token: RefreshTokenRecord,
  successorSalt: Uint8Array,
  now: number,
): Promise<TokenAnswer> {
  const pair: TokenPair = successorPair(request.refreshToken, successorSalt);
  const { refreshTokens } = context.database.stores;
  const expiresAt = repeatableUntil(await refreshTokens.find(hashOf(pair.refreshToken)), now);
  if (expiresAt === undefined) return refuseReuse(context, asker, token);
  record(context, asker, token, "repeated within the retry window");
  return tokenAnswer(pair, expiresAt, now);
}

async function refuseReuse(
  context: GrantContext,
  { caller }: GrantAsker,
  { grantId }: RefreshTokenRecord,
): Promise<never> {
  await context.revocations.revoke({ grantId }, "refresh_token_reused", caller.remoteAddress);
  throw new TrefoilError("expired_token", "refresh token has been used");
}

function record(
  context: GrantContext,
  asker: GrantAsker,
  token: RefreshTokenRecord,
  detail?: string,
): void {
  context.audit.record({
    event: "token.refresh",
    outcome: "ok",
    clientId: token.clientId,
    accountId: token.accountId,
    deviceKey: token.deviceKey,
    grantId: token.grantId,
    remoteAddress: asker.caller.remoteAddress,
    detail,
  });
}
