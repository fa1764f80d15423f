// The embedded identity provider: accounts kept here, with account access tokens and account authorization codes of its own.

import type { Clock } from "@trefoil/protocol/clock";
import type { AccountTokenKind, Database } from "../storage/index.js";
import type { CodeAsker, IdentityProvider } from "./identity-provider.js";
import {
  accountOfAccessToken,
  exchangeAuthorizationCode,
} from "./oidc/embedded/account-credentials.js";
import { type Random, hashOf, newSecret } from "./secrets.js";

/** What {@link LocalIdentityProvider} works with. */
export interface LocalIdentityProviderParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
}

/** {@link IdentityProvider} over the accounts of this server. */
export class LocalIdentityProvider implements IdentityProvider {
  readonly name = "local";
  readonly maxCredentialBytes = 512;
  readonly asksElsewhere = false;
  readonly #parts: LocalIdentityProviderParts;

  constructor(parts: LocalIdentityProviderParts) {
    this.#parts = parts;
  }

  async accountOf(accountAccessToken: string): Promise<string | undefined> {
    const { database, clock } = this.#parts;
    const token = await database.stores.accountTokens.findLive(
      hashOf(accountAccessToken),
      "access",
      clock.now(),
    );
    return (
      token?.accountId ?? (await accountOfAccessToken(database, accountAccessToken, clock.now()))
    );
  }

  async exchange(accountAuthorizationCode: string, asker: CodeAsker): Promise<string | undefined> {
    const { database, clock } = this.#parts;
    const hash = hashOf(accountAuthorizationCode);
    const now = clock.now();
    const code = await database.stores.accountTokens.findLive(hash, "code", now);
    if (code === undefined) {
      return exchangeAuthorizationCode(database, accountAuthorizationCode, asker, now);
    }
    return (await database.stores.accountTokens.consume(hash, now)) ? code.accountId : undefined;
  }

  /**
   * Gives an app a token or code for an account.
   * @param lifetime seconds
   */
  async issue(kind: AccountTokenKind, accountId: string, lifetime: number): Promise<string> {
    const { database, clock, random } = this.#parts;
    const secret = newSecret(random);
    const issuedAt = clock.now();
    await database.stores.accountTokens.insert({
      hash: hashOf(secret),
      kind,
      accountId,
      issuedAt,
      expiresAt: issuedAt + lifetime * 1_000,
    });
    return secret;
  }
}
