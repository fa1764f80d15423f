// Codes that people read and type: letters and digits of which no two look or sound alike in the usual fonts, no vowels but
// A, E and U, so that hardly a word comes out.
// @see https://www.rfc-editor.org/rfc/rfc8628#section-6.1

import { type Random, hashOf, mac } from "./secrets.js";

/** What codes are made of: 4.46 bits each. */
export const codeAlphabet = "ACEFHJKLMNPRTUVWXY3479";

const codeForm = new RegExp(`^[${codeAlphabet}]+$`);

/** The largest multiple of the alphabet's size below 256: bytes from there on would favour the first letters. */
const fairBytes = 256 - (256 % codeAlphabet.length);

/** A random code, without separators. */
export function readableCode(random: Random, length: number): string {
  let code = "";
  while (code.length < length) {
    for (const byte of random(length)) {
      if (byte < fairBytes && code.length < length)
        code += codeAlphabet[byte % codeAlphabet.length];
    }
  }
  return code;
}

/** As it is shown: groups of four with a dash between them. */
export function groupedCode(code: string): string {
  return (code.match(/.{1,4}/g) ?? []).join("-");
}

/**
 * A code as a person typed it, back in its plain form: wide letters of Japanese keyboards, small letters, dashes and spaces
 * make no difference.
 * @returns undefined where it is no code of this length, so that there is nothing to look up
 */
export function typedCode(text: string, length: number): string | undefined {
  const plain = text
    .normalize("NFKC")
    .toUpperCase()
    .replaceAll(/[\s\p{Pd}._]/gu, "");
  if (plain.length !== length) return undefined;
  return codeForm.test(plain) ? plain : undefined;
}

/** Bytes that follow from a secret: always the same, and without it not to be told from random ones. */
export function derivedRandom(secret: string, purpose: string): Random {
  const key = hashOf(`trefoil derived ${purpose}\0${secret}`);
  let block = 0;
  return (size) => {
    const blocks: Uint8Array[] = [];
    for (let length = 0; length < size; length += 32) blocks.push(mac(key, String(block++)));
    return Buffer.concat(blocks).subarray(0, size);
  };
}
