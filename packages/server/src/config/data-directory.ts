// The data directory: made on the first start, and shown to be writable before anything else is tried.

import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
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
    await makeDirectory(directory);
    await writeFile(probe, "", { mode: 0o600 });
    await rm(probe);
  } catch (cause) {
    throw unusable(directory, cause);
  }
}

/**
 * Finds out whether {@link prepareDataDirectory} would succeed, and leaves nothing behind.
 * @param directory absolute path
 * @throws {TrefoilError} `invalid_configuration` when it would not
 */
export async function checkDataDirectory(directory: string): Promise<void> {
  let present = directory;
  try {
    while (!(await isDirectory(present))) present = dirname(present);
    // Permissions alone do not tell: file systems such as /proc take no directories from anybody.
    await rmdir(await mkdtemp(join(present, ".probe-")));
  } catch (cause) {
    throw unusable(directory, cause);
  }
}

/** Step by step: node's own way of making parents never ends where a directory is there and takes none, as /proc. */
async function makeDirectory(directory: string): Promise<void> {
  if (await isDirectory(directory)) return;
  await makeDirectory(dirname(directory));
  try {
    await mkdir(directory, { mode: 0o700 });
  } catch (error) {
    // Somebody else was faster.
    if (!(await isDirectory(directory))) throw error;
  }
}

/** @throws the file system's error where it is something else, or nobody can tell */
async function isDirectory(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isDirectory()) return true;
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (isMissing && dirname(path) !== path) return false;
    throw error;
  }
  throw Object.assign(new Error("not a directory"), { code: "ENOTDIR" });
}

function unusable(directory: string, cause: unknown): TrefoilError {
  const isRefused = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
  const reason = isRefused ? "no directory can be made there" : reasonOf(cause);
  return new TrefoilError(
    "invalid_configuration",
    `cannot write to the data directory ${directory}: ${reason}; choose another one with --data or TREFOIL_DATA_DIR`,
    { cause },
  );
}
