// `grant_type=authorization_code`: a code of `/authorize` becomes a pair of tokens, once.
// @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3

import { TrefoilError } from "@trefoil/protocol/errors";
import type { AuthorizationCodeRecord, Stores } from "../../storage/index.js";
import { isSameDevice } from "../checks/device-binding.js";
import { verifierFits } from "../checks/pkce.js";
import { hashOf, newId } from "../secrets.js";
import { firstPair } from "../token-pair.js";
import type { GrantAsker, GrantContext, TokenAnswer } from "./context.js";
import { announceGrant, openGrant } from "./open-grant.js";
import { refuseReplay } from "./replayed-code.js";

/** The parameters of the request. */
export interface CodeRequest {
  readonly code: string;
  readonly deviceId: string;
  readonly modelId: string;
  readonly codeVerifier: string | undefined;
}

/** What to do with a code. */
export type CodeDecision =
  | { readonly kind: "issue"; readonly code: AuthorizationCodeRecord }
  /** It was used before: what it gave is revoked. */
  | { readonly kind: "replayed"; readonly grantId: string | null }
  | { readonly kind: "refuse"; readonly why: string };

/**
 * @param code what is stored of it
 * @param clientId the client that proved itself
 * @param now milliseconds since the epoch
 */
export function decideCode(
  code: AuthorizationCodeRecord | undefined,
  clientId: string,
  request: CodeRequest,
  now: number,
): CodeDecision {
  if (code === undefined || code.clientId !== clientId) {
    return { kind: "refuse", why: "The code is unknown." };
  }
  if (code.consumedAt !== null) return { kind: "replayed", grantId: code.grantId };
  if (code.expiresAt <= now) return { kind: "refuse", why: "The code has expired." };
  if (!isSameDevice(code, request)) {
    return { kind: "refuse", why: "The code was given to another device_id or model_id." };
  }
  if (!verifierFits(code.codeChallenge, request.codeVerifier)) {
    return { kind: "refuse", why: "The code_verifier does not fit the code_challenge." };
  }
  if (code.termsStateHash !== null && code.termsAgreedAt === null) {
    return { kind: "refuse", why: "The code is pending: terms not agreed." };
  }
  return { kind: "issue", code };
}

/** @throws TrefoilError `invalid_grant` where the code gives nothing */
export async function exchangeCode(
  context: GrantContext,
  asker: GrantAsker,
  request: CodeRequest,
): Promise<TokenAnswer> {
  const { database, clock } = context;
  const hash = hashOf(request.code);
  const now = clock.now();
  const found = await database.stores.authorizationCodes.find(hash);
  const decision = decideCode(found, asker.client.clientId, request, now);
  switch (decision.kind) {
    case "refuse":
      throw new TrefoilError("invalid_grant", decision.why);
    case "replayed":
      return refuseReplay(context, asker, "The code", decision.grantId);
    case "issue": {
      context.limits.takeDevice(decision.code);
      const issued = await issue(context, asker, decision.code, now);
      if (issued !== undefined) return issued;
      // Somebody else was faster, maybe in another process.
      const spent = await database.stores.authorizationCodes.find(hash);
      return refuseReplay(context, asker, "The code", spent?.grantId ?? null);
    }
  }
}

/** @returns undefined where the code was consumed by somebody else meanwhile */
async function issue(
  context: GrantContext,
  asker: GrantAsker,
  code: AuthorizationCodeRecord,
  now: number,
): Promise<TokenAnswer | undefined> {
  const { database, random } = context;
  const grantId = newId(random);
  const pair = firstPair(random);
  const opened = await database.write(async (stores) => {
    if (!(await stores.authorizationCodes.consume(code.hash, now, grantId))) return undefined;
    const accountId = code.accountId ?? (await guestOf(context, stores, code, now));
    return openGrant(context, stores, asker, { grantId, accountId, device: code, pair }, now);
  });
  return opened && announceGrant(context, asker, opened, now);
}

async function guestOf(
  context: GrantContext,
  stores: Stores,
  code: AuthorizationCodeRecord,
  now: number,
): Promise<string> {
  const guest = await stores.accounts.findOrInsertGuest(code, {
    accountId: newId(context.random),
    kind: "guest",
    email: null,
    passwordHash: null,
    createdAt: now,
  });
  return guest.accountId;
}
