// Whether an account that withdrew from the service may come back yet.

import { TrefoilError } from "@trefoil/protocol/errors";
import type { AccountRecord } from "../../storage/index.js";

/** The part of an account that this is about. */
export type AccountLock = Pick<AccountRecord, "lockedUntil">;

/**
 * Whole seconds until an account may come back, at least one; undefined where it is not locked.
 * @param now milliseconds since the epoch
 */
export function lockedFor({ lockedUntil }: AccountLock, now: number): number | undefined {
  if (lockedUntil === null || lockedUntil <= now) return undefined;
  return Math.ceil((lockedUntil - now) / 1_000);
}

/**
 * Lets an account pass that is not locked.
 * @throws TrefoilError `account_locked` with the seconds that are left; `access_denied` where there is no account
 */
export function assertOpen(account: AccountLock | undefined, now: number): void {
  if (account === undefined) throw new TrefoilError("access_denied", "There is no such account.");
  const retryAfter = lockedFor(account, now);
  if (retryAfter !== undefined) throw accountLocked(retryAfter);
}

/** @param retryAfter seconds */
export function accountLocked(retryAfter: number): TrefoilError {
  return new TrefoilError(
    "account_locked",
    "The account withdrew from the service; it can be used again after a while.",
    { retryAfter },
  );
}
