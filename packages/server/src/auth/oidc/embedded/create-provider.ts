// The OpenID Connect library, configured: little of what it can do, over our accounts, clients and database.
// @see https://openid.net/specs/openid-connect-core-1_0.html

import type { Clock } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import type * as OidcLibrary from "oidc-provider";
import type { Adapter, KoaContextWithOIDC, Provider } from "oidc-provider";
import type { AuthConfig } from "../../../config/index.js";
import type { Logger } from "../../../logging/index.js";
import type { Database } from "../../../storage/index.js";
import { secretMatches } from "../../checks/client-authentication.js";
import { cookieNames } from "../../pages/cookies.js";
import type { Session, Sessions } from "../../pages/sessions.js";
import { type Random, newSecret } from "../../secrets.js";
import { lockedFor } from "../../withdrawal/account-lock.js";
import { clientMetadata } from "./client-metadata.js";
import { interactionPath } from "./mount-path.js";
import { RecordsAdapter } from "./records-adapter.js";
import { scopes } from "./scopes.js";
import type { SigningKeys } from "./signing-keys.js";

/** The library, loaded only once somebody asks for it: it takes its time. */
export type Library = typeof OidcLibrary;

export interface ProviderParts {
  readonly library: Library;
  readonly issuer: string;
  readonly signingKeys: SigningKeys;
  readonly database: Database;
  readonly config: AuthConfig;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly sessions: Sessions;
  /** Answers a browser with a page about a failure. */
  readonly showFailure: (ctx: KoaContextWithOIDC) => Promise<void>;
}

/** How long a person may take to sign in and say yes. Seconds. */
const interactionLifetime = 3_600;
const idTokenLifetime = 3_600;

/** Makes the library's provider. */
export function createProvider(parts: ProviderParts): Provider {
  const { library, issuer, signingKeys, config, log } = parts;
  // Nobody proves anything by it: the comparison below goes by the hashes that we have.
  const noSecret = newSecret(parts.random);
  const never = { enabled: false } as const;
  const cookie = { httpOnly: true, sameSite: "lax", secure: true, signed: false } as const;
  const provider = new library.Provider(issuer, {
    adapter: (model: string) => adapterOf(parts, model, noSecret),
    jwks: signingKeys,
    clientAuthMethods: ["client_secret_basic", "client_secret_post", "none"],
    responseTypes: ["code"],
    scopes,
    claims: { openid: ["sub"], email: ["email", "email_verified"] },
    // Two different clients see the same person: they are the same household's.
    subjectTypes: ["public"],
    pkce: { required: () => true },
    cookies: {
      names: {
        session: "__Host-trefoil-oidc",
        interaction: "__Secure-trefoil-interaction",
        resume: "__Secure-trefoil-resume",
      },
      long: cookie,
      short: cookie,
    },
    features: {
      devInteractions: never,
      claimsParameter: never,
      dPoP: never,
      pushedAuthorizationRequests: never,
      resourceIndicators: never,
      rpInitiatedLogout: never,
      revocation: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
    },
    ttl: {
      AccessToken: config.accountAccessTokenLifetime,
      AuthorizationCode: config.authorizationCodeLifetime,
      IdToken: idTokenLifetime,
      RefreshToken: config.refreshTokenLifetime,
      Interaction: interactionLifetime,
      Session: config.sessionLifetime,
      Grant: config.refreshTokenLifetime,
    },
    // What an app was given outlives the browser's session; signing out everywhere ends it.
    expiresWithSession: () => false,
    rotateRefreshToken: true,
    clientBasedCORS: (_ctx, origin, client) =>
      client.redirectUris?.some((uri) => new URL(uri).origin === origin) === true,
    interactions: {
      policy: interactionPolicy(parts),
      url: (_ctx, { uid }) => `${interactionPath}/${uid}`,
    },
    findAccount: (_ctx, accountId) => findAccount(parts, accountId),
    renderError: (ctx) => parts.showFailure(ctx),
  });
  compareByHash(provider, parts);
  provider.on("server_error", (_ctx, error) =>
    log.error("The OpenID Connect provider failed.", { err: error }),
  );
  return provider;
}

function adapterOf(parts: ProviderParts, model: string, noSecret: string): Adapter {
  const { database, clock, library } = parts;
  const adapter = new RecordsAdapter(model, {
    database,
    clock,
    alreadyConsumed: () => new library.errors.InvalidGrant("already consumed"),
  });
  if (model !== "Client") return adapter;
  // Clients are ours: they are read where they are registered, and written nowhere else.
  return Object.assign(adapter, {
    async find(clientId: string) {
      // No client is called so, and PostgreSQL does not take a NUL in a text.
      if (/\p{Cc}/u.test(clientId)) return undefined;
      const client = await database.stores.clients.get(clientId);
      return client && clientMetadata(client, noSecret);
    },
    async upsert() {
      throw new TrefoilError("internal", "The library has no business registering clients.");
    },
  });
}

/** Only hashes of client secrets are kept, and a client may have two that live. */
function compareByHash(provider: Provider, { database, clock }: ProviderParts): void {
  const { prototype } = provider.Client as unknown as {
    prototype: { clientId: string; compareClientSecret(actual: string): Promise<boolean> };
  };
  prototype.compareClientSecret = async function compareClientSecret(actual) {
    const credentials = await database.stores.clients.credentials(this.clientId, clock.now());
    return secretMatches(credentials, actual);
  };
}

/**
 * When a person is asked. Who is signed in is the account pages' business: the library's own session counts only as long as
 * it says the same.
 */
function interactionPolicy({ library, sessions }: ProviderParts) {
  const { Check, base } = library.interactionPolicy;
  const policy = base();
  const reason = "other_account";
  const sentence = "The person is signed in as somebody else, or not at all";
  policy.get("login")?.checks.add(
    new Check(reason, sentence, "login_required", async (ctx) => {
      if (ctx.oidc.result?.login !== undefined) return Check.NO_NEED_TO_PROMPT;
      const own = await sessionOf(sessions, ctx);
      return own?.accountId === ctx.oidc.session?.accountId
        ? Check.NO_NEED_TO_PROMPT
        : Check.REQUEST_PROMPT;
    }),
  );
  return policy;
}

function sessionOf(sessions: Sessions, ctx: KoaContextWithOIDC): Promise<Session | undefined> {
  const secret = ctx.cookies.get(cookieNames.session, { signed: false });
  return secret === undefined ? Promise.resolve(undefined) : sessions.find(secret);
}

async function findAccount({ database, clock }: ProviderParts, accountId: string) {
  const account = await database.stores.accounts.get(accountId);
  if (account === undefined || lockedFor(account, clock.now()) !== undefined) return undefined;
  const { email } = account;
  return {
    accountId,
    // Nobody has proved that the address is theirs.
    claims: async () => ({
      sub: accountId,
      ...(email === null ? {} : { email, email_verified: false }),
    }),
  };
}
