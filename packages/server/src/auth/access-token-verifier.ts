// Checks access tokens: from memory where they were checked before, else from the database; revocations reach it at once.

import type { Clock } from "@trefoil/protocol/clock";
import type { TokenVerifier, VerifiedToken } from "../identity/index.js";
import type { Logger } from "../logging/index.js";
import type { Database } from "../storage/index.js";
import { digestOf } from "./secrets.js";
import { CachedToken, TokenCache } from "./token-cache.js";

/** Longest bearer value that is looked at. Characters. */
const maxTokenLength = 512;
/** How many tokens that turned out not to work are remembered, and for how long (milliseconds). */
const maxRejected = 4_096;
const rejectedFor = 10_000;

export interface AccessTokenVerifierParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  /** How many tokens are kept in memory, besides those of open connections. Default 50,000: about 20 MB. */
  readonly capacity?: number;
}

/** How checks were answered: from memory, from the database, or by a refusal (from either). */
export interface TokenChecks {
  cached: number;
  loaded: number;
  refused: number;
}

/** {@link TokenVerifier} over the database. */
export class AccessTokenVerifier implements TokenVerifier {
  readonly #parts: AccessTokenVerifierParts;
  readonly #cache: TokenCache;
  /** Digest to the time until which it is not looked up again: shields the database from a device that keeps trying. */
  readonly #rejected = new Map<string, number>();
  readonly #loading = new Map<string, Promise<VerifiedToken | undefined>>();
  /** Grants revoked while a token was being read: what was read may be older than the revocation. */
  readonly #revokedMeanwhile = new Set<string>();
  readonly #marking = new Set<Promise<void>>();
  /** Read by the metrics. */
  readonly checks: TokenChecks = { cached: 0, loaded: 0, refused: 0 };

  constructor(parts: AccessTokenVerifierParts) {
    this.#parts = parts;
    this.#cache = new TokenCache(parts.capacity ?? 50_000);
  }

  /** How many tokens are in memory. */
  get size(): number {
    return this.#cache.size;
  }

  verify(token: string): VerifiedToken | undefined | Promise<VerifiedToken | undefined> {
    if (token === "" || token.length > maxTokenLength) return this.#refuse();
    const key = digestOf(token);
    const now = this.#parts.clock.now();
    const known = this.#cache.get(key);
    if (known !== undefined) {
      if (known.expiresAt <= now) return this.#refuse();
      this.checks.cached++;
      return known;
    }
    const rejectedUntil = this.#rejected.get(key);
    if (rejectedUntil !== undefined) {
      if (rejectedUntil > now) return this.#refuse();
      this.#rejected.delete(key);
    }
    const loading = this.#loading.get(key);
    if (loading !== undefined) return loading;
    const load = this.#load(key).finally(() => {
      this.#loading.delete(key);
      if (this.#loading.size === 0) this.#revokedMeanwhile.clear();
    });
    this.#loading.set(key, load);
    return load;
  }

  /** Ends the tokens of these grants in this process. Grants that are not known here are no matter. */
  revoked(grantIds: readonly string[]): void {
    for (const grantId of grantIds) {
      if (this.#loading.size > 0) this.#revokedMeanwhile.add(grantId);
      for (const token of this.#cache.takeGrant(grantId)) {
        this.#reject(token.key);
        for (const error of token.revoke()) {
          this.#parts.log.error("A listener failed when a token was revoked.", { err: error });
        }
      }
    }
  }

  /** Resolves when what was noted of tokens is written. */
  async settled(): Promise<void> {
    await Promise.all(this.#marking);
  }

  async #load(key: string): Promise<VerifiedToken | undefined> {
    const { database, clock } = this.#parts;
    const hash = Buffer.from(key, "base64");
    const record = await database.stores.accessTokens.find(hash);
    if (
      record === undefined ||
      record.grantRevokedAt !== null ||
      record.expiresAt <= clock.now() ||
      this.#revokedMeanwhile.has(record.grantId)
    ) {
      this.#reject(key);
      return this.#refuse();
    }
    this.checks.loaded++;
    const { deviceKey, accountId, clientId, deviceId, modelId, grantId, expiresAt } = record;
    const identity = { deviceKey, accountId, clientId, deviceId, modelId };
    const token = new CachedToken(key, identity, grantId, expiresAt);
    this.#cache.add(token);
    if (record.firstUsedAt === null) this.#markUsed(hash);
    return token;
  }

  /** Off the path of the request: that the answer of a refresh arrived may be noted a moment later. */
  #markUsed(hash: Uint8Array): void {
    const { database, clock, log } = this.#parts;
    const marking = database.stores.accessTokens
      .markUsed(hash, clock.now())
      .catch((error: unknown) => {
        log.warn("The first use of an access token could not be noted.", { err: error });
      })
      .finally(() => this.#marking.delete(marking));
    this.#marking.add(marking);
  }

  #refuse(): undefined {
    this.checks.refused++;
  }

  #reject(key: string): void {
    if (this.#rejected.size >= maxRejected) {
      const [oldest] = this.#rejected.keys();
      if (oldest !== undefined) this.#rejected.delete(oldest);
    }
    this.#rejected.set(key, this.#parts.clock.now() + rejectedFor);
  }
}
