// Signing in by a short code that a person types on a web page, for devices without a companion app: the two requests and
// what their answers mean. @see https://www.rfc-editor.org/rfc/rfc8628

import { TrefoilError } from "@trefoil/protocol/errors";
import type { HttpAnswer, HttpRequest } from "../http/index.js";
import type { ClientCredentials, DeviceIdentity } from "./credentials.js";
import { membersOf, refusalError, refusalOf, stringMember } from "./oauth-answer.js";
import { tokensOf } from "./token-endpoint.js";
import type { Tokens } from "./tokens.js";

/** What the person is shown, or told. */
export interface UserCode {
  /** What to type: read it out letter by letter, or show it as it is. */
  readonly userCode: string;
  /** The page to type it on. */
  readonly verificationUri: string;
  /** The same page with the code filled in, for a QR code; undefined where the server has none. */
  readonly verificationUriComplete: string | undefined;
  /** When the code ends, in milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** A code for the person, and what the device asks with meanwhile. */
export interface DeviceAuthorization {
  readonly user: UserCode;
  /** A secret of the device. */
  readonly deviceCode: string;
  /** Pause between two questions, in milliseconds. */
  readonly interval: number;
}

/** What came of asking whether the person has decided. */
export type DeviceFlowAnswer =
  | { readonly kind: "tokens"; readonly tokens: Tokens }
  /** Not yet. */
  | { readonly kind: "pending" }
  /** Not yet, and ask less often from now on. */
  | { readonly kind: "slow-down" }
  /** The person said no. */
  | { readonly kind: "denied"; readonly description: string }
  /** Nobody decided in time. */
  | { readonly kind: "expired" }
  /** The account has to agree to the terms on this page first; the code is exchanged afterwards. */
  | { readonly kind: "terms"; readonly code: string; readonly page: string }
  /** The server could not say; ask again later. */
  | { readonly kind: "failed"; readonly error: TrefoilError };

const grantType = "urn:ietf:params:oauth:grant-type:device_code";

/** Bounds of what a server may ask for, in seconds. @see https://www.rfc-editor.org/rfc/rfc8628#section-3.2 */
const bounds = {
  interval: { assumed: 5, least: 1, most: 60 },
  lifetime: { assumed: 600, least: 1, most: 86_400 },
} as const;

/** How much the pause grows by `slow_down`, in milliseconds. @see https://www.rfc-editor.org/rfc/rfc8628#section-3.5 */
const slowDownStep = 5_000;

/** Longest pause between two questions, in milliseconds. */
const longestInterval = 300_000;

/**
 * The request for a code.
 * @see https://www.rfc-editor.org/rfc/rfc8628#section-3.1
 */
export function deviceAuthorizationRequest(
  url: URL,
  client: ClientCredentials,
  device: DeviceIdentity,
): HttpRequest {
  return formRequest(url, {
    client_id: client.id,
    client_secret: client.secret,
    device_id: device.id,
    model_id: device.model,
  });
}

/**
 * The code of an answer.
 * @throws {TrefoilError} the refusal's code; `unavailable` where the answer is none of such an endpoint
 */
export function deviceAuthorizationOf(answer: HttpAnswer, now: number): DeviceAuthorization {
  if (answer.status !== 200) {
    const refusal = refusalOf(answer, now);
    if (refusal.status === 404 || refusal.status === 405) {
      throw new TrefoilError(
        "unavailable",
        "This authorization server does not let devices sign in by a code.",
      );
    }
    throw refusalError("The authorization server refused to give a code", refusal);
  }
  const members = membersOf(answer);
  const complete = members["verification_uri_complete"];
  return {
    deviceCode: stringMember(members, "device_code"),
    interval: seconds(members["interval"], bounds.interval) * 1000,
    user: {
      userCode: stringMember(members, "user_code"),
      verificationUri: stringMember(members, "verification_uri"),
      verificationUriComplete: typeof complete === "string" ? complete : undefined,
      expiresAt: now + seconds(members["expires_in"], bounds.lifetime) * 1000,
    },
  };
}

/**
 * The question whether the person has decided.
 * @see https://www.rfc-editor.org/rfc/rfc8628#section-3.4
 */
export function deviceTokenRequest(
  url: URL,
  deviceCode: string,
  client: ClientCredentials,
  device: DeviceIdentity,
): HttpRequest {
  return formRequest(url, {
    grant_type: grantType,
    device_code: deviceCode,
    client_id: client.id,
    client_secret: client.secret,
    device_id: device.id,
    model_id: device.model,
  });
}

/**
 * What an answer to that question means.
 * @throws {TrefoilError} where the request itself was wrong, so that asking again is of no use
 * @see https://www.rfc-editor.org/rfc/rfc8628#section-3.5
 */
export function deviceFlowAnswer(answer: HttpAnswer, now: number): DeviceFlowAnswer {
  if (answer.status === 200) return { kind: "tokens", tokens: tokensOf(answer, now) };
  const members = membersOf(answer);
  if (answer.status === 451) {
    const code = stringMember(members, "code");
    return { kind: "terms", code, page: stringMember(members, "redirect_uri") };
  }
  const refusal = refusalOf(answer, now);
  switch (refusal.error) {
    case "authorization_pending":
      return { kind: "pending" };
    case "slow_down":
      return { kind: "slow-down" };
    case "access_denied":
      return {
        kind: "denied",
        description: refusal.description ?? "The person did not let this device in.",
      };
    case "expired_token":
      return { kind: "expired" };
    default: {
      const error = refusalError("The authorization server refused to give tokens", refusal);
      if (refusal.status >= 500 || refusal.status === 429) return { kind: "failed", error };
      throw error;
    }
  }
}

/**
 * The pause before the next question.
 * @param interval the pause before this one, in milliseconds
 * @returns milliseconds: 5 s longer when the server asks for it, twice as long when it failed or could not be reached
 */
export function nextInterval(interval: number, answer: DeviceFlowAnswer["kind"]): number {
  if (answer === "slow-down") return Math.min(interval + slowDownStep, longestInterval);
  if (answer === "failed") return Math.min(interval * 2, longestInterval);
  return interval;
}

function formRequest(url: URL, members: Record<string, string>): HttpRequest {
  return {
    method: "POST",
    url,
    headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(members).toString(),
  };
}

function seconds(
  value: unknown,
  { assumed, least, most }: { assumed: number; least: number; most: number },
): number {
  const number = typeof value === "number" && Number.isFinite(value) ? value : assumed;
  return Math.min(Math.max(number, least), most);
}
