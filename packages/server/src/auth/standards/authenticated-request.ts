// What `/revoke` and `/introspect` have in common: a client that proves itself, and a token in the body.

import { TrefoilError } from "@trefoil/protocol/errors";
import type { ClientRecord } from "../../storage/index.js";
import { authenticatedClient, presentedCredentials } from "../checks/client-authentication.js";
import type { GrantContext } from "../grants/context.js";
import type { Caller } from "../http/caller.js";
import type { ParameterName, Parameters } from "../http/parameters.js";
import { slowDown } from "../limits/endpoint-limits.js";
import { findToken } from "./find-token.js";

/** The parameters that the two endpoints know. */
export const tokenQuestionParameters: ReadonlySet<ParameterName> = new Set<ParameterName>([
  "client_id",
  "client_secret",
  "token",
  "token_type_hint",
]);

/** A client that proved itself, and the token that it asks about. */
export interface TokenQuestion {
  readonly client: ClientRecord;
  readonly token: string;
  /** Which kind of token to look for first; a wrong hint costs a look, nothing else. */
  readonly hint: string | undefined;
}

/**
 * @param event how the audit log calls a try that failed
 * @throws TrefoilError `invalid_request`, `client_unauthenticated` (401), `unauthorized_client`, `too_many_requests`
 */
export async function readTokenQuestion(
  context: GrantContext,
  parameters: Parameters,
  authorization: string | null,
  caller: Caller,
  event: string,
): Promise<TokenQuestion> {
  parameters.assertInOrder();
  const token = parameters.required("token");
  const hint = parameters.optional("token_type_hint");
  const attempt = presentedCredentials(parameters, authorization);
  const { database, clock, limits, audit } = context;
  const who = { clientId: attempt.clientId, remoteAddress: caller.remoteAddress };
  try {
    const exhausted = limits.exhausted(who);
    // Whoever has a token that exists does not guess.
    if (exhausted.of !== "none" && (await findToken(database.stores, token, hint)) === undefined) {
      throw slowDown(exhausted.retryAfter);
    }
    const credentials = await database.stores.clients.credentials(attempt.clientId, clock.now());
    return { client: authenticatedClient(credentials, attempt, 401), token, hint };
  } catch (thrown) {
    const error = TrefoilError.from(thrown);
    if (limits.failed(who, error)) {
      audit.record({ ...who, event, outcome: error.wire.oauth, detail: error.message });
    }
    throw error;
  }
}
