// Who is signed in on the pages: a random secret in a cookie, stored by its hash.

import type { Clock } from "@trefoil/protocol/clock";
import type { AuthConfig } from "../../config/index.js";
import type { Database, Stores } from "../../storage/index.js";
import { assertOpen, lockedFor } from "../withdrawal/account-lock.js";
import { type Random, hashOf, newSecret } from "../secrets.js";

/** Somebody who is signed in. */
export interface Session {
  /** The cookie's value; never stored. */
  readonly secret: string;
  readonly accountId: string;
  /** How they call themselves, for the head of the page. */
  readonly label: string;
  /** Whether they sign in with a password of ours. */
  readonly hasPassword: boolean;
  /** When they proved who they are. Milliseconds since the epoch. */
  readonly signedInAt: number;
}

export interface SessionsParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly config: AuthConfig;
}

/** The sessions of people on the pages. */
export class Sessions {
  readonly #parts: SessionsParts;

  constructor(parts: SessionsParts) {
    this.#parts = parts;
  }

  /** How long a session lasts. Seconds. */
  get lifetime(): number {
    return this.#parts.config.sessionLifetime;
  }

  /**
   * Signs an account in.
   * @returns the new session's secret, for the cookie
   * @throws TrefoilError `account_locked` where the account withdrew and has to wait
   */
  start(accountId: string): Promise<string> {
    return this.startIn(this.#parts.database.stores, accountId);
  }

  /** The same inside a transaction. */
  async startIn(stores: Stores, accountId: string): Promise<string> {
    const { clock, random } = this.#parts;
    const secret = newSecret(random);
    const startedAt = clock.now();
    if (!(await stores.accounts.enter(accountId, startedAt))) {
      assertOpen(await stores.accounts.get(accountId), startedAt);
    }
    await stores.accountSessions.insert({
      hash: hashOf(secret),
      accountId,
      startedAt,
      expiresAt: startedAt + this.lifetime * 1_000,
    });
    return secret;
  }

  /** The live session of a cookie. */
  async find(secret: string): Promise<Session | undefined> {
    const { database, clock } = this.#parts;
    const record = await database.stores.accountSessions.findLive(hashOf(secret), clock.now());
    if (record === undefined) return undefined;
    const account = await database.stores.accounts.get(record.accountId);
    if (account === undefined || lockedFor(account, clock.now()) !== undefined) return undefined;
    const { accountId, email, kind } = account;
    const hasPassword = kind === "local";
    const label =
      email ?? (await database.stores.externalIdentities.ofAccount(accountId))?.label ?? "";
    return { secret, accountId, label, hasPassword, signedInAt: record.startedAt };
  }

  /** Ends one session. */
  end(secret: string): Promise<void> {
    return this.#parts.database.stores.accountSessions.remove(hashOf(secret));
  }
}
