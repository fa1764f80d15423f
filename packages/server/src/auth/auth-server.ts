// The authorization server as the composition root gets it: routes, token checks, and what operators do.

import type { Clock } from "@trefoil/protocol/clock";
import type { AuthConfig } from "../config/index.js";
import type { TokenVerifier } from "../identity/index.js";
import { type Logger, silentLogger } from "../logging/index.js";
import type { Database, GrantSelector, RevokeReason } from "../storage/index.js";
import { AccessTokenVerifier, type TokenChecks } from "./access-token-verifier.js";
import { AccountRegistry } from "./accounts.js";
import { AccountSecurity } from "./account-security.js";
import { type AuthApp, createApp } from "./app.js";
import { AttemptJournal } from "./limits/attempt-journal.js";
import { AttemptLimiter } from "./limits/attempt-limiter.js";
import { EndpointLimits } from "./limits/endpoint-limits.js";
import { AuditTrail } from "./audit-trail.js";
import { ClientRegistry } from "./clients.js";
import { type DeviceOwnerHook, DeviceOwnerHooks } from "./device-owner.js";
import { DeviceRegistry } from "./devices.js";
import type { IdentityProvider } from "./identity-provider.js";
import { EmbeddedProvider } from "./oidc/embedded/embedded-provider.js";
import { newSigningKeys, signingKeysIn } from "./oidc/embedded/signing-keys.js";
import { ExternalIdentityProvider } from "./oidc/external/external-identity-provider.js";
import { externalSettings } from "./oidc/external/presets.js";
import { type PlainFetch, ProviderClient } from "./oidc/external/provider-client.js";
import { SignInOutside, outsideBackPath } from "./oidc/external/sign-in-outside.js";
import { LocalIdentityProvider } from "./local-identity-provider.js";
import type { DevicePresence } from "./pages/account/context.js";
import { FormTokens } from "./pages/form-tokens.js";
import { Sessions } from "./pages/sessions.js";
import { Passwords } from "./passwords.js";
import { Revocations } from "./revocations.js";
import { type Random, systemRandom } from "./secrets.js";
import { Sweeper } from "./sweeper.js";
import { TermsRegistry } from "./terms/terms-registry.js";
import { Operators } from "./operators/operators.js";
import { Withdrawals } from "./withdrawal/withdrawals.js";

/** What the authorization server is made of. */
export interface AuthServerParts {
  /** Opened and migrated; it is not closed here. */
  readonly database: Database;
  readonly config: AuthConfig;
  readonly clock: Clock;
  /** Default: the operating system's. */
  readonly random?: Random;
  /** Default: none. */
  readonly log?: Logger;
  /** Default: the embedded one. */
  readonly identityProvider?: IdentityProvider;
  /**
   * Where browsers and clients reach this server, without a slash at its end. Asked at each request, because a port may be
   * known only once the server listens. Default: `https://localhost`.
   */
  readonly origin?: () => string;
  /** Where the keys are kept that ID tokens are signed with; made when they are first needed. Default: in memory. */
  readonly signingKeysFile?: string;
  /** Our secret at the identity provider elsewhere, where `identityProvider` is `oidc`. */
  readonly externalClientSecret?: string | undefined;
  /** How the identity provider elsewhere is asked. Default: the global one. */
  readonly fetch?: PlainFetch;
  /** Where a device is at this moment, for the account pages. Default: nothing is known. */
  readonly presenceOf?: (deviceKey: string) => DevicePresence | undefined;
  /** Told of each event of the audit log and how it went, for the metrics. Both come from small sets of words. */
  readonly onAudit?: (event: string, outcome: string) => void;
}

export interface AuthServer {
  /** Answers `/authorize`, `/token` and `/account/sign-in`. Bindings: the peer's address. */
  readonly app: AuthApp;
  /** What the gateway asks. */
  readonly tokens: TokenVerifier;
  /** How the checks of access tokens were answered since the start, and how many tokens are in memory. */
  tokenCounts(): { readonly checks: Readonly<TokenChecks>; readonly cached: number };
  readonly clients: ClientRegistry;
  readonly accounts: AccountRegistry;
  readonly devices: DeviceRegistry;
  readonly identityProvider: IdentityProvider;
  /** The terms of use and who agreed to them. */
  readonly terms: TermsRegistry;
  readonly withdrawals: Withdrawals;
  /** What operators do with accounts, tokens and the audit log. */
  readonly operators: Operators;
  /**
   * Revokes grants; listeners of their tokens hear of it at once here, and within a second in other processes.
   * @returns how many grants ended
   */
  revoke(selector: GrantSelector, reason: RevokeReason): Promise<number>;
  /** Calls `hook` whenever a device leaves an account, inside the transaction that does it. */
  onDeviceOwnerChanged(hook: DeviceOwnerHook): void;
  /** Writes what waits to be written to the audit log. */
  flushAudit(): Promise<void>;
  /** Begins to listen for other processes' revocations and to sweep expired rows. */
  start(): void;
  /** Ends what {@link start} began and writes what waits to be written. */
  close(): Promise<void>;
}

/** Puts the authorization server together. */
export function createAuthServer(parts: AuthServerParts): AuthServer {
  const { database, config, clock } = parts;
  const random = parts.random ?? systemRandom;
  const log = parts.log ?? silentLogger;
  const shared = { database, config, clock, random, log };
  const audit = new AuditTrail({ ...shared, onAudit: parts.onAudit });
  const tokens = new AccessTokenVerifier(shared);
  const revocations = new Revocations({ ...shared, audit, verifier: tokens });
  const ownerHooks = new DeviceOwnerHooks();
  const localProvider = new LocalIdentityProvider(shared);
  const origin = parts.origin ?? (() => "https://localhost");
  const limiter = new AttemptLimiter();
  const limits = new EndpointLimits({ ...shared, limiter });
  const external = createExternal(parts, { ...shared, audit, limits, origin });
  const identityProvider = parts.identityProvider ?? external?.identityProvider ?? localProvider;
  const accounts = new AccountRegistry({ ...shared, passwords: new Passwords(), localProvider });
  const sweeper = new Sweeper(shared);
  const journal = new AttemptJournal({ ...shared, limiter });
  const withdrawals = new Withdrawals({ ...shared, revocations, ownerHooks, audit });
  const terms = new TermsRegistry({ ...shared, audit, documents: config.terms });
  const formTokens = new FormTokens(shared);
  const sessions = new Sessions(shared);
  const devices = new DeviceRegistry({ ...shared, revocations, ownerHooks, audit });
  const security = new AccountSecurity({ ...shared, accounts, revocations });
  const presenceOf = parts.presenceOf ?? (() => undefined);

  const { signingKeysFile } = parts;
  const embeddedProvider =
    identityProvider === localProvider
      ? new EmbeddedProvider({
          ...shared,
          audit,
          limits,
          sessions,
          origin,
          signingKeys: () =>
            signingKeysFile === undefined ? newSigningKeys() : signingKeysIn(signingKeysFile),
        })
      : undefined;
  // An app's token that outlives the withdrawal lets nobody in, and tells the app that the account is locked.
  withdrawals.add((accountId, stores) =>
    stores.oidcRecords.removeOfAccount(accountId, "AccessToken"),
  );

  return {
    app: createApp({
      ...shared,
      audit,
      revocations,
      ownerHooks,
      identityProvider,
      accounts,
      limiter,
      limits,
      formTokens,
      sessions,
      terms,
      withdrawals,
      devices,
      security,
      presenceOf,
      origin,
      embeddedProvider,
      outside: external?.outside,
      formTargetsOf: async (path) => (await embeddedProvider?.formTargetsOf(path)) ?? [],
    }),
    tokens,
    tokenCounts: () => ({ checks: tokens.checks, cached: tokens.size }),
    clients: new ClientRegistry({ ...shared, revocations, audit }),
    accounts,
    devices,
    identityProvider,
    terms,
    withdrawals,
    operators: new Operators({
      ...shared,
      accounts,
      devices,
      revocations,
      withdrawals,
      audit,
      limiter,
    }),
    revoke: (selector, reason) => revocations.revoke(selector, reason),
    onDeviceOwnerChanged: (hook) => ownerHooks.add(hook),
    flushAudit: () => audit.flush(),
    start() {
      revocations.start();
      sweeper.start();
      journal.start();
    },
    async close() {
      await Promise.all([revocations.stop(), sweeper.stop(), journal.stop()]);
      await tokens.settled();
      await audit.flush();
    },
  };
}

/** What asking a provider elsewhere takes. @returns undefined where the accounts are our own */
function createExternal(
  { config, externalClientSecret, fetch }: AuthServerParts,
  shared: {
    readonly database: Database;
    readonly clock: Clock;
    readonly random: Random;
    readonly audit: AuditTrail;
    readonly limits: EndpointLimits;
    readonly origin: () => string;
  },
) {
  if (config.identityProvider === "local") return undefined;
  const settings = externalSettings(config.oidc);
  const client = new ProviderClient({
    settings,
    clientSecret: externalClientSecret,
    ...(fetch === undefined ? {} : { fetch }),
  });
  const redirectUri = () => settings.redirectUri ?? `${shared.origin()}${outsideBackPath}`;
  const identityProvider = new ExternalIdentityProvider({
    ...shared,
    settings,
    client,
    redirectUri,
  });
  return {
    identityProvider,
    outside: new SignInOutside({ ...shared, settings, client, identityProvider }),
  };
}
