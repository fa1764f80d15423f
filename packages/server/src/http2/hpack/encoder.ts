// Writes the header blocks of responses. It remembers nothing from one block to the next, so that one encoder serves all
// connections, a held connection costs no table, and no secret can be guessed by how well it compresses (RFC 7541 section 7.1).
// @see https://www.rfc-editor.org/rfc/rfc7541#section-6.2.2

import { staticNameIndex, staticStatusIndex } from "./static-table.js";

/** A response's header fields by their names; a list is as many fields. */
export type ResponseHeaders = Readonly<Record<string, string | readonly string[]>>;

/** The first octet of a dynamic table size update to 0. @see https://www.rfc-editor.org/rfc/rfc7541#section-6.3 */
export const forgetTable = 0x20;

const indexedField = 0x80;
const maxOneByteNameIndex = 14;

/** Where a block is put together; grows to the largest. */
let scratch = Buffer.allocUnsafeSlow(4_096);
let at = 0;

/**
 * Writes a block behind a head that the caller fills in.
 * @param headSize bytes to leave free at the beginning
 * @param prefix an octet that precedes all fields, such as {@link forgetTable}
 * @param date the `date` field's value, where the headers have none of their own
 * @throws {TypeError} where a name or value holds what no header field may
 */
export function encodeResponse(
  headSize: number,
  prefix: number | undefined,
  status: number,
  headers: ResponseHeaders,
  date?: string,
): Buffer {
  at = headSize;
  if (prefix !== undefined) scratch[at++] = prefix;
  putStatus(status);
  let isDated = date === undefined;
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined) continue;
    if (typeof value === "string") putField(name, value);
    else for (const one of value) putField(name, one);
    isDated ||= name === "date";
  }
  if (!isDated && date !== undefined) putField("date", date);
  const block = Buffer.allocUnsafe(at);
  scratch.copy(block, 0, 0, at);
  return block;
}

function putStatus(status: number): void {
  const index = staticStatusIndex.get(status);
  if (index === undefined) putField(":status", String(status));
  else scratch[at++] = indexedField | index;
}

function putField(name: string, value: string): void {
  const index = staticNameIndex.get(name);
  // Two lengths of at most five octets each, and an octet for the index.
  reserve(name.length + value.length + 12);
  if (index === undefined) {
    if (name === "") throw new TypeError("A response header has no name.");
    scratch[at++] = 0;
    putText(name.toLowerCase(), isNameCharacter);
  } else if (index <= maxOneByteNameIndex) {
    scratch[at++] = index;
  } else {
    scratch[at++] = maxOneByteNameIndex + 1;
    scratch[at++] = index - maxOneByteNameIndex - 1;
  }
  putText(value, isValueCharacter);
}

function putText(text: string, allows: (code: number) => boolean): void {
  putLength(text.length);
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (!allows(code)) throw new TypeError("A response header holds a character that it may not.");
    scratch[at++] = code;
  }
}

/** @see https://www.rfc-editor.org/rfc/rfc7541#section-5.1 */
function putLength(length: number): void {
  if (length < 0x7f) {
    scratch[at++] = length;
    return;
  }
  scratch[at++] = 0x7f;
  let rest = length - 0x7f;
  for (; rest >= 0x80; rest >>>= 7) scratch[at++] = (rest & 0x7f) | 0x80;
  scratch[at++] = rest;
}

/** Characters of Latin-1 that can stand in a value. @see https://www.rfc-editor.org/rfc/rfc9113#section-8.2.1 */
export function isValueCharacter(code: number): boolean {
  return (code >= 0x20 && code !== 0x7f && code <= 0xff) || code === 0x09;
}

/** Characters of a token, the capital letters aside. @see https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
export function isNameCharacter(code: number): boolean {
  return nameCharacters[code] === 1;
}

const nameCharacters = new Uint8Array(256);
for (const character of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz") {
  nameCharacters[character.charCodeAt(0)] = 1;
}

function reserve(bytes: number): void {
  if (at + bytes <= scratch.byteLength) return;
  const larger = Buffer.allocUnsafeSlow((at + bytes) * 2);
  scratch.copy(larger, 0, 0, at);
  scratch = larger;
}
