// `POST /introspect`: a client asks what a token is; a gateway that runs apart asks it of every token that it is shown.
// @see https://www.rfc-editor.org/rfc/rfc7662

import type { GrantContext } from "../grants/context.js";
import type { TokenQuestion } from "./authenticated-request.js";
import { type FoundToken, findToken } from "./find-token.js";

/** Whether a token works at `now`. */
export function isActive(found: FoundToken, now: number): boolean {
  const { record } = found;
  if (record.grantRevokedAt !== null || record.expiresAt <= now) return false;
  return found.kind === "access_token" || found.record.consumedAt === null;
}

/** Seconds since the epoch. */
const seconds = (milliseconds: number) => Math.floor(milliseconds / 1_000);

/**
 * The members of the answer. Of a token that does not work, or is none of the client's business, it says nothing else than
 * that it is not active.
 * @param origin the issuer
 * @see https://www.rfc-editor.org/rfc/rfc7662#section-2.2
 */
export async function introspect(
  context: GrantContext,
  { client, token, hint }: TokenQuestion,
  origin: string,
): Promise<Readonly<Record<string, unknown>>> {
  const { database, clock, config } = context;
  const found = await findToken(database.stores, token, hint);
  const sees = config.introspectionClients.includes(client.clientId);
  if (
    found === undefined ||
    !isActive(found, clock.now()) ||
    (!sees && found.record.clientId !== client.clientId)
  ) {
    return { active: false };
  }
  const { record } = found;
  if (found.kind === "access_token" && sees && found.record.firstUsedAt === null) {
    // The device has shown it to a gateway: the refresh that gave it is not answered a second time.
    await database.stores.accessTokens.markUsed(record.hash, clock.now());
  }
  return {
    active: true,
    iss: origin,
    sub: record.accountId,
    client_id: record.clientId,
    ...(found.kind === "access_token" ? { token_type: "Bearer" } : {}),
    iat: seconds(record.issuedAt),
    exp: seconds(record.expiresAt),
    device_id: record.deviceId,
    model_id: record.modelId,
    device_key: record.deviceKey,
    grant_id: record.grantId,
  };
}
