// The data directory: made on the first start, and shown to be writable before anything else is tried.

import { randomUUID } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TrefoilError } from "@trefoil/protocol/errors";
import { reasonOf } from "./file-errors.js";

/**
 * Makes the directory if it is not there (for this user alone: it holds the database) and writes a file into it.
 * @param directory absolute path
 * @throws {TrefoilError} `invalid_configuration` when it cannot be made or written to
 */
export async function prepareDataDirectory(directory: string): Promise<void> {
  const probe = join(directory, `.probe-${randomUUID()}`);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeFile(probe, "", { mode: 0o600 });
    await rm(probe);
  } catch (cause) {
    throw new TrefoilError(
      "invalid_configuration",
      `cannot write to the data directory ${directory}: ${reasonOf(cause)}`,
      { cause },
    );
  }
}
