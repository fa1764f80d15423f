// `grant_type=delete`: the device gives its tokens back.

import { TrefoilError } from "@trefoil/protocol/errors";
import type { AccessTokenRecord } from "../../storage/index.js";
import { isSameDevice } from "../checks/device-binding.js";
import { basicChallenge } from "../http/challenge.js";
import { hashOf } from "../secrets.js";
import { type GrantAsker, type GrantContext, secondsLeft } from "./context.js";

/** The parameters of the request. */
export interface DeleteRequest {
  readonly accessToken: string;
  readonly deviceId: string;
  readonly modelId: string;
}

/** The members of the answer. */
export interface DeleteAnswer {
  readonly access_token: string;
  readonly client_id: string;
  /** What was left of it. Seconds. */
  readonly expires_in: number;
}

/** What to do with the token. */
export type DeleteDecision =
  | { readonly kind: "revoke"; readonly token: AccessTokenRecord }
  | {
      readonly kind: "refuse";
      readonly code: "invalid_grant" | "device_mismatch";
      readonly why: string;
    };

/**
 * An expired token still names its grant: who gives it back means the refresh token too.
 * @param token what is stored of it
 * @param clientId the client that proved itself
 */
export function decideDelete(
  token: AccessTokenRecord | undefined,
  clientId: string,
  request: DeleteRequest,
): DeleteDecision {
  if (token === undefined || token.clientId !== clientId || token.grantRevokedAt !== null) {
    return { kind: "refuse", code: "invalid_grant", why: "The access token is unknown." };
  }
  if (!isSameDevice(token, request)) {
    const why = "The access token was given to another device_id or model_id.";
    return { kind: "refuse", code: "device_mismatch", why };
  }
  return { kind: "revoke", token };
}

/**
 * Revokes the grant of the token: the access token, the refresh token and what came before them; the device's
 * downchannel closes.
 * @throws TrefoilError `invalid_grant` where the token is unknown or someone else's; `device_mismatch` (401)
 */
export async function deleteToken(
  context: GrantContext,
  asker: GrantAsker,
  request: DeleteRequest,
): Promise<DeleteAnswer> {
  const { database, clock, revocations, audit } = context;
  const { clientId } = asker.client;
  const found = await database.stores.accessTokens.find(hashOf(request.accessToken));
  const decision = decideDelete(found, clientId, request);
  if (decision.kind === "refuse") {
    throw new TrefoilError(decision.code, decision.why, {
      headers: decision.code === "device_mismatch" ? basicChallenge : {},
    });
  }
  const { grantId, expiresAt, accountId, deviceKey } = decision.token;
  const ended = await revocations.revoke({ grantId }, "token_deleted");
  if (ended === 0) throw new TrefoilError("invalid_grant", "The access token is unknown.");
  audit.record({
    event: "token.delete",
    outcome: "ok",
    clientId,
    accountId,
    deviceKey,
    grantId,
    remoteAddress: asker.caller.remoteAddress,
  });
  return {
    access_token: request.accessToken,
    client_id: clientId,
    expires_in: secondsLeft(expiresAt, clock.now()),
  };
}
