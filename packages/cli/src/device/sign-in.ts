// Signing a simulated device in, and what to tell the person where that does not work.

import { type Client, type SignInOutcome } from "@trefoil/client/node";
import { TrefoilError, isTrefoilError } from "@trefoil/protocol/errors";
import type { Target } from "../known-server/index.js";

/** Codes after which the stored tokens are worth nothing, and signing in anew is worth a try. */
const deadTokens: ReadonlySet<string> = new Set([
  "invalid_token",
  "invalid_grant",
  "expired_token",
  "unauthorized_client",
  "access_denied",
]);

/**
 * Connects; signs in before where there are no tokens, or where those there are turn out to be dead.
 * @param agree asks the person to agree to the terms on a page; answers whether to go on
 * @throws {TrefoilError} with what to do
 */
export async function signInAndConnect(
  client: Client,
  target: Target,
  agree: (page: string) => Promise<boolean>,
): Promise<void> {
  const hadTokens = await client.signedIn();
  if (!hadTokens) await signIn(client, target, agree);
  try {
    await client.connect();
  } catch (error) {
    const dead =
      hadTokens &&
      isTrefoilError(error) &&
      deadTokens.has(error.code) &&
      client.state.phase !== "closed" &&
      !(client.state.phase === "stopped" && client.state.reason === "forbidden");
    if (!dead && !(hadTokens && !(await client.signedIn()))) throw error;
    await signIn(client, target, agree);
    await client.connect();
  }
}

async function signIn(
  client: Client,
  target: Target,
  agree: (page: string) => Promise<boolean>,
): Promise<void> {
  const outcome = await client.signIn(target.proof);
  if (outcome.kind === "signed-in") return;
  if (outcome.kind === "terms" && (await agree(outcome.page))) {
    await client.finishSignIn(outcome.code);
    return;
  }
  throw new TrefoilError("access_denied", refusalOf(outcome, target));
}

function refusalOf(
  outcome: Exclude<SignInOutcome, { kind: "signed-in" }>,
  { server }: Target,
): string {
  switch (outcome.kind) {
    case "terms":
      return `the account has not agreed to the terms of use: open ${outcome.page} and run this again`;
    case "denied":
      return server === "developer"
        ? `the demo account is not let in (${outcome.description}); start the developer server anew, or use --guest`
        : `the account is not let in (${outcome.description}); get a new account token, or use --guest`;
    case "locked": {
      const days = Math.ceil((outcome.retryAfter ?? 0) / 86_400);
      return `the account is locked: ${outcome.guidance}${days > 0 ? ` (${days} days left)` : ""}`;
    }
    case "slow-down":
      return `too many tries; try again in ${outcome.retryAfter} s`;
  }
}
