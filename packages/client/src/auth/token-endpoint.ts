// The three requests to `/token`: exchange a code, refresh, delete.

import type { ClientCredentials, DeviceIdentity } from "./credentials.js";
import type { HttpAnswer, HttpRequest } from "../http/index.js";
import {
  type OAuthRefusal,
  membersOf,
  refusalError,
  refusalOf,
  stringMember,
} from "./oauth-answer.js";
import type { Tokens } from "./tokens.js";

/** What is asked of `/token`. */
export type TokenGrant =
  | { readonly kind: "authorization_code"; readonly code: string }
  | { readonly kind: "refresh_token"; readonly refreshToken: string }
  | { readonly kind: "delete"; readonly accessToken: string };

/** What came of a refresh. */
export type RefreshOutcome =
  | { readonly kind: "tokens"; readonly tokens: Tokens }
  /** The refresh token will never work again: the person signs in anew. */
  | { readonly kind: "refused"; readonly refusal: OAuthRefusal }
  /** The server could not say; the refresh token may be tried again. */
  | { readonly kind: "failed"; readonly refusal: OAuthRefusal };

/** Lifetime that is assumed where an answer names none, in seconds; OAuth leaves it optional. */
const assumedLifetime = 3600;

/** Words after which no repetition helps. `expired_token` is said of a refresh token that was used before. */
const finalWords: ReadonlySet<string> = new Set([
  "unauthorized_client",
  "invalid_grant",
  "expired_token",
  "invalid_client",
  "unsupported_grant_type",
]);

/**
 * A request to `/token`: `grant_type` in the query, everything else in the body, as devices have always sent it.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3
 */
export function tokenRequest(
  url: URL,
  grant: TokenGrant,
  client: ClientCredentials,
  device: DeviceIdentity,
): HttpRequest {
  const target = new URL(url);
  target.searchParams.set("grant_type", grant.kind);
  const form = new URLSearchParams({
    client_id: client.id,
    client_secret: client.secret,
    device_id: device.id,
    model_id: device.model,
  });
  switch (grant.kind) {
    case "authorization_code":
      form.set("code", grant.code);
      break;
    case "refresh_token":
      form.set("refresh_token", grant.refreshToken);
      break;
    case "delete":
      form.set("access_token", grant.accessToken);
      break;
  }
  return {
    method: "POST",
    url: target,
    headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
    body: form.toString(),
  };
}

/**
 * The tokens of an answer.
 * @throws {TrefoilError} the refusal's code; `unavailable` where the answer is none of a token endpoint
 */
export function tokensOf(answer: HttpAnswer, now: number): Tokens {
  if (answer.status !== 200) {
    throw refusalError("The authorization server refused to give tokens", refusalOf(answer, now));
  }
  const members = membersOf(answer);
  const seconds = Number(members["expires_in"] ?? assumedLifetime);
  return {
    accessToken: stringMember(members, "access_token"),
    refreshToken: stringMember(members, "refresh_token"),
    issuedAt: now,
    expiresAt: now + (Number.isFinite(seconds) && seconds > 0 ? seconds : assumedLifetime) * 1000,
  };
}

/** What an answer to a refresh means. @throws {TrefoilError} `unavailable` where it is none of a token endpoint */
export function refreshOutcome(answer: HttpAnswer, now: number): RefreshOutcome {
  if (answer.status === 200) return { kind: "tokens", tokens: tokensOf(answer, now) };
  const refusal = refusalOf(answer, now);
  const final = refusal.status >= 400 && refusal.status < 500 && finalWords.has(refusal.error);
  return { kind: final ? "refused" : "failed", refusal };
}
