// Where tokens live while the device is off.

import type { Tokens } from "./tokens.js";

/** Keeps one device's tokens. Implementations need no lock: a client calls one method at a time. */
export interface TokenStore {
  /** What was saved last; undefined where nothing is, or what is there cannot be read as tokens. */
  load(): Promise<Tokens | undefined>;
  /** Saves durably before it resolves: the server may already have forgotten the earlier ones. */
  save(tokens: Tokens): Promise<void>;
  /** Forgets. */
  clear(): Promise<void>;
}

/** Keeps tokens for the life of the process. */
export class MemoryTokenStore implements TokenStore {
  #tokens: Tokens | undefined;

  load(): Promise<Tokens | undefined> {
    return Promise.resolve(this.#tokens);
  }

  save(tokens: Tokens): Promise<void> {
    this.#tokens = tokens;
    return Promise.resolve();
  }

  clear(): Promise<void> {
    this.#tokens = undefined;
    return Promise.resolve();
  }
}
