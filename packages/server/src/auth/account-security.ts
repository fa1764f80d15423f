// What guards an account besides its password: recovery codes, sessions, and ending all of them at once.

import type { Clock } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { Database } from "../storage/index.js";
import { type AccountRegistry, endSignIns } from "./accounts.js";
import { normalisedEmail } from "./email-address.js";
import { derivedRandom, groupedCode, readableCode, typedCode } from "./readable-code.js";
import type { Revocations } from "./revocations.js";
import { hashOf } from "./secrets.js";

/** How many recovery codes an account has, and how long each is: 89 bits. */
const recoveryCodes = 10;
export const recoveryCodeLength = 20;

export interface AccountSecurityParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly accounts: AccountRegistry;
  readonly revocations: Revocations;
}

/** Guards the accounts of the embedded identity provider. */
export class AccountSecurity {
  readonly #parts: AccountSecurityParts;

  constructor(parts: AccountSecurityParts) {
    this.#parts = parts;
  }

  /**
   * Gives an account new recovery codes in the place of those before. Only their hashes are kept: who has the seed can
   * show them.
   * @param seed a new random secret
   */
  async renewRecoveryCodes(accountId: string, seed: string): Promise<void> {
    const { database, clock } = this.#parts;
    const hashes = recoveryCodesOf(seed).map((code) => recoveryHash(code.replaceAll("-", "")));
    await database.write((stores) => stores.recoveryCodes.replace(accountId, hashes, clock.now()));
  }

  /** Whether the recovery codes of a seed are those that an account has, with at least one that is unused. */
  async hasRecoveryCodes(accountId: string, seed: string): Promise<boolean> {
    const { recoveryCodes } = this.#parts.database.stores;
    for (const code of recoveryCodesOf(seed)) {
      const hash = recoveryHash(code.replaceAll("-", ""));
      if (await recoveryCodes.isUnused(accountId, hash)) return true;
    }
    return false;
  }

  /** How many recovery codes an account has left. */
  unusedRecoveryCodes(accountId: string): Promise<number> {
    return this.#parts.database.stores.recoveryCodes.countUnused(accountId);
  }

  /**
   * Sets a new password for whoever has a recovery code, which is used up. All sessions and account access tokens end.
   * @returns the account's id, or undefined where address and code do not belong together or the code was used
   * @throws TrefoilError `invalid_request` where the new password will not do
   */
  async recover(
    email: string,
    typedRecoveryCode: string,
    password: string,
  ): Promise<string | undefined> {
    const { database, clock, accounts } = this.#parts;
    const code = typedCode(typedRecoveryCode, recoveryCodeLength);
    const account = await database.stores.accounts.findByEmail(normalisedEmail(email));
    const accountId = account?.accountId ?? "";
    const hash = recoveryHash(code ?? "");
    // Looked up first: hashing the new password takes the machine's time, which nobody gets without a right code.
    if (!(await database.stores.recoveryCodes.isUnused(accountId, hash))) return undefined;
    const passwordHash = await accounts.hashPassword(password, account?.email ?? null);
    return database.write(async (stores) => {
      if (!(await stores.recoveryCodes.consume(accountId, hash, clock.now()))) return undefined;
      await stores.accounts.setPasswordHash(accountId, passwordHash);
      await endSignIns(stores, accountId);
      return accountId;
    });
  }

  /**
   * Sets a new password. All sessions and account access tokens end; devices stay signed in.
   * @throws TrefoilError `invalid_request` where the new password will not do; `not_found`
   */
  async changePassword(accountId: string, password: string): Promise<void> {
    if (await this.#parts.accounts.setPassword(accountId, password)) return;
    throw new TrefoilError("not_found", "There is no such account.");
  }

  /**
   * Ends all sessions and account access tokens of an account.
   * @param devices whether its devices are signed out too, back to their set-up
   */
  async signOutEverywhere(accountId: string, devices: boolean): Promise<void> {
    const { database, revocations } = this.#parts;
    const ended = await database.write(async (stores) => {
      await endSignIns(stores, accountId);
      return devices ? revocations.revokeIn(stores, { accountId }, "signed_out") : [];
    });
    revocations.announce(ended, "signed_out");
  }
}

/** The recovery codes that follow from a seed, as they are shown. */
export function recoveryCodesOf(seed: string): readonly string[] {
  const random = derivedRandom(seed, "recovery codes");
  return Array.from({ length: recoveryCodes }, () =>
    groupedCode(readableCode(random, recoveryCodeLength)),
  );
}

function recoveryHash(code: string): Uint8Array {
  return hashOf(`trefoil recovery code\0${code}`);
}
