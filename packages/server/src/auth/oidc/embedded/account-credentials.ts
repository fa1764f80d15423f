// What apps get from the embedded OpenID Connect provider, as `/authorize` takes it: an access token is an account access
// token, and an authorization code an account authorization code, where the person let the app sign devices in.

import type { AdapterPayload } from "oidc-provider";
import type { Database } from "../../../storage/index.js";
import { verifierFits } from "../../checks/pkce.js";
import type { CodeAsker } from "../../identity-provider.js";
import { payloadOf, recordHash } from "./records-adapter.js";
import { devicesScope, hasScope } from "./scopes.js";

const accessToken = "AccessToken";
const authorizationCode = "AuthorizationCode";

/** Whose access token this is. @returns undefined where it is unknown or expired, or not for devices */
export async function accountOfAccessToken(
  { stores }: Database,
  token: string,
  now: number,
): Promise<string | undefined> {
  const hash = recordHash(accessToken, token);
  const record = await stores.oidcRecords.find(accessToken, hash, now);
  if (record === undefined || !hasScope(payloadOf(record).scope, devicesScope)) return undefined;
  return record.accountId ?? undefined;
}

/** What to do with a code. */
export type AccountCodeDecision = "exchange" | "replayed" | "refuse";

/** @param code what is stored of it */
export function decideAccountCode(code: AdapterPayload, asker: CodeAsker): AccountCodeDecision {
  if (code.clientId !== asker.clientId || !hasScope(code.scope, devicesScope)) return "refuse";
  if (!verifierFits(code.codeChallenge ?? null, asker.codeVerifier)) return "refuse";
  return code.consumed === undefined ? "exchange" : "replayed";
}

/**
 * Exchanges an authorization code. One that comes back ends what its grant gave, as at the provider's own token endpoint.
 * @returns whose it was, or undefined where it gives nothing
 */
export async function exchangeAuthorizationCode(
  database: Database,
  code: string,
  asker: CodeAsker,
  now: number,
): Promise<string | undefined> {
  const { oidcRecords } = database.stores;
  const hash = recordHash(authorizationCode, code);
  const record = await oidcRecords.find(authorizationCode, hash, now);
  if (record === undefined) return undefined;
  const decision = decideAccountCode(payloadOf(record), asker);
  if (decision === "refuse") return undefined;
  const isFirst =
    decision === "exchange" && (await oidcRecords.consume(authorizationCode, hash, now));
  if (isFirst) return record.accountId ?? undefined;
  if (record.grantHash !== null) {
    await oidcRecords.removeOfGrant(accessToken, record.grantHash);
    await oidcRecords.removeOfGrant("RefreshToken", record.grantHash);
  }
  return undefined;
}
