// The code that a person reads off the device, or hears from it, and types at `/activate`.
// @see https://www.rfc-editor.org/rfc/rfc8628#section-6.1

import { groupedCode, readableCode, typedCode } from "../readable-code.js";
import { type Random, hashOf } from "../secrets.js";

/** Letters of a code: 35 bits, enough for a quarter of an hour of counted tries. */
const length = 8;

/** How many characters a field for one must take: with dashes, spaces, and what people type besides. */
export const userCodeFieldLength = 32;

/** A new code, without its dash. */
export function newUserCode(random: Random): string {
  return readableCode(random, length);
}

/** As it is shown and spoken: `ACEF-HJKL`. */
export function shownUserCode(code: string): string {
  return groupedCode(code);
}

/** What was typed as the code that it means, or undefined where it can be none. */
export function typedUserCode(text: string): string | undefined {
  return typedCode(text, length);
}

/** What is stored of a code. */
export function userCodeHash(code: string): Uint8Array {
  return hashOf(`trefoil user code\0${code}`);
}
