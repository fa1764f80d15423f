// Who asks: the bearer token of every request, also on a connection that was fine a second ago.

import { TrefoilError } from "@trefoil/protocol/errors";
import type { ServerStream } from "../http2/index.js";
import type { TokenVerifier, VerifiedToken } from "../identity/index.js";

/** Longest Authorization header that is looked at, in characters. */
const maxAuthorizationLength = 1024;

/**
 * Checks a request's token. At once where the token is known already, else by a promise.
 * @throws {TrefoilError} (or rejects with) `invalid_token` where there is none or it is not live
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-2.1
 */
export function authenticate(
  stream: ServerStream,
  tokens: TokenVerifier,
): VerifiedToken | Promise<VerifiedToken> {
  const authorization = stream.header("authorization");
  if (authorization === undefined) {
    throw unauthorized("The request has no Authorization header: send `Bearer <access token>`.");
  }
  const token = bearerOf(authorization);
  if (token === undefined) {
    throw unauthorized("The Authorization header is not of the form `Bearer <access token>`.");
  }
  const verified = tokens.verify(token);
  return verified instanceof Promise ? verified.then(required) : required(verified);
}

function bearerOf(authorization: string): string | undefined {
  if (authorization.length > maxAuthorizationLength) return undefined;
  if (!/^bearer /i.test(authorization)) return undefined;
  const token = authorization.slice("bearer ".length).trim();
  return token === "" ? undefined : token;
}

function required(verified: VerifiedToken | undefined): VerifiedToken {
  if (verified === undefined) {
    throw unauthorized(
      "The access token is unknown, expired or revoked: refresh it or sign in again.",
    );
  }
  return verified;
}

function unauthorized(message: string): TrefoilError {
  return new TrefoilError("invalid_token", message, {
    headers: { "www-authenticate": 'Bearer realm="cic", error="invalid_token"' },
  });
}
