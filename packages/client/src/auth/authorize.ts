// Asking for an authorization code: the request to `/authorize` and every outcome it has.

import { TrefoilError } from "@trefoil/protocol/errors";
import type { AccountProof, ClientCredentials, DeviceIdentity } from "./credentials.js";
import type { HttpAnswer, HttpRequest } from "../http/index.js";
import { membersOf, refusalError, refusalOf, stringMember } from "./oauth-answer.js";

/** What came of asking for an authorization code. */
export type AuthorizeOutcome =
  /** Exchange the code for tokens. */
  | { readonly kind: "code"; readonly code: string }
  /**
   * 451: the account has not agreed to the terms. Open `page` in a web view; once it ends at `clova://agreement-success` (or at
   * your own redirect address without `error`), exchange the code.
   */
  | { readonly kind: "terms"; readonly code: string; readonly page: string }
  /** 423: the account withdrew from the service and cannot return before `retryAfter` seconds. */
  | {
      readonly kind: "locked";
      readonly retryAfter: number | undefined;
      /** What to tell the person. */
      readonly guidance: string;
    }
  /** 403: the proof of the account is unknown or expired; the person signs in at the identity provider again. */
  | { readonly kind: "denied"; readonly description: string }
  /** 429: too many tries; the next one after `retryAfter` seconds. */
  | { readonly kind: "slow-down"; readonly retryAfter: number };

/** Pause that is suggested where a 429 names none, in seconds. */
const defaultPause = 5;

/**
 * The request to `/authorize`. Everything secret travels in the header or the body, so that no log of addresses holds it.
 * @param state a random value that the answer must repeat
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1
 */
export function authorizeRequest(
  url: URL,
  proof: AccountProof,
  client: ClientCredentials,
  device: DeviceIdentity,
  state: string,
): HttpRequest {
  const form = new URLSearchParams({
    client_id: client.id,
    device_id: device.id,
    model_id: device.model,
    response_type: "code",
    state,
  });
  const headers: Record<string, string> = {
    accept: "application/json",
    "content-type": "application/x-www-form-urlencoded",
  };
  switch (proof.kind) {
    case "account-token":
      headers["authorization"] = `Bearer ${proof.token}`;
      break;
    case "account-code":
      headers["authorization"] = `Bearer ${proof.code}`;
      form.set("grant_type", "uauth_auth_code_v2");
      break;
    case "guest":
      form.set("request_vu", "Y");
      break;
  }
  return { method: "POST", url, headers, body: form.toString() };
}

/**
 * What an answer of `/authorize` means.
 * @throws {TrefoilError} where the request itself was wrong (`invalid_request`, `invalid_client`, ...), the server failed
 *   (`internal`, `unavailable`) or the answer repeats another `state` than was sent (`access_denied`)
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-10.12
 */
export function authorizeOutcome(answer: HttpAnswer, state: string, now: number): AuthorizeOutcome {
  const members = membersOf(answer);
  switch (answer.status) {
    case 200: {
      const code = stringMember(members, "code");
      checkState(members, state);
      return { kind: "code", code };
    }
    case 451: {
      const code = stringMember(members, "code");
      const page = stringMember(members, "redirect_uri");
      checkState(members, state);
      return { kind: "terms", code, page };
    }
    default:
      return refused(answer, now);
  }
}

function refused(answer: HttpAnswer, now: number): AuthorizeOutcome {
  const refusal = refusalOf(answer, now);
  switch (refusal.status) {
    case 403:
      return {
        kind: "denied",
        description: refusal.description ?? "The account access token is not accepted.",
      };
    case 423:
      return {
        kind: "locked",
        retryAfter: refusal.retryAfter,
        guidance:
          refusal.description ??
          "This account left the service less than one month ago and cannot be used again yet.",
      };
    case 429:
      return { kind: "slow-down", retryAfter: refusal.retryAfter ?? defaultPause };
    default:
      throw refusalError("The authorization server refused to give a code", refusal);
  }
}

function checkState(members: Readonly<Record<string, unknown>>, state: string): void {
  if (members["state"] === state) return;
  throw new TrefoilError(
    "access_denied",
    "The answer belongs to another request: its state differs.",
  );
}
