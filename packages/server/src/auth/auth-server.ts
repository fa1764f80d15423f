// The authorization server as the composition root gets it: routes, token checks, and what operators do.

import type { Clock } from "@trefoil/protocol/clock";
import type { AuthConfig } from "../config/index.js";
import type { TokenVerifier } from "../identity/index.js";
import { type Logger, silentLogger } from "../logging/index.js";
import type { Database, GrantSelector, RevokeReason } from "../storage/index.js";
import { AccessTokenVerifier } from "./access-token-verifier.js";
import { AccountRegistry } from "./accounts.js";
import { type AuthApp, createApp } from "./app.js";
import { AttemptLimiter } from "./attempt-limiter.js";
import { AuditTrail } from "./audit-trail.js";
import { ClientRegistry } from "./clients.js";
import { type DeviceOwnerHook, DeviceOwnerHooks } from "./device-owner.js";
import { DeviceRegistry } from "./devices.js";
import type { IdentityProvider } from "./identity-provider.js";
import { LocalIdentityProvider } from "./local-identity-provider.js";
import { Passwords } from "./passwords.js";
import { Revocations } from "./revocations.js";
import { type Random, systemRandom } from "./secrets.js";
import { Sweeper } from "./sweeper.js";

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
}

/** Devices that shipped refresh an hour before the end; with less than this they would refresh every minute. Seconds. */
const shortestSensibleLifetime = 3_600;

export interface AuthServer {
  /** Answers `/authorize`, `/token` and `/account/sign-in`. Bindings: the peer's address. */
  readonly app: AuthApp;
  /** What the gateway asks. */
  readonly tokens: TokenVerifier;
  readonly clients: ClientRegistry;
  readonly accounts: AccountRegistry;
  readonly devices: DeviceRegistry;
  readonly identityProvider: IdentityProvider;
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
  const audit = new AuditTrail(shared);
  const tokens = new AccessTokenVerifier(shared);
  const revocations = new Revocations({ ...shared, audit, verifier: tokens });
  const ownerHooks = new DeviceOwnerHooks();
  const localProvider = new LocalIdentityProvider(shared);
  const identityProvider = parts.identityProvider ?? localProvider;
  const accounts = new AccountRegistry({ ...shared, passwords: new Passwords(), localProvider });
  const sweeper = new Sweeper(shared);
  const limiter = new AttemptLimiter();

  if (config.accessTokenLifetime <= shortestSensibleLifetime) {
    log.warn(
      "auth.accessTokenLifetime is an hour or less: devices that shipped refresh when less than an hour is left, so they would refresh every minute.",
      { accessTokenLifetime: config.accessTokenLifetime },
    );
  }

  return {
    app: createApp({
      ...shared,
      audit,
      revocations,
      ownerHooks,
      identityProvider,
      accounts,
      limiter,
    }),
    tokens,
    clients: new ClientRegistry({ ...shared, revocations, audit }),
    accounts,
    devices: new DeviceRegistry({ ...shared, revocations, ownerHooks, audit }),
    identityProvider,
    revoke: (selector, reason) => revocations.revoke(selector, reason),
    onDeviceOwnerChanged: (hook) => ownerHooks.add(hook),
    flushAudit: () => audit.flush(),
    start() {
      revocations.start();
      sweeper.start();
    },
    async close() {
      await Promise.all([revocations.stop(), sweeper.stop()]);
      await tokens.settled();
      await audit.flush();
    },
  };
}
