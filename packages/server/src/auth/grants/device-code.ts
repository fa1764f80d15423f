// `grant_type=urn:ietf:params:oauth:grant-type:device_code`: a device asks again and again until a person has let it in.
// @see https://www.rfc-editor.org/rfc/rfc8628#section-3.4

import { type ErrorCode, TrefoilError } from "@trefoil/protocol/errors";
import type { DeviceAuthorizationRecord } from "../../storage/index.js";
import { hashOf, newId, secretBytes } from "../secrets.js";
import { successorPair } from "../token-pair.js";
import { type GrantAsker, type GrantContext, type TokenAnswer, tokenAnswer } from "./context.js";
import { announceGrant, openGrant } from "./open-grant.js";
import { refuseReplay } from "./replayed-code.js";
import { repeatableUntil } from "./refresh-token.js";

/** The name of the grant. */
export const deviceCodeGrant = "urn:ietf:params:oauth:grant-type:device_code";

/** The parameters of the request. Device and model may be left out; given, they must be those that the code was made for. */
export interface DeviceCodeRequest {
  readonly deviceCode: string;
  readonly deviceId: string | undefined;
  readonly modelId: string | undefined;
}

/** What to do with a device code. */
export type DeviceCodeDecision =
  | {
      readonly kind: "issue";
      readonly authorization: DeviceAuthorizationRecord & { readonly accountId: string };
    }
  /** It gave its pair a moment ago: whether that may be repeated depends on whether it was used. */
  | {
      readonly kind: "retry";
      readonly authorization: DeviceAuthorizationRecord;
      readonly pairSalt: Uint8Array;
    }
  /** It was used before: what it gave is revoked. */
  | { readonly kind: "replayed"; readonly grantId: string | null }
  /** Nobody has said anything yet. */
  | { readonly kind: "wait"; readonly hash: Uint8Array; readonly pollInterval: number }
  /** It asked too soon, and waits longer from now on. */
  | { readonly kind: "slow_down"; readonly hash: Uint8Array; readonly pollInterval: number }
  | { readonly kind: "refuse"; readonly code: ErrorCode; readonly why: string };

/** By how much the pause grows for who asks too soon, and how long it gets. Milliseconds. @see https://www.rfc-editor.org/rfc/rfc8628#section-3.5 */
const longerBy = 5_000;
const longestPause = 60_000;
/** How much earlier than told a question may arrive: networks take longer at one time than at another. Milliseconds. */
const leeway = 500;

/**
 * @param authorization what is stored of the code
 * @param clientId the client that proved itself
 * @param now milliseconds since the epoch
 * @param retryWindow milliseconds
 */
export function decideDeviceCode(
  authorization: DeviceAuthorizationRecord | undefined,
  clientId: string,
  request: DeviceCodeRequest,
  now: number,
  retryWindow: number,
): DeviceCodeDecision {
  if (authorization === undefined || authorization.clientId !== clientId) {
    return { kind: "refuse", code: "invalid_grant", why: "The device_code is unknown." };
  }
  if (
    authorization.deviceId !== (request.deviceId ?? authorization.deviceId) ||
    authorization.modelId !== (request.modelId ?? authorization.modelId)
  ) {
    const why = "The device_code was given to another device_id or model_id.";
    return { kind: "refuse", code: "invalid_grant", why };
  }
  const { accountId, consumedAt, pairSalt, grantId } = authorization;
  if (consumedAt !== null) {
    const isRetry = retryWindow > 0 && now - consumedAt <= retryWindow;
    return isRetry && pairSalt !== null
      ? { kind: "retry", authorization, pairSalt }
      : { kind: "replayed", grantId };
  }
  if (authorization.decision === "denied") {
    return { kind: "refuse", code: "authorization_denied", why: "The person said no." };
  }
  if (authorization.expiresAt <= now) {
    return { kind: "refuse", code: "expired_token", why: "The device_code has expired." };
  }
  if (authorization.decision === "approved" && accountId !== null) {
    return { kind: "issue", authorization: { ...authorization, accountId } };
  }
  const { polledAt, pollInterval, deviceCodeHash: hash } = authorization;
  return polledAt !== null && now - polledAt < pollInterval - leeway
    ? { kind: "slow_down", hash, pollInterval: Math.min(pollInterval + longerBy, longestPause) }
    : { kind: "wait", hash, pollInterval };
}

/**
 * @throws TrefoilError `authorization_pending` and `polled_too_soon` while nobody has said anything;
 * `authorization_denied`; `expired_token`; `invalid_grant` where the code gives nothing
 */
export async function pollDeviceCode(
  context: GrantContext,
  asker: GrantAsker,
  request: DeviceCodeRequest,
): Promise<TokenAnswer> {
  const { database, clock, config } = context;
  const hash = hashOf(request.deviceCode);
  const now = clock.now();
  const decide = async () =>
    decideDeviceCode(
      await database.stores.deviceAuthorizations.findByDeviceCode(hash),
      asker.client.clientId,
      request,
      now,
      config.refreshRetryWindow * 1_000,
    );
  let decision = await decide();
  if (decision.kind === "issue") {
    context.limits.takeDevice(decision.authorization);
    const answer = await issue(context, asker, request, decision.authorization, now);
    if (answer !== undefined) return answer;
    // Somebody else was faster, maybe in another process.
    decision = await decide();
  }
  switch (decision.kind) {
    case "refuse":
      throw new TrefoilError(decision.code, decision.why);
    case "retry":
      return repeat(context, asker, request, decision.authorization, decision.pairSalt, now);
    case "replayed":
      return refuseReplay(context, asker, "The device_code", decision.grantId);
    case "issue":
      throw new TrefoilError("unavailable", "The device_code could not be used; try again.", {
        retryAfter: 1,
      });
    case "wait":
    case "slow_down": {
      await database.stores.deviceAuthorizations.polled(decision.hash, now, decision.pollInterval);
      throw decision.kind === "wait"
        ? new TrefoilError("authorization_pending", "Nobody has let the device in yet.")
        : new TrefoilError(
            "polled_too_soon",
            `Asked too soon: wait ${decision.pollInterval / 1_000} seconds from now on.`,
          );
    }
  }
}

/** @returns undefined where the code was consumed by somebody else meanwhile */
async function issue(
  context: GrantContext,
  asker: GrantAsker,
  request: DeviceCodeRequest,
  authorization: DeviceAuthorizationRecord & { readonly accountId: string },
  now: number,
): Promise<TokenAnswer | undefined> {
  const { database, random } = context;
  const { accountId, deviceCodeHash, reportedName } = authorization;
  const grantId = newId(random);
  // Derived from the code, so that a device whose answer was lost gets the same pair again though only hashes are stored.
  const salt = random(secretBytes);
  const pair = successorPair(request.deviceCode, salt);
  const { clientId, deviceId, modelId } = authorization;
  const device = { clientId, deviceId, modelId };
  const known = {
    ...asker.caller,
    deviceName: asker.caller.deviceName ?? reportedName ?? undefined,
  };
  const opened = await database.write(async (stores) =>
    (await stores.deviceAuthorizations.consume(deviceCodeHash, now, grantId, salt))
      ? openGrant(
          context,
          stores,
          { ...asker, caller: known },
          { grantId, accountId, device, pair },
          now,
        )
      : undefined,
  );
  return opened && announceGrant(context, asker, opened, now);
}

async function repeat(
  context: GrantContext,
  asker: GrantAsker,
  request: DeviceCodeRequest,
  { grantId }: DeviceAuthorizationRecord,
  pairSalt: Uint8Array,
  now: number,
): Promise<TokenAnswer> {
  const pair = successorPair(request.deviceCode, pairSalt);
  const given = await context.database.stores.refreshTokens.find(hashOf(pair.refreshToken));
  const expiresAt = given?.grantRevokedAt === null ? repeatableUntil(given, now) : undefined;
  return expiresAt === undefined
    ? refuseReplay(context, asker, "The device_code", grantId)
    : tokenAnswer(pair, expiresAt, now);
}
