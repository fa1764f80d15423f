// Withdrawing from the service: everything of the account ends at once, and it stays locked for a while.

import type { Clock } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { AuthConfig } from "../../config/index.js";
import type { Database, RevokedGrant, Stores } from "../../storage/index.js";
import type { AuditTrail } from "../audit-trail.js";
import type { DeviceOwnerHooks } from "../device-owner.js";
import { type Actor, auditOf } from "../operators/actor.js";
import type { Revocations } from "../revocations.js";

/**
 * Called inside the transaction of a withdrawal, to end what else is the account's. It waits for nothing but `stores`;
 * where it throws, the account does not withdraw.
 */
export type WithdrawalHook = (accountId: string, stores: Stores) => Promise<void>;

export interface WithdrawalsParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly config: AuthConfig;
  readonly revocations: Revocations;
  readonly ownerHooks: DeviceOwnerHooks;
  readonly audit: AuditTrail;
}

/** Lets accounts withdraw from the service. */
export class Withdrawals {
  readonly #parts: WithdrawalsParts;
  readonly #hooks: WithdrawalHook[] = [];

  constructor(parts: WithdrawalsParts) {
    this.#parts = parts;
  }

  /** Calls `hook` whenever an account withdraws. */
  add(hook: WithdrawalHook): void {
    this.#hooks.push(hook);
  }

  /**
   * Withdraws an account: its devices are removed with all that waits for them, their tokens and its sessions end, what it
   * agreed to is taken back, and nobody gets in until the lock has run out (`auth.withdrawalLock`). Signing in after that
   * starts afresh. An account that withdrew already stays as it is.
   * @returns until when it is locked; milliseconds since the epoch
   * @throws TrefoilError `not_found`, or `invalid_request` for a guest, who is no person
   */
  async withdraw(accountId: string, actor: Actor): Promise<number> {
    const { database, clock, config, revocations, audit } = this.#parts;
    const now = clock.now();
    const lockedUntil = now + config.withdrawalLock * 1_000;
    const { ended, until } = await database.write(async (stores) => {
      const account = await stores.accounts.get(accountId);
      if (account === undefined) throw new TrefoilError("not_found", "There is no such account.");
      if (account.kind === "guest") {
        throw new TrefoilError("invalid_request", "A guest account cannot withdraw.");
      }
      // Rows are locked in the order in which signing in locks them (codes, account, devices, grants): whoever exchanges a
      // code at the same time comes before or after, and neither waits for the other in a circle.
      await stores.authorizationCodes.removeOfAccount(accountId);
      if (!(await stores.accounts.lock(accountId, now, lockedUntil))) {
        return { ended: undefined, until: account.lockedUntil ?? lockedUntil };
      }
      return { ended: await this.#endAll(stores, accountId, now, lockedUntil), until: lockedUntil };
    });
    if (ended !== undefined) {
      revocations.announce(ended, "account_withdrawn");
      audit.record({ event: "account.withdraw", outcome: "ok", accountId, ...auditOf(actor) });
    }
    return until;
  }

  /** @returns the grants that ended */
  async #endAll(
    stores: Stores,
    accountId: string,
    now: number,
    lockedUntil: number,
  ): Promise<readonly RevokedGrant[]> {
    await this.#removeDevices(stores, accountId, now);
    const ended = await this.#parts.revocations.revokeIn(
      stores,
      { accountId },
      "account_withdrawn",
    );
    await stores.consents.withdrawAll(accountId, now);
    await stores.accountSessions.removeOfAccount(accountId);
    // They let nobody in, and an app that shows one learns that the account is locked; none is older than the new life.
    await stores.accountTokens.expireOfAccount(accountId, lockedUntil);
    for (const hook of this.#hooks) await hook(accountId, stores);
    return ended;
  }

  async #removeDevices(stores: Stores, accountId: string, now: number): Promise<void> {
    for (;;) {
      // Those that were removed are no longer listed: each page is the first.
      const devices = await stores.devices.list({ accountId });
      if (devices.length === 0) return;
      for (const { deviceKey } of devices) {
        // Somebody else has signed in on it meanwhile.
        if ((await stores.devices.remove(deviceKey, now, accountId)) === undefined) continue;
        await stores.devices.rename(deviceKey, null);
        await this.#parts.ownerHooks.run(
          { deviceKey, reason: "removed", previousAccountId: accountId, accountId: undefined },
          stores,
        );
      }
    }
  }
}
