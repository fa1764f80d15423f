// A small JSON file that only its owner can read, replaced in one step: after a power cut it is the old one or the new one.

import { randomUUID } from "node:crypto";
import { chmod, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { makePrivateDirectory } from "./private-directory.js";

/** The members of a JSON object. */
export type JsonMembers = Readonly<Record<string, unknown>>;

/** Largest file that is read, in bytes. */
const maxBytes = 1_048_576;

/** One file. Calls are carried out one after another. */
export class PrivateJsonFile {
  readonly path: string;
  #last: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.path = path;
  }

  /** What it holds; undefined where there is no file, or not a JSON object in it. @throws where it cannot be read */
  read(): Promise<JsonMembers | undefined> {
    return this.#inTurn(() => this.#read());
  }

  /**
   * Sets some members and leaves the others as they are; `undefined` takes a member away. On return it is on the disk.
   * The directory is made where it is missing, for its owner alone.
   */
  update(members: JsonMembers): Promise<void> {
    return this.#inTurn(async () => this.#replace({ ...(await this.#read()), ...members }));
  }

  async #read(): Promise<JsonMembers | undefined> {
    let text: string;
    try {
      text = await readFile(this.path, "utf8");
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    if (text.length > maxBytes) return undefined;
    try {
      const json: unknown = JSON.parse(text);
      const isObject = typeof json === "object" && json !== null && !Array.isArray(json);
      return isObject ? (json as JsonMembers) : undefined;
    } catch {
      return undefined;
    }
  }

  async #replace(members: JsonMembers): Promise<void> {
    await makePrivateDirectory(dirname(this.path));
    const temporary = `${this.path}.${randomUUID()}.tmp`;
    try {
      const file = await open(temporary, "wx", 0o600);
      try {
        await file.writeFile(`${JSON.stringify(members, null, 2)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      // The mode of `open` is cut by the umask; it may not be wider than this, and no narrower.
      await chmod(temporary, 0o600);
      await rename(temporary, this.path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await syncDirectory(dirname(this.path));
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(run);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

/** Makes the rename durable; where directories cannot be synced, the platform does that by itself. */
async function syncDirectory(path: string): Promise<void> {
  try {
    const directory = await open(path, "r");
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
