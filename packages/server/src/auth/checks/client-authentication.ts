// Who the client is, proved by its secret.
// @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1

import { TrefoilError } from "@trefoil/protocol/errors";
import type { ClientCredentials, ClientRecord } from "../../storage/index.js";
import { basicChallenge } from "../http/challenge.js";
import { type PresentedCredentials, basicOf, isBasic } from "../http/authorization-header.js";
import { type Parameters, parameterBounds } from "../http/parameters.js";
import { equalHashes, hashOf } from "../secrets.js";

/** Credentials, and the way they came: a failed HTTP Basic is answered with a challenge. */
export interface ClientAttempt extends PresentedCredentials {
  readonly method: "parameters" | "basic";
}

/** Compared with where there is no client, so that the time taken does not tell. */
const nobodysHash = hashOf("nobody");

/**
 * Takes the credentials from the parameters or from HTTP Basic, never from both.
 * @throws TrefoilError `invalid_request` where they are missing, given both ways, or malformed
 */
export function presentedCredentials(
  parameters: Parameters,
  authorization: string | null,
): ClientAttempt {
  if (authorization === null || !isBasic(authorization)) {
    return {
      method: "parameters",
      clientId: parameters.required("client_id"),
      clientSecret: parameters.required("client_secret"),
    };
  }
  if (parameters.optional("client_secret") !== undefined) {
    throw new TrefoilError(
      "invalid_request",
      "The client credentials were given twice: in the Authorization header and as parameters.",
    );
  }
  const basic = basicOf(authorization);
  if (basic === undefined) {
    throw new TrefoilError("invalid_request", "The Authorization header is malformed.");
  }
  if (
    Buffer.byteLength(basic.clientId) > parameterBounds.client_id ||
    Buffer.byteLength(basic.clientSecret) > parameterBounds.client_secret
  ) {
    throw new TrefoilError(
      "invalid_request",
      "The client credentials in the Authorization header are too long.",
    );
  }
  const named = parameters.optional("client_id");
  if (named !== undefined && named !== basic.clientId) {
    throw new TrefoilError(
      "invalid_request",
      "The parameter client_id and the Authorization header name different clients.",
    );
  }
  return { method: "basic", ...basic };
}

/**
 * Whether one of the client's live secrets was presented. Every live secret is compared, in constant time, and an
 * unknown client costs the same as a known one.
 */
export function secretMatches(
  credentials: ClientCredentials | undefined,
  presentedSecret: string,
): boolean {
  const presented = hashOf(presentedSecret);
  const hashes = credentials?.secretHashes ?? [];
  let matches = false;
  for (const hash of hashes.length === 0 ? [nobodysHash] : hashes) {
    if (equalHashes(hash, presented)) matches = true;
  }
  return matches && hashes.length > 0;
}

/** How a failed authentication is answered: 400 for the two grants, 401 for `delete` and for HTTP Basic. */
export type FailureStatus = 400 | 401;

/**
 * @returns the client
 * @throws TrefoilError `invalid_client` (400) or `client_unauthenticated` (401), the same for an unknown client and for a
 * wrong secret; `unauthorized_client` where the client proved itself but was switched off
 */
export function authenticatedClient(
  credentials: ClientCredentials | undefined,
  attempt: ClientAttempt,
  failureStatus: FailureStatus,
): ClientRecord {
  if (!secretMatches(credentials, attempt.clientSecret) || credentials === undefined) {
    const sentence = "The client is unknown or its secret is wrong.";
    // A 401 must carry a challenge (RFC 9110 section 15.5.2), and HTTP Basic must be answered with one (RFC 6749
    // section 5.2).
    throw failureStatus === 401 || attempt.method === "basic"
      ? new TrefoilError("client_unauthenticated", sentence, { headers: basicChallenge })
      : new TrefoilError("invalid_client", sentence);
  }
  if (credentials.client.disabledAt !== null) {
    throw new TrefoilError("unauthorized_client", "The client was switched off.");
  }
  return credentials.client;
}
