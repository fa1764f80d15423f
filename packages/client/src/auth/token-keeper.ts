// Keeps a device's tokens fresh: one refresh at a time, before the end where possible, saved before it is used.

import type { Clock, Timer } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { AuthorizationServer } from "./authorization-server.js";
import { type OAuthRefusal, refusalError } from "./oauth-answer.js";
import type { TokenStore } from "./token-store.js";
import { type Tokens, refreshTime } from "./tokens.js";

/** Whether there is a token to use. */
export type TokenAnswer =
  | { readonly kind: "token"; readonly accessToken: string }
  /** There is none, and none can be had without the person. */
  | { readonly kind: "sign-in"; readonly error: TrefoilError }
  /** There is none just now; `error.retryAfter` says when to ask again, where the server said so. */
  | { readonly kind: "failed"; readonly error: TrefoilError };

/** What the keeper tells its owner. */
export interface TokenKeeperListener {
  /** There are new tokens. */
  refreshed(tokens: Tokens): void;
  /** The person must sign in again. */
  signInNeeded(error: TrefoilError): void;
  /** The store failed; the tokens live on in memory. */
  storeFailed(error: unknown): void;
}

/** What the keeper works with. */
export interface TokenKeeperOptions {
  readonly server: Pick<AuthorizationServer, "refresh">;
  readonly store: TokenStore;
  readonly clock: Clock;
  /** 0 <= random() < 1. */
  readonly random: () => number;
  readonly listener: TokenKeeperListener;
}

/** Pause after a refresh that failed, doubling from the first to the longest, in milliseconds. */
const retryPause = { first: 1_000, longest: 60_000 };

/** Longest span of one timer, in milliseconds: setTimeout runs longer ones at once. */
const longestTimer = 2_147_483_647;

/** Words that say that the stored tokens are dead, whoever asks with them. */
const deadWords: ReadonlySet<string> = new Set([
  "unauthorized_client",
  "invalid_grant",
  "expired_token",
]);

/** The tokens of one device. */
export class TokenKeeper {
  readonly #options: TokenKeeperOptions;
  #tokens: Tokens | undefined;
  #loaded = false;
  #refused: TrefoilError | undefined;
  #refreshing: Promise<TokenAnswer> | undefined;
  #timer: Timer | undefined;
  #running = false;
  #failures = 0;

  constructor(options: TokenKeeperOptions) {
    this.#options = options;
  }

  /** The tokens as they are, from the store at first; undefined where the device is not signed in. */
  async tokens(): Promise<Tokens | undefined> {
    if (!this.#loaded) {
      const stored = await this.#stored();
      // Not where somebody has signed in or out meanwhile.
      if (!this.#loaded) this.#tokens = stored;
      this.#loaded = true;
    }
    return this.#tokens;
  }

  /** Takes tokens that were just given, and saves them. */
  async adopt(tokens: Tokens): Promise<void> {
    this.#loaded = true;
    this.#tokens = tokens;
    this.#refused = undefined;
    this.#failures = 0;
    await this.#save(tokens);
    this.#schedule();
  }

  /** Forgets the tokens, here and in the store. */
  async forget(): Promise<void> {
    this.#tokens = undefined;
    this.#loaded = true;
    this.#timer?.cancel();
    await this.#saveCurrent();
  }

  /** A token that is not known to be useless: refreshed first where it has expired. */
  async accessToken(): Promise<TokenAnswer> {
    const tokens = await this.tokens();
    if (tokens === undefined) return this.#signIn();
    if (tokens.expiresAt <= this.#options.clock.now()) return this.renew(tokens.accessToken);
    return { kind: "token", accessToken: tokens.accessToken };
  }

  /**
   * Another token than this one, which the gateway refused. Whoever asks meanwhile shares the one refresh.
   * @param rejected the access token that was refused
   */
  async renew(rejected: string): Promise<TokenAnswer> {
    const tokens = await this.tokens();
    if (tokens === undefined) return this.#signIn();
    if (tokens.accessToken !== rejected) return { kind: "token", accessToken: tokens.accessToken };
    this.#refreshing ??= this.#refresh(tokens).finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  /** Refreshes ahead of the end from now on. */
  start(): void {
    this.#running = true;
    this.#schedule();
  }

  /** Refreshes only when asked. */
  stop(): void {
    this.#running = false;
    this.#timer?.cancel();
  }

  async #refresh(tokens: Tokens): Promise<TokenAnswer> {
    const elsewhere = await this.#newerThan(tokens);
    if (this.#tokens !== tokens) return this.#current();
    if (elsewhere !== undefined) return this.#use(elsewhere);
    try {
      const outcome = await this.#options.server.refresh(tokens.refreshToken);
      if (this.#tokens !== tokens) return this.#current();
      switch (outcome.kind) {
        case "tokens":
          await this.#save(outcome.tokens);
          if (this.#tokens === tokens) return this.#use(outcome.tokens);
          await this.#saveCurrent();
          return this.#current();
        case "refused":
          return await this.#refusedFor(tokens, outcome.refusal);
        case "failed":
          return this.#failed(refusalError("The token could not be refreshed", outcome.refusal));
      }
    } catch (error) {
      return this.#failed(TrefoilError.from(error));
    }
  }

  /**
   * Signed out, or in anew, while something was waited for: what a refresh brought concerns nobody any more. The tokens are
   * answered as they are, because a further refresh would wait for this one.
   */
  #current(): TokenAnswer {
    const tokens = this.#tokens;
    return tokens === undefined
      ? this.#signIn()
      : { kind: "token", accessToken: tokens.accessToken };
  }

  #use(tokens: Tokens): TokenAnswer {
    this.#tokens = tokens;
    this.#refused = undefined;
    this.#failures = 0;
    this.#options.listener.refreshed(tokens);
    this.#schedule();
    return { kind: "token", accessToken: tokens.accessToken };
  }

  #failed(error: TrefoilError): TokenAnswer {
    this.#failures++;
    this.#schedule(error.retryAfter);
    return { kind: "failed", error };
  }

  async #refusedFor(tokens: Tokens, refusal: OAuthRefusal): Promise<TokenAnswer> {
    // Another process with the same store may have been quicker: then its tokens are ours, whatever its clock said.
    const elsewhere = await this.#otherThan(tokens);
    if (this.#tokens !== tokens) return this.#current();
    if (elsewhere !== undefined) return this.#use(elsewhere);
    this.#refused = refusalError("Sign in again: the tokens are no longer accepted", refusal);
    const error = this.#refused;
    if (deadWords.has(refusal.error)) {
      await this.forget();
    } else {
      // A wrong client secret says nothing about the tokens: they wait in the store for it to be put right.
      this.#tokens = undefined;
      this.#loaded = false;
    }
    this.#options.listener.signInNeeded(error);
    return { kind: "sign-in", error };
  }

  #signIn(): TokenAnswer {
    const error =
      this.#refused ?? new TrefoilError("access_denied", "This device is not signed in yet.");
    return { kind: "sign-in", error };
  }

  #schedule(retryAfter?: number): void {
    this.#timer?.cancel();
    const tokens = this.#tokens;
    if (!this.#running || tokens === undefined) return;
    const { clock, random } = this.#options;
    const delay =
      this.#failures === 0
        ? refreshTime(tokens, random()) - clock.now()
        : Math.max(
            (retryAfter ?? 0) * 1000,
            random() * Math.min(retryPause.first * 2 ** this.#failures, retryPause.longest),
          );
    this.#timer = clock.after(Math.min(Math.max(0, delay), longestTimer), () => {
      if (delay > longestTimer) this.#schedule();
      else void this.renew(tokens.accessToken);
    });
  }

  /** What another process with the same store has refreshed meanwhile. */
  async #newerThan(tokens: Tokens): Promise<Tokens | undefined> {
    const stored = await this.#otherThan(tokens);
    return stored !== undefined && stored.issuedAt > tokens.issuedAt ? stored : undefined;
  }

  /** Other tokens in the store that have not expired. */
  async #otherThan(tokens: Tokens): Promise<Tokens | undefined> {
    const stored = await this.#stored();
    if (stored === undefined || stored.accessToken === tokens.accessToken) return undefined;
    return stored.expiresAt > this.#options.clock.now() ? stored : undefined;
  }

  async #stored(): Promise<Tokens | undefined> {
    try {
      return await this.#options.store.load();
    } catch (error) {
      this.#options.listener.storeFailed(error);
      return undefined;
    }
  }

  /** Has the store hold what is held here. */
  async #saveCurrent(): Promise<void> {
    if (this.#tokens !== undefined) return this.#save(this.#tokens);
    try {
      await this.#options.store.clear();
    } catch (error) {
      this.#options.listener.storeFailed(error);
    }
  }

  async #save(tokens: Tokens): Promise<void> {
    try {
      await this.#options.store.save(tokens);
    } catch (error) {
      this.#options.listener.storeFailed(error);
    }
  }
}
