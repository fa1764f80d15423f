// How often passwords may be tried. One budget for an e-mail address from one network, one for a network, and one for an
// e-mail address from all networks together: the last does not hold for networks on which the person signed in lately, so
// that nobody is locked out of an account by others who guess at it.
// @see https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies

import type { Clock } from "@trefoil/protocol/clock";
import type { AuthConfig } from "../../config/index.js";
import { networkOf } from "../../identity/index.js";
import { digestOf } from "../secrets.js";
import type { AttemptLimiter, CountedKey } from "./attempt-limiter.js";
import { slowDown } from "./endpoint-limits.js";

/** How long a network is remembered on which somebody signed in. Milliseconds. */
const knownFor = 30 * 24 * 60 * 60 * 1_000;

export interface SignInLimitsParts {
  readonly limiter: AttemptLimiter;
  readonly clock: Clock;
  readonly config: AuthConfig;
}

/** One try to sign in. */
export interface SignInTry {
  /** Normalised. */
  readonly email: string;
  readonly remoteAddress: string;
}

/**
 * Counts a try, before the password is looked at. A success gives nothing back.
 * @throws TrefoilError `too_many_requests`
 */
export function countSignIn(parts: SignInLimitsParts, one: SignInTry): void {
  const { limiter, clock, config } = parts;
  const now = clock.now();
  const network = networkOf(one.remoteAddress);
  const guessed = isKnown(parts, one) ? undefined : limiter.wait([failuresOf(parts, one)], now);
  if (guessed !== undefined) throw slowDown(guessed);
  const window = config.signInWindow * 1_000;
  const keys = [
    {
      key: digestOf(`sign-in\0${network}\0${one.email}`),
      limit: { attempts: config.signInAttempts, window },
    },
    {
      key: digestOf(`sign-in network\0${network}`),
      limit: { attempts: config.signInAttemptsPerAddress, window },
    },
  ];
  const retryAfter = limiter.take(keys, now);
  if (retryAfter !== undefined) throw slowDown(retryAfter);
}

/** Notes how a try ended. */
export function noteSignIn(parts: SignInLimitsParts, one: SignInTry, isRight: boolean): void {
  const { limiter, clock } = parts;
  if (isRight) limiter.count([markOf(one)], clock.now());
  else if (!isKnown(parts, one)) limiter.count([failuresOf(parts, one)], clock.now());
}

function isKnown({ limiter, clock }: SignInLimitsParts, one: SignInTry): boolean {
  return limiter.wait([markOf(one)], clock.now()) !== undefined;
}

/** A bucket of one, which a success empties: while it is not full again the network is known. */
function markOf({ email, remoteAddress }: SignInTry): CountedKey {
  const key = digestOf(`signed in\0${networkOf(remoteAddress)}\0${email}`);
  return { key, limit: { attempts: 1, window: knownFor } };
}

function failuresOf({ config }: SignInLimitsParts, { email }: SignInTry): CountedKey {
  const key = digestOf(`sign-in failures\0${email}`);
  const window = config.signInWindow * 1_000;
  return { key, limit: { attempts: config.signInFailuresPerAccount, window } };
}
