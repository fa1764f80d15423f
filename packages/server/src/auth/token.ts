// `GET|POST /token`: the client proves itself, and the grant that it names is carried out.
// @see https://www.rfc-editor.org/rfc/rfc6749#section-3.2

import { TrefoilError } from "@trefoil/protocol/errors";
import {
  authenticatedClient,
  type ClientAttempt,
  type FailureStatus,
  presentedCredentials,
} from "./checks/client-authentication.js";
import { type CodeRequest, exchangeCode } from "./grants/authorization-code.js";
import { type DeviceCodeRequest, deviceCodeGrant, pollDeviceCode } from "./grants/device-code.js";
import type { GrantContext } from "./grants/context.js";
import { type DeleteRequest, deleteToken } from "./grants/delete-token.js";
import { type RefreshRequest, refresh } from "./grants/refresh-token.js";
import type { Caller } from "./http/caller.js";
import { type Asker, slowDown } from "./limits/endpoint-limits.js";
import { holdsLiveProof } from "./limits/live-proof.js";
import type { ParameterName, Parameters } from "./http/parameters.js";

/** The parameters that `/token` knows. */
export const tokenParameters: ReadonlySet<ParameterName> = new Set<ParameterName>([
  "access_token",
  "client_id",
  "client_secret",
  "code",
  "code_verifier",
  "device_code",
  "device_id",
  "grant_type",
  "model_id",
  "refresh_token",
]);

/** A request that is in order, by grant. */
export type TokenRequest =
  | { readonly grantType: "authorization_code"; readonly request: CodeRequest }
  | { readonly grantType: "refresh_token"; readonly request: RefreshRequest }
  | { readonly grantType: typeof deviceCodeGrant; readonly request: DeviceCodeRequest }
  | { readonly grantType: "delete"; readonly request: DeleteRequest };

/** The names of the grants. */
export const grantTypes: readonly TokenRequest["grantType"][] = [
  "authorization_code",
  "refresh_token",
  deviceCodeGrant,
  "delete",
];

/**
 * Reads the parameters of the grant.
 * @throws TrefoilError `invalid_request` naming the parameter, or `unsupported_grant_type`
 */
export function readTokenRequest(parameters: Parameters): TokenRequest {
  parameters.assertInOrder();
  const grantType = parameters.required("grant_type");
  switch (grantType) {
    case "authorization_code":
      return {
        grantType,
        request: {
          code: parameters.required("code"),
          deviceId: parameters.required("device_id"),
          modelId: parameters.required("model_id"),
          codeVerifier: parameters.optional("code_verifier"),
        },
      };
    case "refresh_token":
      return {
        grantType,
        request: {
          refreshToken: parameters.required("refresh_token"),
          deviceId: parameters.optional("device_id"),
          modelId: parameters.required("model_id"),
        },
      };
    case deviceCodeGrant:
      return {
        grantType,
        request: {
          deviceCode: parameters.required("device_code"),
          deviceId: parameters.optional("device_id"),
          modelId: parameters.optional("model_id"),
        },
      };
    case "delete":
      return {
        grantType,
        request: {
          accessToken: parameters.required("access_token"),
          deviceId: parameters.required("device_id"),
          modelId: parameters.required("model_id"),
        },
      };
    default:
      throw new TrefoilError(
        "unsupported_grant_type",
        `The parameter grant_type must be one of ${grantTypes.join(", ")}.`,
      );
  }
}

/**
 * Carries a request out.
 * @param authorization the `Authorization` header
 * @throws TrefoilError with the code of the grant's table
 */
export async function answerToken(
  context: GrantContext,
  parameters: Parameters,
  authorization: string | null,
  caller: Caller,
): Promise<Readonly<Record<string, unknown>>> {
  const token = readTokenRequest(parameters);
  const attempt = presentedCredentials(parameters, authorization);
  const who = { clientId: attempt.clientId, remoteAddress: caller.remoteAddress };
  try {
    await assertNoGuess(context, who, token);
    const client = await authenticate(context, attempt, token.grantType === "delete" ? 401 : 400);
    const asker = { client, caller };
    switch (token.grantType) {
      case "authorization_code":
        return { ...(await exchangeCode(context, asker, token.request)) };
      case "refresh_token":
        return { ...(await refresh(context, asker, token.request)) };
      case deviceCodeGrant:
        return { ...(await pollDeviceCode(context, asker, token.request)) };
      case "delete":
        return { ...(await deleteToken(context, asker, token.request)) };
    }
  } catch (thrown) {
    const error = TrefoilError.from(thrown);
    const isWaiting = error.code === "authorization_pending" || error.code === "polled_too_soon";
    if (!isWaiting && context.limits.failed(who, error)) {
      context.audit.record({
        event: `token.${auditWords[token.grantType]}`,
        outcome: error.wire.oauth,
        ...who,
        detail: error.message,
      });
    }
    throw error;
  }
}

const auditWords = {
  authorization_code: "issue",
  refresh_token: "refresh",
  [deviceCodeGrant]: "device_code",
  delete: "delete",
} as const satisfies Record<TokenRequest["grantType"], string>;

/**
 * Where too much failed, lets only those through who hold a code or token that lives. Before the secret is looked at, so
 * that what is slowed learns nothing of it.
 * @throws TrefoilError `too_many_requests`
 */
async function assertNoGuess(
  { limits, database, clock }: GrantContext,
  who: Asker,
  { request }: TokenRequest,
): Promise<void> {
  const exhausted = limits.exhausted(who);
  if (exhausted.of === "none") return;
  if (await holdsLiveProof(database, request, who.clientId, clock.now())) return;
  throw slowDown(exhausted.retryAfter);
}

async function authenticate(
  context: GrantContext,
  attempt: ClientAttempt,
  failureStatus: FailureStatus,
) {
  const { database, clock } = context;
  const credentials = await database.stores.clients.credentials(attempt.clientId, clock.now());
  return authenticatedClient(credentials, attempt, failureStatus);
}
