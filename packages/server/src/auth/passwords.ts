// Passwords: argon2id, and never more at once than the machine can bear.
// @see https://www.rfc-editor.org/rfc/rfc9106

import { TrefoilError } from "@trefoil/protocol/errors";

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. The library's default algorithm is argon2id. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Loaded with the first password: it takes 10 MiB, and a server whose people sign in elsewhere never needs it. */
const argon2 = () => import("@node-rs/argon2");

/** Longest password. Bytes. */
export const maxPasswordBytes = 1_024;
/** Shortest password. Characters. @see https://pages.nist.gov/800-63-4/sp800-63b.html */
export const minPasswordLength = 8;

/**
 * What a password is checked against where there is no account: of the same cost, and there from the first question on, so
 * that not even that one takes longer. Nobody knows what it is the hash of.
 */
export const nobodysHash =
  "$argon2id$v=19$m=19456,t=2,p=1$+njAxGuss2RmcHiEw5LBEw$2+K/bsJMvp3T3pJ5GaFCaRtR6OJR3F7rs66Ea/oth5U";

/** How many are worked on at once (each takes 19 MiB and a thread), and how many may wait. */
const maxAtOnce = 2;
const maxWaiting = 64;

/** Hashes and checks passwords. */
export class Passwords {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** The hash to store, in PHC form. */
  hash(password: string): Promise<string> {
    return this.#inTurn(async () => (await argon2()).hash(normalised(password), cost));
  }

  /**
   * Checks a password.
   * @param stored the stored hash; undefined (no such account, no password) takes as long and is never right
   */
  async verify(stored: string | undefined, password: string): Promise<boolean> {
    const right = await this.#inTurn(async () =>
      (await argon2()).verify(stored ?? nobodysHash, normalised(password)),
    );
    return right && stored !== undefined;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= maxAtOnce) {
      if (this.#waiting.length >= maxWaiting) {
        throw new TrefoilError("unavailable", "Too many sign-ins at once; try again.", {
          retryAfter: 2,
        });
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running += 1;
    }
    try {
      return await work();
    } finally {
      // The place passes on; it is given back when nobody waits.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}

/** Keyboards differ in how they compose a letter; the person means the same one. */
function normalised(password: string): string {
  return password.normalize("NFC");
}
