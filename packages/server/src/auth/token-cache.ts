// The tokens that were checked lately, and the one object for each that tells its holders of a revocation.

import type { DeviceIdentity, VerifiedToken } from "../identity/index.js";

/** {@link VerifiedToken} as the cache keeps it. */
export class CachedToken implements VerifiedToken {
  readonly identity: DeviceIdentity;
  readonly grantId: string;
  readonly expiresAt: number;
  /** The token's digest: where the cache has it. */
  readonly key: string;
  /** Used since the cache last looked for something to drop. */
  touched = false;
  #live = true;
  readonly #listeners = new Set<{ readonly run: () => void }>();

  constructor(key: string, identity: DeviceIdentity, grantId: string, expiresAt: number) {
    this.key = key;
    this.identity = identity;
    this.grantId = grantId;
    this.expiresAt = expiresAt;
  }

  get live(): boolean {
    return this.#live;
  }

  /** Whether somebody waits to hear of its revocation: it is not dropped then. */
  get isHeld(): boolean {
    return this.#listeners.size > 0;
  }

  onRevoked(listener: () => void): () => void {
    if (!this.#live) {
      // Too late to be told later: on the next turn, so that the caller has what it is about to be given.
      queueMicrotask(listener);
      return () => {};
    }
    const entry = { run: listener };
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  /**
   * Ends the token and calls each listener once.
   * @returns what listeners threw; one that fails does not keep the others from hearing
   */
  revoke(): readonly unknown[] {
    if (!this.#live) return [];
    this.#live = false;
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    const failures: unknown[] = [];
    for (const { run } of listeners) {
      try {
        run();
      } catch (error) {
        failures.push(error);
      }
    }
    return failures;
  }
}

/** How many entries are looked at, at most, to find one to drop. */
const maxSteps = 32;

/**
 * Tokens by digest, about least recently used first out (second chance: a hit costs one assignment). Tokens that are
 * held stay, past the capacity if need be: they are as many as connections.
 */
export class TokenCache {
  readonly #capacity: number;
  readonly #tokens = new Map<string, CachedToken>();
  readonly #byGrant = new Map<string, Set<CachedToken>>();

  /** @param capacity how many tokens that nobody holds are kept, about */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#tokens.size;
  }

  get(key: string): CachedToken | undefined {
    const token = this.#tokens.get(key);
    if (token !== undefined) token.touched = true;
    return token;
  }

  add(token: CachedToken): void {
    this.#tokens.set(token.key, token);
    const family = this.#byGrant.get(token.grantId);
    if (family === undefined) this.#byGrant.set(token.grantId, new Set([token]));
    else family.add(token);
    if (this.#tokens.size > this.#capacity) this.#dropOne(token);
  }

  delete(token: CachedToken): void {
    this.#tokens.delete(token.key);
    const family = this.#byGrant.get(token.grantId);
    family?.delete(token);
    if (family?.size === 0) this.#byGrant.delete(token.grantId);
  }

  /** Takes out the tokens of a grant. */
  takeGrant(grantId: string): readonly CachedToken[] {
    const family = [...(this.#byGrant.get(grantId) ?? [])];
    for (const token of family) this.delete(token);
    return family;
  }

  #dropOne(added: CachedToken): void {
    let steps = 0;
    let fallback: CachedToken | undefined;
    for (const [key, token] of this.#tokens) {
      if (token !== added && !token.isHeld) {
        if (!token.touched) {
          this.delete(token);
          return;
        }
        fallback ??= token;
      }
      if (++steps >= maxSteps) break;
      token.touched = false;
      // To the end of the line; the loop would meet it there again, hence the bound on steps.
      this.#tokens.delete(key);
      this.#tokens.set(key, token);
    }
    if (fallback !== undefined) this.delete(fallback);
  }
}
