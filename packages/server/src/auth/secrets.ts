// Making, hashing and comparing what must not be guessed: secrets, codes and tokens.

import * as crypto from "node:crypto";

/** A source of random bytes; `crypto.randomBytes` but for tests. */
export type Random = (size: number) => Uint8Array;

/** Random bytes of the operating system. */
export const systemRandom: Random = (size) => crypto.randomBytes(size);

/** How many random bytes stand in a secret, a code or a token: 256 bits. */
export const secretBytes = 32;

/** A new secret, code or token: 43 URL-safe characters without meaning. */
export function newSecret(random: Random): string {
  return encodeBase64Url(random(secretBytes));
}

/** A new id: a UUID of version 4. @see https://www.rfc-editor.org/rfc/rfc9562#section-5.4 */
export function newId(random: Random): string {
  const bytes = Buffer.from(random(16));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join("-");
}

export function encodeBase64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64url");
}

interface OneShotHash {
  (algorithm: string, data: string, encoding: "base64"): string;
  (algorithm: string, data: string, encoding: "buffer"): Buffer;
}

/** `crypto.hash` came with Node.js 20.12 and takes half the time. */
const oneShot = (crypto as { readonly hash?: OneShotHash }).hash;

/** The SHA-256 under which a secret, code or token is stored. */
export const hashOf: (secret: string) => Uint8Array =
  oneShot === undefined
    ? (secret) => crypto.createHash("sha256").update(secret).digest()
    : (secret) => oneShot("sha256", secret, "buffer");

/** The SHA-256 of a token as a text: the key of caches, so that no cache holds a token. */
export const digestOf: (token: string) => string =
  oneShot === undefined
    ? (token) => crypto.createHash("sha256").update(token).digest("base64")
    : (token) => oneShot("sha256", token, "base64");

/** Compares two hashes in a time that says nothing of where they differ. */
export function equalHashes(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && crypto.timingSafeEqual(a, b);
}

/** HMAC-SHA256. */
export function mac(key: Uint8Array, ...parts: readonly (string | Uint8Array)[]): Uint8Array {
  const hmac = crypto.createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}
