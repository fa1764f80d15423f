// Whether a request of `/token` holds something that only a device of that client can have. Asked where guessing is slowed:
// a flood of guesses must not keep the devices out that do not guess.

import type { Database } from "../../storage/index.js";
import { hashOf } from "../secrets.js";

/** The secret that a request presents, by its kind. */
export type PresentedProof =
  | { readonly code: string }
  | { readonly refreshToken: string }
  | { readonly accessToken: string }
  | { readonly deviceCode: string };

/**
 * Whether the code or token is live and the client's: 256 random bits, so nobody guesses it.
 * @param now milliseconds since the epoch
 */
export async function holdsLiveProof(
  { stores }: Database,
  proof: PresentedProof,
  clientId: string,
  now: number,
): Promise<boolean> {
  if ("code" in proof) {
    const code = await stores.authorizationCodes.find(hashOf(proof.code));
    return code?.clientId === clientId && code.consumedAt === null && code.expiresAt > now;
  }
  if ("refreshToken" in proof) {
    const token = await stores.refreshTokens.find(hashOf(proof.refreshToken));
    return token?.clientId === clientId && token.grantRevokedAt === null && token.expiresAt > now;
  }
  if ("accessToken" in proof) {
    const token = await stores.accessTokens.find(hashOf(proof.accessToken));
    return token?.clientId === clientId && token.grantRevokedAt === null;
  }
  const device = await stores.deviceAuthorizations.findByDeviceCode(hashOf(proof.deviceCode));
  return device?.clientId === clientId && device.expiresAt > now;
}
