// The pair of tokens that a grant gives: a random one at first, and one derived from the spent refresh token after that.

import { type Random, encodeBase64Url, hashOf, mac, newSecret } from "./secrets.js";

/** An access token and the refresh token that goes along with it. */
export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** The first pair of a grant. */
export function firstPair(random: Random): TokenPair {
  return { accessToken: newSecret(random), refreshToken: newSecret(random) };
}

/**
 * The pair that follows a spent refresh token. It is the same whenever, and in whichever process, it is derived from the
 * same token and salt; so an answer that was lost can be repeated though only hashes are stored. The salt alone, which a
 * database dump shows, gives nothing: the key is the spent token itself.
 * @param spentToken the refresh token as it was presented
 * @param salt 32 random bytes that are stored with the spent token
 */
export function successorPair(spentToken: string, salt: Uint8Array): TokenPair {
  // Hashed, because a longer key than one block would be hashed by HMAC anyway: one form for all. Under a label of its
  // own, because the plain SHA-256 of the token is what the database shows.
  const key = hashOf(`trefoil refresh key\0${spentToken}`);
  return {
    accessToken: encodeBase64Url(mac(key, "trefoil access token\0", salt)),
    refreshToken: encodeBase64Url(mac(key, "trefoil refresh token\0", salt)),
  };
}
