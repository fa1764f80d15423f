// Form tokens: a form is taken only from a page that we gave to the same browser, for the same purpose, and once.
// The token is signed with a secret that only this browser has (its session cookie, say), so that nothing is stored for the
// forms that are never sent; those that were sent are remembered until they expire.
// @see https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html

import type { Clock } from "@trefoil/protocol/clock";
import type { Database } from "../../storage/index.js";
import { type Random, encodeBase64Url, equalHashes, hashOf, mac } from "../secrets.js";

/** How long a form may stay open. Milliseconds. */
export const formLifetime = 8 * 60 * 60 * 1_000;

const nonceBytes = 16;
const tokenForm = /^([\w-]{22})\.([0-9a-z]{1,12})\.([\w-]{43})$/;

/** What a token was found to be. `forged`: not ours, not this browser's, or for another purpose. `stale`: sent before, or expired. */
export type FormTokenState = "good" | "forged" | "stale";

export interface FormTokensParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
}

/** Gives and takes form tokens. */
export class FormTokens {
  readonly #parts: FormTokensParts;

  constructor(parts: FormTokensParts) {
    this.#parts = parts;
  }

  /**
   * A token to be put into a hidden field of a form.
   * @param secret what only this browser has: the value of its session cookie or form cookie, or a code it was given
   * @param purpose what the form is for, with what it is about: a token of one form is no good in another
   */
  issue(secret: string, purpose: string): string {
    const { clock, random } = this.#parts;
    const nonce = encodeBase64Url(random(nonceBytes));
    const expires = (clock.now() + formLifetime).toString(36);
    return `${nonce}.${expires}.${signature(secret, purpose, nonce, expires)}`;
  }

  /** Checks a token and uses it up: of several tries with the same, in however many processes, one alone is `good`. */
  async spend(secret: string, purpose: string, token: string): Promise<FormTokenState> {
    const { database, clock } = this.#parts;
    const [, nonce, expires, signed] = tokenForm.exec(token) ?? [];
    if (nonce === undefined || expires === undefined || signed === undefined) return "forged";
    const right = signature(secret, purpose, nonce, expires);
    if (!equalHashes(Buffer.from(right), Buffer.from(signed))) return "forged";
    const expiresAt = Number.parseInt(expires, 36);
    if (expiresAt <= clock.now()) return "stale";
    const first = await database.stores.spentFormTokens.insert(hashOf(token), expiresAt);
    return first ? "good" : "stale";
  }
}

function signature(secret: string, purpose: string, nonce: string, expires: string): string {
  const key = hashOf(`trefoil form key\0${secret}`);
  return encodeBase64Url(mac(key, `${nonce}.${expires}\0${purpose}`));
}
