// Where the terms page sends the app, and what it tells it there.

import type { TermsDecision } from "./agreement.js";

/** How the terms page ends. `server_error`: the server failed. */
export type TermsOutcome = TermsDecision["kind"] | "server_error";

/** Where web views of apps without a redirect URI are sent. */
const agreed = "clova://agreement-success";
const failed = "clova://agreement-failure";

/** What an app with a redirect URI gets along: as it gave it (`state`), and as it got it (`code`). */
export interface ReturnAddress {
  /** One of the client's registered URIs. */
  readonly redirectUri: string;
  readonly code: string;
  readonly state: string;
}

/** Where browsers may be led by a form of the terms page, for its `form-action`: a scheme or an origin. */
export function formTargetOf(redirectUri: string | undefined): string {
  const { protocol, origin } = new URL(redirectUri ?? agreed);
  return origin === "null" ? protocol : origin;
}

/**
 * The `Location` of an outcome.
 * @param back undefined where the app gave no redirect URI
 */
export function locationOf(outcome: TermsOutcome, back: ReturnAddress | undefined): string {
  const error = outcome === "agreed" ? "" : `error=${outcome}`;
  if (back === undefined) return error === "" ? agreed : `${failed}?${error}`;
  const { redirectUri, code, state } = back;
  const parts = [
    `code=${encodeURIComponent(code)}`,
    `state=${encodeURIComponent(state)}`,
    ...(error === "" ? [] : [error]),
  ];
  // A query that was registered with it stays (RFC 6749 section 3.1.2).
  return `${redirectUri}${joint(redirectUri)}${parts.join("&")}`;
}

function joint(uri: string): string {
  if (!uri.includes("?")) return "?";
  return /[?&]$/.test(uri) ? "" : "&";
}
