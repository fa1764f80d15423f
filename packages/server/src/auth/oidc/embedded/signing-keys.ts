// The keys that ID tokens are signed with: made once, kept in a file that only the server's user reads. Not in the database:
// whoever has a copy of that must not be able to sign.

import { generateKeyPair } from "node:crypto";
import { mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { TrefoilError } from "@trefoil/protocol/errors";
import { z } from "zod";
import { digestOf } from "../../secrets.js";

const keySetSchema = z.looseObject({
  keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })).min(1),
});

/** A JSON Web Key Set with private keys. @see https://www.rfc-editor.org/rfc/rfc7517#section-5 */
export type SigningKeys = z.infer<typeof keySetSchema>;

/** New keys. RSA, because every client of OpenID Connect can check it. */
export async function newSigningKeys(): Promise<SigningKeys> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2_048 });
  const jwk = privateKey.export({ format: "jwk" });
  const kid = digestOf(String(jwk.n))
    .replaceAll(/[^a-z0-9]/gi, "")
    .slice(0, 16);
  return { keys: [{ ...jwk, kty: "RSA", kid, use: "sig", alg: "RS256" }] };
}

/**
 * The keys in a file; it is made where it is not there. To change the key put a new one before the old one in it, and take
 * the old one out a day later.
 * @throws TrefoilError `invalid_configuration` where the file cannot be read or made, or holds no keys
 */
export async function signingKeysIn(file: string): Promise<SigningKeys> {
  try {
    return await readKeys(file);
  } catch (error) {
    if (!isCode(error, "ENOENT")) throw unusable(file, error);
  }
  try {
    const keys = await newSigningKeys();
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(file, "wx", 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(keys)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return keys;
  } catch (error) {
    // Another process was faster: its keys are the keys.
    if (isCode(error, "EEXIST")) return readKeys(file);
    throw unusable(file, error);
  }
}

async function readKeys(file: string): Promise<SigningKeys> {
  return keySetSchema.parse(JSON.parse(await readFile(file, "utf8")));
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

function unusable(file: string, cause: unknown): TrefoilError {
  return new TrefoilError(
    "invalid_configuration",
    `The keys of the OpenID Connect provider in ${file} cannot be read or made.`,
    { cause },
  );
}
