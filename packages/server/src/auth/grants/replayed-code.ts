// A code that comes back after it was spent: somebody else has it, so that what it gave ends.
// @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2

import { TrefoilError } from "@trefoil/protocol/errors";
import type { GrantAsker, GrantContext } from "./context.js";

/**
 * @param what how the message calls the code, as in `The code`
 * @param grantId what the code gave; null where it gave nothing
 * @throws TrefoilError `invalid_grant`, always
 */
export async function refuseReplay(
  context: GrantContext,
  { caller }: GrantAsker,
  what: string,
  grantId: string | null,
): Promise<never> {
  if (grantId !== null) {
    await context.revocations.revoke({ grantId }, "code_reused", caller.remoteAddress);
  }
  throw new TrefoilError("invalid_grant", `${what} has been used.`);
}
