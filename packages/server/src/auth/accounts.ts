// Accounts of this server: making them, and signing in with e-mail and password.

import type { Clock } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { AuthConfig } from "../config/index.js";
import type {
  AccountRecord,
  AccountTokenKind,
  Database,
  NewAccount,
  Stores,
} from "../storage/index.js";
import { isEmailAddress, normalisedEmail } from "./email-address.js";
import { isGuessable } from "./guessable-passwords.js";
import type { LocalIdentityProvider } from "./local-identity-provider.js";
import { type Passwords, maxPasswordBytes, minPasswordLength } from "./passwords.js";
import { type Random, newId } from "./secrets.js";

/** An account without what only this room needs. */
export type Account = Omit<AccountRecord, "passwordHash">;

export interface AccountRegistryParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly config: AuthConfig;
  readonly passwords: Passwords;
  readonly localProvider: LocalIdentityProvider;
}

/** Accounts of the embedded identity provider, for operators and for the sign-in. */
export class AccountRegistry {
  readonly #parts: AccountRegistryParts;

  constructor(parts: AccountRegistryParts) {
    this.#parts = parts;
  }

  /**
   * Makes an account with e-mail and password.
   * @throws TrefoilError `invalid_request` where one of them will not do, `conflict` where the address is taken
   */
  async createLocal(request: {
    readonly email: string;
    readonly password: string;
  }): Promise<Account> {
    const { database, clock, random, passwords } = this.#parts;
    const email = normalisedEmail(request.email);
    if (!isEmailAddress(email)) {
      throw new TrefoilError("invalid_request", "The e-mail address is not valid.");
    }
    assertPassword(request.password, email);
    const account: NewAccount = {
      accountId: newId(random),
      kind: "local",
      email,
      passwordHash: await passwords.hash(request.password),
      createdAt: clock.now(),
    };
    await database.stores.accounts.insert(account);
    return withoutPassword({ ...account, withdrawnAt: null, lockedUntil: null });
  }

  async get(accountId: string): Promise<Account | undefined> {
    const account = await this.#parts.database.stores.accounts.get(accountId);
    return account && withoutPassword(account);
  }

  async findByEmail(email: string): Promise<Account | undefined> {
    const { database } = this.#parts;
    const account = await database.stores.accounts.findByEmail(normalisedEmail(email));
    return account && withoutPassword(account);
  }

  /** Oldest first. */
  async list(): Promise<readonly Account[]> {
    return (await this.#parts.database.stores.accounts.list()).map(withoutPassword);
  }

  /**
   * Checks an e-mail address and a password; takes as long for an address that nobody has.
   * @returns the account, or undefined where one of them is wrong
   */
  async verifyPassword(email: string, password: string): Promise<Account | undefined> {
    if (Buffer.byteLength(password) > maxPasswordBytes) return undefined;
    const { database, passwords } = this.#parts;
    const account = await database.stores.accounts.findByEmail(normalisedEmail(email));
    const right = await passwords.verify(account?.passwordHash ?? undefined, password);
    return right && account !== undefined ? withoutPassword(account) : undefined;
  }

  /**
   * Gives a new password to an account and ends its sessions and account access tokens. Devices stay signed in.
   * @returns whether there is such an account
   * @throws TrefoilError `invalid_request` where the password will not do
   */
  async setPassword(accountId: string, password: string): Promise<boolean> {
    const account = await this.#parts.database.stores.accounts.get(accountId);
    const passwordHash = await this.hashPassword(password, account?.email ?? null);
    return this.#parts.database.write(async (stores) => {
      await endSignIns(stores, accountId);
      return stores.accounts.setPasswordHash(accountId, passwordHash);
    });
  }

  /**
   * What is stored of a password.
   * @param email the address of its account
   * @throws TrefoilError `invalid_request` where the password will not do
   */
  async hashPassword(password: string, email: string | null): Promise<string> {
    assertPassword(password, email);
    return this.#parts.passwords.hash(password);
  }

  /**
   * Gives an account access token: what `/authorize` takes as its bearer value.
   * @param lifetime seconds; default: the configuration's `auth.accountAccessTokenLifetime`
   * @throws TrefoilError `not_found` where there is no such account
   */
  issueAccountAccessToken(accountId: string, lifetime?: number): Promise<string> {
    const seconds = lifetime ?? this.#parts.config.accountAccessTokenLifetime;
    return this.#issue("access", accountId, seconds);
  }

  /**
   * Gives an account authorization code: what `/authorize` takes with `grant_type=uauth_auth_code_v2`. It works once.
   * @param lifetime seconds; default: the configuration's `auth.authorizationCodeLifetime`
   * @throws TrefoilError `not_found` where there is no such account
   */
  issueAccountAuthorizationCode(accountId: string, lifetime?: number): Promise<string> {
    const seconds = lifetime ?? this.#parts.config.authorizationCodeLifetime;
    return this.#issue("code", accountId, seconds);
  }

  async #issue(kind: AccountTokenKind, accountId: string, lifetime: number): Promise<string> {
    const { database, localProvider } = this.#parts;
    if ((await database.stores.accounts.get(accountId)) === undefined) {
      throw new TrefoilError("not_found", "There is no such account.");
    }
    return localProvider.issue(kind, accountId, lifetime);
  }
}

/** Ends everything that an account is signed in by, besides its devices. */
export async function endSignIns(stores: Stores, accountId: string): Promise<void> {
  await stores.accountSessions.removeOfAccount(accountId);
  await stores.accountTokens.removeOfAccount(accountId);
  await stores.oidcRecords.removeOfAccount(accountId);
}

function assertPassword(password: string, email: string | null): void {
  if (Array.from(password).length < minPasswordLength) {
    throw new TrefoilError(
      "invalid_request",
      `The password has fewer than ${minPasswordLength} characters.`,
    );
  }
  if (Buffer.byteLength(password) > maxPasswordBytes) {
    throw new TrefoilError(
      "invalid_request",
      `The password is longer than ${maxPasswordBytes} bytes.`,
    );
  }
  if (isGuessable(password, email)) {
    throw new TrefoilError(
      "invalid_request",
      "The password is one of those that are guessed first.",
    );
  }
}

/** An account as other rooms see it. */
export function withoutPassword(account: AccountRecord): Account {
  const { passwordHash: _, ...rest } = account;
  return rest;
}
