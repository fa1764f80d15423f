// Tokens in a browser's storage. Whoever can run a script on the page can read them: keep foreign scripts out of it.

import { type TokenStore, type Tokens, isTokens } from "../auth/index.js";

/** As much of the browser's `Storage` as is needed. */
export interface WebStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Keeps tokens in `localStorage`, or in `sessionStorage` for as long as the window is open. */
export class WebStorageTokenStore implements TokenStore {
  readonly #storage: WebStorage;
  readonly #key: string;

  /**
   * @param storage `localStorage` or `sessionStorage`
   * @param key the name under which they are kept
   */
  constructor(storage: WebStorage, key = "trefoil-tokens") {
    this.#storage = storage;
    this.#key = key;
  }

  load(): Promise<Tokens | undefined> {
    try {
      const tokens: unknown = JSON.parse(this.#storage.getItem(this.#key) ?? "null");
      return Promise.resolve(isTokens(tokens) ? tokens : undefined);
    } catch {
      // What somebody else wrote there is as good as nothing.
      return Promise.resolve(undefined);
    }
  }

  async save(tokens: Tokens): Promise<void> {
    this.#storage.setItem(this.#key, JSON.stringify(tokens));
  }

  clear(): Promise<void> {
    this.#storage.removeItem(this.#key);
    return Promise.resolve();
  }
}
