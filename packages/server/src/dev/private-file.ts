// Files that hold secrets: for their owner alone, and replaced as a whole or not at all.

import { randomUUID } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { reasonOf } from "../config/index.js";
import { TrefoilError } from "@trefoil/protocol/errors";

/**
 * Writes a file so that a reader sees the old content or the new one, also when the machine stops half-way.
 * @param file absolute path in a directory that is there
 * @param mode permissions; for the owner alone unless given
 * @throws {TrefoilError} `invalid_configuration` when it cannot be written
 */
export async function replaceFile(file: string, content: string, mode = 0o600): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    // `wx`: a file or link that someone put there beforehand is not written through.
    const handle = await open(temporary, "wx", mode);
    try {
      await handle.writeFile(content);
      await handle.chmod(mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    await syncDirectory(dirname(file));
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new TrefoilError("invalid_configuration", `cannot write ${file}: ${reasonOf(cause)}`, {
      cause,
    });
  }
}

/**
 * A file's text, or undefined where there is none.
 * @throws {TrefoilError} `invalid_configuration` when it is there and cannot be read
 */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw new TrefoilError("invalid_configuration", `cannot read ${file}: ${reasonOf(cause)}`, {
      cause,
    });
  }
}

async function syncDirectory(directory: string): Promise<void> {
  // Windows cannot open directories; there the rename itself is journalled.
  if (process.platform === "win32") return;
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
