// `GET|POST /authorize`: an account lets a device in, and gets the code that the device exchanges.
// @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1

import type { Clock } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { AuthConfig } from "../config/index.js";
import type { Database } from "../storage/index.js";
import type { AuditTrail } from "./audit-trail.js";
import { codeChallengeOf } from "./checks/pkce.js";
import { bearerOf } from "./http/authorization-header.js";
import type { Caller } from "./http/caller.js";
import type { ParameterName, Parameters } from "./http/parameters.js";
import type { IdentityProvider } from "./identity-provider.js";
import { type EndpointLimits, slowDown } from "./limits/endpoint-limits.js";
import { type Random, hashOf, newSecret } from "./secrets.js";
import { assertOpen } from "./withdrawal/account-lock.js";
import type { TermsRegistry } from "./terms/terms-registry.js";
import { termsUri } from "./terms/terms-request.js";

/** The parameters that `/authorize` knows. */
export const authorizeParameters: ReadonlySet<ParameterName> = new Set<ParameterName>([
  "client_id",
  "code_challenge",
  "code_challenge_method",
  "code_verifier",
  "device_id",
  "grant_type",
  "model_id",
  "request_vu",
  "response_type",
  "state",
]);

/** What the bearer value is, or that there is none to be. */
export type AuthorizeMode =
  | { readonly kind: "account_access_token" }
  /** `grant_type=uauth_auth_code_v2`: we exchange it at the identity provider. */
  | {
      readonly kind: "account_authorization_code";
      /** What the app asked the identity provider with, where it used PKCE there. */
      readonly codeVerifier: string | undefined;
    }
  /** `request_vu=Y` */
  | { readonly kind: "guest" };

/** A request that is in order. */
export interface AuthorizeRequest {
  readonly clientId: string;
  readonly deviceId: string;
  readonly modelId: string;
  readonly state: string;
  readonly codeChallenge: string | null;
  readonly mode: AuthorizeMode;
}

/**
 * Reads the parameters.
 * @param authorization the `Authorization` header
 * @param guests whether this deployment lets guests in
 * @throws TrefoilError `invalid_request`, `unsupported_response_type` or `unsupported_grant_type` naming the parameter
 */
export function readAuthorizeRequest(
  parameters: Parameters,
  authorization: string | null,
  guests: boolean,
): AuthorizeRequest {
  parameters.assertInOrder();
  const request = {
    clientId: parameters.required("client_id"),
    deviceId: parameters.required("device_id"),
    modelId: parameters.required("model_id"),
    responseType: parameters.required("response_type"),
    state: parameters.required("state"),
  };
  if (request.responseType !== "code") {
    throw new TrefoilError(
      "unsupported_response_type",
      "The parameter response_type must be code.",
    );
  }
  const { clientId, deviceId, modelId, state } = request;
  return {
    clientId,
    deviceId,
    modelId,
    state,
    codeChallenge: codeChallengeOf(
      parameters.optional("code_challenge"),
      parameters.optional("code_challenge_method"),
    ),
    mode: readMode(parameters, authorization, guests),
  };
}

function readMode(
  parameters: Parameters,
  authorization: string | null,
  guests: boolean,
): AuthorizeMode {
  const grantType = parameters.optional("grant_type");
  if (grantType !== undefined && grantType !== "uauth_auth_code_v2") {
    throw new TrefoilError(
      "unsupported_grant_type",
      "The parameter grant_type must be uauth_auth_code_v2 or left out.",
    );
  }
  const guest = parameters.optional("request_vu") ?? "N";
  if (guest !== "Y" && guest !== "N") {
    throw new TrefoilError("invalid_request", "The parameter request_vu must be Y or N.");
  }
  if (guest === "N") {
    return grantType === undefined
      ? { kind: "account_access_token" }
      : {
          kind: "account_authorization_code",
          codeVerifier: parameters.optional("code_verifier"),
        };
  }
  if (authorization !== null) {
    throw new TrefoilError(
      "invalid_request",
      "The parameter request_vu asks for a guest, and the Authorization header names an account: one of them must go.",
    );
  }
  if (grantType !== undefined) {
    throw new TrefoilError(
      "invalid_request",
      "The parameter request_vu asks for a guest, and grant_type for an account: one of them must go.",
    );
  }
  if (!guests) {
    throw new TrefoilError(
      "invalid_request",
      "The parameter request_vu asks for a guest, and this server lets no guests in.",
    );
  }
  return { kind: "guest" };
}

/** What `/authorize` works with. */
export interface AuthorizeContext {
  readonly database: Database;
  readonly config: AuthConfig;
  readonly clock: Clock;
  readonly random: Random;
  readonly identityProvider: IdentityProvider;
  readonly audit: AuditTrail;
  readonly terms: TermsRegistry;
  readonly limits: EndpointLimits;
  /** Where this server is reached, without a slash at its end. */
  readonly origin: () => string;
}

/** What is answered: 200, or 451 where the account has to agree to the terms of use before the code works. */
export type AuthorizeAnswer =
  | { readonly status: 200; readonly body: CodeBody }
  | { readonly status: 451; readonly body: CodeBody & { readonly redirect_uri: string } };

interface CodeBody {
  readonly code: string;
  readonly state: string;
}

/**
 * @throws TrefoilError `invalid_client` where the client is unknown, `unauthorized_client` where it was switched off,
 * `access_denied` where the account's credential is missing, unknown or expired, `account_locked` where the account
 * withdrew from the service not long ago
 */
export async function authorize(
  context: AuthorizeContext,
  request: AuthorizeRequest,
  authorization: string | null,
  caller: Caller,
): Promise<AuthorizeAnswer> {
  const about = {
    event: "authorize",
    clientId: request.clientId,
    remoteAddress: caller.remoteAddress,
  };
  const exhausted = context.limits.exhausted(about);
  try {
    const provesNothing = request.mode.kind === "guest" || context.identityProvider.asksElsewhere;
    if (exhausted.of === "address" && provesNothing) throw slowDown(exhausted.retryAfter);
    await assertClient(context, request.clientId);
    const accountId = await accountOf(context, request, authorization);
    if (accountId === null) context.limits.takeGuest(caller.remoteAddress);
    else context.limits.takeCode(accountId, request);
    const asksForTerms = accountId !== null && (await isHeldUp(context, accountId));
    const code = await issueCode(context, request, accountId, asksForTerms);
    const outcome = asksForTerms ? "terms_required" : "ok";
    const detail = request.mode.kind;
    context.audit.record({ ...about, outcome, accountId: accountId ?? undefined, detail });
    const { state } = request;
    return asksForTerms
      ? {
          status: 451,
          body: { code, redirect_uri: termsUri(context.origin(), code, state), state },
        }
      : { status: 200, body: { code, state } };
  } catch (thrown) {
    const failure = TrefoilError.from(thrown);
    // Whoever proved itself has been let through by now: what fails is told no more than to slow down.
    const isGuess = failure.code === "access_denied" || failure.code === "invalid_client";
    const error = exhausted.of !== "none" && isGuess ? slowDown(exhausted.retryAfter) : failure;
    if (context.limits.failed(about, error)) {
      context.audit.record({ ...about, outcome: error.wire.oauth, detail: error.message });
    }
    throw error;
  }
}

async function assertClient(context: AuthorizeContext, clientId: string): Promise<void> {
  const client = await context.database.stores.clients.get(clientId);
  if (client === undefined) {
    throw new TrefoilError("invalid_client", "The parameter client_id names no known client.");
  }
  if (client.disabledAt !== null) {
    throw new TrefoilError("unauthorized_client", "The client was switched off.");
  }
}

/**
 * Whether the account has to agree to the terms of use first.
 * @throws TrefoilError `account_locked`
 */
async function isHeldUp(context: AuthorizeContext, accountId: string): Promise<boolean> {
  assertOpen(await context.database.stores.accounts.get(accountId), context.clock.now());
  return context.terms.mustAsk(accountId);
}

async function issueCode(
  context: AuthorizeContext,
  request: AuthorizeRequest,
  accountId: string | null,
  asksForTerms: boolean,
): Promise<string> {
  const { database, config, clock, random } = context;
  const code = newSecret(random);
  const issuedAt = clock.now();
  await database.stores.authorizationCodes.insert({
    hash: hashOf(code),
    clientId: request.clientId,
    deviceId: request.deviceId,
    modelId: request.modelId,
    accountId,
    codeChallenge: request.codeChallenge,
    termsStateHash: asksForTerms ? hashOf(request.state) : null,
    issuedAt,
    expiresAt: issuedAt + config.authorizationCodeLifetime * 1_000,
  });
  return code;
}

/** @returns the account's id; null for a guest, whose account is made when the code is exchanged */
async function accountOf(
  context: AuthorizeContext,
  { clientId, mode }: AuthorizeRequest,
  authorization: string | null,
): Promise<string | null> {
  if (mode.kind === "guest") return null;
  const { identityProvider } = context;
  if (authorization === null) {
    throw new TrefoilError(
      "access_denied",
      "The Authorization header with the account's credential is missing.",
    );
  }
  const credential = bearerOf(authorization);
  if (credential === undefined) {
    throw new TrefoilError("access_denied", "The Authorization header must be of the form Bearer.");
  }
  if (credential.length > identityProvider.maxCredentialBytes) {
    throw new TrefoilError(
      "invalid_request",
      `The value of the Authorization header is longer than ${identityProvider.maxCredentialBytes} bytes.`,
    );
  }
  const accountId = await (mode.kind === "account_access_token"
    ? identityProvider.accountOf(credential)
    : identityProvider.exchange(credential, { clientId, codeVerifier: mode.codeVerifier }));
  if (accountId !== undefined) return accountId;
  throw new TrefoilError(
    "access_denied",
    mode.kind === "account_access_token"
      ? "The account access token is unknown or has expired."
      : "The account authorization code is unknown, was used, or has expired.",
  );
}
