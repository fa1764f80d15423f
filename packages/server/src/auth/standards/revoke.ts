// `POST /revoke`: a client gives a token back; the whole grant ends with it.
// @see https://www.rfc-editor.org/rfc/rfc7009

import { TrefoilError } from "@trefoil/protocol/errors";
import type { GrantContext } from "../grants/context.js";
import type { Caller } from "../http/caller.js";
import { type FoundToken, findToken } from "./find-token.js";
import type { TokenQuestion } from "./authenticated-request.js";

/** What to do with a token. */
export type RevocationDecision =
  | { readonly kind: "revoke"; readonly found: FoundToken }
  /** Unknown, or dead already: what the client wants is so. @see https://www.rfc-editor.org/rfc/rfc7009#section-2.2 */
  | { readonly kind: "nothing" }
  | { readonly kind: "refuse" };

/** @param clientId the client that proved itself */
export function decideRevocation(
  found: FoundToken | undefined,
  clientId: string,
): RevocationDecision {
  if (found === undefined) return { kind: "nothing" };
  if (found.record.clientId !== clientId) return { kind: "refuse" };
  return found.record.grantRevokedAt === null ? { kind: "revoke", found } : { kind: "nothing" };
}

/** @throws TrefoilError `invalid_grant` where the token was given to another client */
export async function revokeToken(
  context: GrantContext,
  { client, token, hint }: TokenQuestion,
  caller: Caller,
): Promise<void> {
  const { database, revocations, audit } = context;
  const { clientId } = client;
  const found = await findToken(database.stores, token, hint);
  const decision = decideRevocation(found, clientId);
  const about = { event: "token.revoke", clientId, remoteAddress: caller.remoteAddress };
  switch (decision.kind) {
    case "nothing":
      return;
    case "refuse":
      audit.record({ ...about, outcome: "invalid_grant" });
      throw new TrefoilError("invalid_grant", "The token was given to another client.");
    case "revoke": {
      const { grantId, accountId, deviceKey } = decision.found.record;
      await revocations.revoke({ grantId }, "token_deleted");
      audit.record({ ...about, outcome: "ok", accountId, deviceKey, grantId });
    }
  }
}
