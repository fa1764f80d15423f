// What a browser that opens the terms page came with: the pending code and where the app wants it back.

import { TrefoilError } from "@trefoil/protocol/errors";
import type { AuthorizationCodeRecord, ClientRecord } from "../../storage/index.js";
import { type ParameterName, type Parameters } from "../http/parameters.js";
import { equalHashes, hashOf } from "../secrets.js";

/** Where the page is. */
export const termsPath = "/terms";

/** The address of the page for a code that waits: what a 451 answers as `redirect_uri`. */
export function termsUri(origin: string, code: string, state: string): string {
  return `${origin}${termsPath}?code=${encodeURIComponent(code)}&grant_type=code&state=${encodeURIComponent(state)}`;
}

/** The parameters of the page: those of the 451's `redirect_uri`, and the app's own. */
export const termsParameters: ReadonlySet<ParameterName> = new Set<ParameterName>([
  "code",
  "grant_type",
  "redirect_uri",
  "state",
]);

/** Parameters that are in order. */
export interface TermsRequest {
  readonly code: string;
  readonly state: string;
  readonly redirectUri: string | undefined;
}

/** @throws TrefoilError `invalid_request` naming the parameter */
export function readTermsRequest(parameters: Parameters): TermsRequest {
  parameters.assertInOrder();
  const code = parameters.required("code");
  const state = parameters.required("state");
  if ((parameters.optional("grant_type") ?? "code") !== "code") {
    throw new TrefoilError("invalid_request", "The parameter grant_type must be code.");
  }
  return { code, state, redirectUri: parameters.optional("redirect_uri") };
}

/** What to do with a request. */
export type TermsAdmission =
  | { readonly kind: "open"; readonly record: AuthorizationCodeRecord; readonly accountId: string }
  /** The code is unknown, spent or expired, never waited for terms, or came with another `state`. */
  | { readonly kind: "gone" }
  /** The app's redirect URI is not registered: nobody is sent there, whatever happens. */
  | { readonly kind: "foreign_redirect" };

/**
 * @param record what is stored of the code
 * @param client whose code it is
 * @param now milliseconds since the epoch
 */
export function admitToTerms(
  record: AuthorizationCodeRecord | undefined,
  client: ClientRecord | undefined,
  request: TermsRequest,
  now: number,
): TermsAdmission {
  if (
    record === undefined ||
    client === undefined ||
    client.disabledAt !== null ||
    record.accountId === null ||
    record.termsStateHash === null ||
    record.consumedAt !== null ||
    record.expiresAt <= now ||
    !equalHashes(record.termsStateHash, hashOf(request.state))
  ) {
    return { kind: "gone" };
  }
  const { redirectUri } = request;
  // Character for character (RFC 9700 section 4.1.3): what is alike is not the same.
  if (redirectUri !== undefined && !client.redirectUris.includes(redirectUri)) {
    return { kind: "foreign_redirect" };
  }
  return { kind: "open", record, accountId: record.accountId };
}
