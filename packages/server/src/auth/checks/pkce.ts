// Proof key for code exchange, method S256: whoever exchanges the code is whoever asked for it.
// @see https://www.rfc-editor.org/rfc/rfc7636

import { TrefoilError } from "@trefoil/protocol/errors";
import { encodeBase64Url, equalHashes, hashOf } from "../secrets.js";

const challengeForm = /^[A-Za-z0-9_-]{43}$/;
const verifierForm = /^[A-Za-z0-9._~-]{43,128}$/;

/**
 * The challenge of `/authorize`.
 * @returns null where the client does without
 * @throws TrefoilError `invalid_request` where it is malformed, or of another method than S256
 * @see https://www.rfc-editor.org/rfc/rfc7636#section-4.3
 */
export function codeChallengeOf(
  challenge: string | undefined,
  method: string | undefined,
): string | null {
  if (challenge === undefined) {
    if (method === undefined) return null;
    throw new TrefoilError(
      "invalid_request",
      "The parameter code_challenge_method was given without code_challenge.",
    );
  }
  if (method !== "S256") {
    throw new TrefoilError("invalid_request", "The parameter code_challenge_method must be S256.");
  }
  if (!challengeForm.test(challenge)) {
    throw new TrefoilError(
      "invalid_request",
      "The parameter code_challenge must be 43 characters of base64url.",
    );
  }
  return challenge;
}

/**
 * Whether the verifier of `/token` fits the challenge. A verifier for a code without a challenge is refused too: an
 * attacker who stripped the challenge would show that way.
 * @see https://www.rfc-editor.org/rfc/rfc9700#section-2.1.1
 */
export function verifierFits(challenge: string | null, verifier: string | undefined): boolean {
  if (challenge === null) return verifier === undefined;
  if (verifier === undefined || !verifierForm.test(verifier)) return false;
  return equalHashes(Buffer.from(encodeBase64Url(hashOf(verifier))), Buffer.from(challenge));
}
