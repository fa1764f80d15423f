// `POST /account/sign-in`: e-mail and password become an account access token. For apps and command lines of this
// server's own identity provider. It takes JSON alone, which no form of a foreign page can send.

import type { Clock } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import { z } from "zod";
import type { AuthConfig } from "../config/index.js";
import type { Account, AccountRegistry } from "./accounts.js";
import { maxEmailBytes, normalisedEmail } from "./email-address.js";
import type { AttemptLimiter } from "./limits/attempt-limiter.js";
import { isWorthNoting } from "./limits/endpoint-limits.js";
import { countSignIn, noteSignIn } from "./limits/sign-in-limits.js";
import type { AuditTrail } from "./audit-trail.js";
import type { Caller } from "./http/caller.js";
import { maxPasswordBytes } from "./passwords.js";

/** Largest body. Bytes. */
export const maxSignInBytes = 8_192;

const bounded = (bytes: number) =>
  z
    .string()
    .min(1)
    .refine((text) => Buffer.byteLength(text) <= bytes, `longer than ${bytes} bytes`);

const signInSchema = z.looseObject({
  email: bounded(maxEmailBytes).refine((text) => !/\p{Cc}/u.test(text), "control characters"),
  password: bounded(maxPasswordBytes),
});

export interface SignInContext {
  readonly accounts: AccountRegistry;
  readonly limiter: AttemptLimiter;
  readonly config: AuthConfig;
  readonly clock: Clock;
  readonly audit: AuditTrail;
}

/** The members of the answer. */
export interface SignInAnswer {
  readonly account_access_token: string;
  readonly token_type: "Bearer";
  /** Seconds. */
  readonly expires_in: number;
}

/**
 * @param body the JSON text
 * @throws TrefoilError `invalid_request` naming the member, and what {@link proveAccount} throws
 */
export async function signIn(
  context: SignInContext,
  body: string,
  caller: Caller,
): Promise<SignInAnswer> {
  const { accounts, config } = context;
  const { email, password } = readSignIn(body);
  const { accountId } = await proveAccount(context, email, password, caller);
  return {
    account_access_token: await accounts.issueAccountAccessToken(accountId),
    token_type: "Bearer",
    expires_in: config.accountAccessTokenLifetime,
  };
}

/**
 * Whose e-mail address and password these are. Tries are counted and noted in the audit log.
 * @throws TrefoilError `access_denied`, the same for an unknown address and a wrong password; `too_many_requests` with the
 * seconds to wait
 */
export async function proveAccount(
  context: SignInContext,
  email: string,
  password: string,
  caller: Caller,
): Promise<Account> {
  const { accounts, audit } = context;
  const { remoteAddress } = caller;
  const one = { email: normalisedEmail(email), remoteAddress };
  try {
    countSignIn(context, one);
  } catch (error) {
    if (isWorthNoting(context, remoteAddress)) {
      audit.record({ event: "account.sign_in", outcome: "slow_down", remoteAddress });
    }
    throw error;
  }
  const account = await accounts.verifyPassword(email, password);
  noteSignIn(context, one, account !== undefined);
  if (account === undefined) {
    // Whose it was, where that is anybody: the address itself may be a password that was typed into the wrong field.
    const accountId = (await accounts.findByEmail(email))?.accountId;
    audit.record({ event: "account.sign_in", outcome: "access_denied", accountId, remoteAddress });
    throw new TrefoilError("access_denied", "The e-mail address or the password is wrong.");
  }
  const { accountId } = account;
  audit.record({ event: "account.sign_in", outcome: "ok", accountId, remoteAddress });
  return account;
}

function readSignIn(body: string): z.infer<typeof signInSchema> {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new TrefoilError("invalid_request", "The body is not JSON.");
  }
  const result = signInSchema.safeParse(json);
  if (result.success) return result.data;
  const member = result.error.issues[0]?.path.join(".") ?? "";
  throw new TrefoilError(
    "invalid_request",
    member === ""
      ? "The body must be a JSON object."
      : `The member ${member} is missing, not a text, too long, or has control characters.`,
  );
}
