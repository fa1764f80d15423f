// Tokens in a file that only its owner can read.

import { type TokenStore, type Tokens, isTokens } from "../auth/index.js";
import { PrivateJsonFile } from "./private-json-file.js";

/**
 * Keeps tokens as the member `tokens` of a JSON file with mode 600, replaced atomically and synced. Other members of the file are
 * left alone, so that an application can keep the device's id beside them.
 */
export class FileTokenStore implements TokenStore {
  readonly #file: PrivateJsonFile;

  /** @param file its path, or the file that the application uses too */
  constructor(file: string | PrivateJsonFile) {
    this.#file = typeof file === "string" ? new PrivateJsonFile(file) : file;
  }

  async load(): Promise<Tokens | undefined> {
    const tokens = (await this.#file.read())?.["tokens"];
    return isTokens(tokens) ? tokens : undefined;
  }

  save(tokens: Tokens): Promise<void> {
    const { accessToken, refreshToken, issuedAt, expiresAt } = tokens;
    return this.#file.update({ tokens: { accessToken, refreshToken, issuedAt, expiresAt } });
  }

  clear(): Promise<void> {
    return this.#file.update({ tokens: undefined });
  }
}
