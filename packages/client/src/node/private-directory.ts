// A directory for its owner alone, made with what is missing above it.

import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a directory and those above it that are missing, one by one. `mkdir` of Node.js with `recursive` never comes to an end
 * where a file system says of a directory that is there that it is missing, as Linux does below /proc.
 * @param path a directory; relative ones are seen from the working directory
 * @throws {NodeJS.ErrnoException} where it cannot be made, or where something else than a directory is in the way
 */
export async function makePrivateDirectory(path: string): Promise<void> {
  const missing: string[] = [];
  for (let each = path; !(await exists(each)); each = dirname(each)) {
    missing.push(each);
    if (dirname(each) === each) break;
  }
  for (const each of missing.toReversed()) {
    try {
      await mkdir(each, { mode: 0o700 });
    } catch (error) {
      // Another process may have made it meanwhile.
      if (!isCode(error, "EEXIST")) throw error;
    }
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isCode(error, "ENOENT")) return false;
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
