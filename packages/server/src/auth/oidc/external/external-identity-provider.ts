// An identity provider elsewhere as `/authorize` asks it: its word on a token is kept for a moment, and whoever it names gets
// an account here that stands for them.

import type { Clock } from "@trefoil/protocol/clock";
import type { Database } from "../../../storage/index.js";
import type { CodeAsker, IdentityProvider } from "../../identity-provider.js";
import { type Random, digestOf, newId } from "../../secrets.js";
import type { ExternalSettings } from "./presets.js";
import type { ExternalPerson, ProviderClient } from "./provider-client.js";

export interface ExternalIdentityProviderParts {
  readonly settings: ExternalSettings;
  readonly client: ProviderClient;
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  /** What apps ask with for the codes that they bring. */
  readonly redirectUri: () => string;
}

/** How many tokens are remembered; past that the ones longest there are forgotten. */
const maxRemembered = 10_000;

interface Remembered {
  readonly accountId: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** {@link IdentityProvider} over one elsewhere. */
export class ExternalIdentityProvider implements IdentityProvider {
  readonly name = "oidc";
  // Some give signed tokens, which are long.
  readonly maxCredentialBytes = 4_096;
  readonly asksElsewhere = true;
  readonly #parts: ExternalIdentityProviderParts;
  readonly #remembered = new Map<string, Remembered>();
  readonly #asking = new Map<string, Promise<string | undefined>>();

  constructor(parts: ExternalIdentityProviderParts) {
    this.#parts = parts;
  }

  async accountOf(accountAccessToken: string): Promise<string | undefined> {
    const key = digestOf(accountAccessToken);
    const known = this.#remembered.get(key);
    if (known !== undefined && known.until > this.#parts.clock.now()) return known.accountId;
    const asking = this.#asking.get(key) ?? this.#ask(key, accountAccessToken);
    this.#asking.set(key, asking);
    return asking.finally(() => this.#asking.delete(key));
  }

  async exchange(accountAuthorizationCode: string, asker: CodeAsker): Promise<string | undefined> {
    const { client, redirectUri } = this.#parts;
    const person = await client.personOfCode(
      accountAuthorizationCode,
      redirectUri(),
      asker.codeVerifier,
    );
    return person && this.accountFor(person);
  }

  /** The account that stands for somebody here; made the first time that they come. @returns its id */
  accountFor({ subject, label }: ExternalPerson): Promise<string> {
    const { database, settings, clock, random } = this.#parts;
    const fresh = {
      accountId: newId(random),
      kind: "federated",
      email: null,
      passwordHash: null,
      createdAt: clock.now(),
    } as const;
    return database.write((stores) =>
      stores.externalIdentities.findOrInsert({ provider: settings.issuer, subject }, label, fresh),
    );
  }

  async #ask(key: string, accessToken: string): Promise<string | undefined> {
    const { client, clock, settings } = this.#parts;
    const person = await client.personOf(accessToken);
    if (person === undefined) {
      this.#remembered.delete(key);
      return undefined;
    }
    const accountId = await this.accountFor(person);
    this.#remembered.delete(key);
    this.#remembered.set(key, { accountId, until: clock.now() + settings.cacheTime });
    if (this.#remembered.size > maxRemembered) {
      const [oldest] = this.#remembered.keys();
      if (oldest !== undefined) this.#remembered.delete(oldest);
    }
    return accountId;
  }
}
