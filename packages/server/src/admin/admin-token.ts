// Who may use the admin API: the one who knows its token. Only the token's hash is kept in memory.

import { readFile } from "node:fs/promises";
import { TrefoilError } from "@trefoil/protocol/errors";
import { equalHashes, hashOf } from "../auth/index.js";
import { minAdminTokenLength, reasonOf } from "../config/index.js";

/** The SHA-256 of an admin token. */
export const hashAdminToken: (token: string) => Uint8Array = hashOf;

/**
 * Reads the token's file and answers its hash.
 * @param file absolute path
 * @throws {TrefoilError} `invalid_configuration` when it cannot be read or is too short to be a secret
 */
export async function readAdminToken(file: string): Promise<Uint8Array> {
  let token: string;
  try {
    token = (await readFile(file, "utf8")).trim();
  } catch (cause) {
    throw new TrefoilError(
      "invalid_configuration",
      `admin.tokenFile: ${file}: ${reasonOf(cause)}`,
      { cause },
    );
  }
  if (token.length < minAdminTokenLength) {
    throw new TrefoilError(
      "invalid_configuration",
      `admin.tokenFile: ${file}: shorter than ${minAdminTokenLength} characters`,
    );
  }
  return hashAdminToken(token);
}

/** Longest `Authorization` header that is looked at. */
const maxHeaderLength = 1_024;
const challenge = 'Bearer realm="trefoil-admin"';

/**
 * Checks the `Authorization` header, in a time that says nothing of the token.
 * @param header its value, if there was one
 * @param hash what {@link hashAdminToken} answered for the true token
 * @throws {TrefoilError} `invalid_token` with a challenge
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3
 */
export function authenticateAdmin(header: string | undefined, hash: Uint8Array): void {
  const token =
    header !== undefined && header.length <= maxHeaderLength
      ? /^bearer +([\x21-\x7e]+) *$/i.exec(header)?.[1]
      : undefined;
  if (token === undefined) {
    // Without credentials the challenge names no error (RFC 6750 section 3.1).
    throw new TrefoilError(
      "invalid_token",
      "The admin API needs the header Authorization: Bearer with the admin token.",
      { headers: { "www-authenticate": challenge } },
    );
  }
  if (!equalHashes(hashAdminToken(token), hash)) {
    throw new TrefoilError("invalid_token", "This is not the admin token.", {
      headers: { "www-authenticate": `${challenge}, error="invalid_token"` },
    });
  }
}
