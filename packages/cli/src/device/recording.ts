// A session as a file: what was typed, sent and received, a line of JSON each, without secrets.

import { type FileHandle, open, readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Clock } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import { z } from "zod";
import { withoutSecrets } from "./redact.js";

/** One line of a recording. `at`: milliseconds since its beginning. */
export type RecordedEntry =
  | { readonly kind: "typed"; readonly at: number; readonly text: string }
  | {
      readonly kind: "event";
      readonly at: number;
      readonly name: string;
      readonly payload: unknown;
    }
  | {
      readonly kind: "directive";
      readonly at: number;
      readonly source: "downchannel" | "response";
      readonly directive: unknown;
    }
  | { readonly kind: "connection"; readonly at: number; readonly phase: string };

/** Bytes after which nothing more is recorded. */
const maxBytes = 67_108_864;
/** Lines of a recording that is replayed, at most. */
const maxEntries = 100_000;

/** Writes a session to a file as it goes. */
export class Recorder {
  readonly #file: FileHandle;
  readonly #now: () => number;
  readonly #begun: number;
  #bytes = 0;
  #written: Promise<unknown> = Promise.resolve();

  private constructor(file: FileHandle, now: () => number) {
    this.#file = file;
    this.#now = now;
    this.#begun = now();
  }

  /**
   * Begins a file, for its owner alone; one that was there is written over.
   * @param now milliseconds since the epoch
   * @throws {TrefoilError} `invalid_configuration` where it cannot be written
   */
  static async begin(path: string, now: () => number): Promise<Recorder> {
    try {
      const file = await open(path, "w", 0o600);
      const recorder = new Recorder(file, now);
      recorder.#line({ trefoil: "session", version: 1, begun: new Date(now()).toISOString() });
      return recorder;
    } catch (cause) {
      throw new TrefoilError("invalid_configuration", `cannot write the recording ${path}`, {
        cause,
      });
    }
  }

  typed(text: string): void {
    this.#add({ kind: "typed", at: this.#at(), text });
  }

  event(name: string, payload: unknown): void {
    this.#add({ kind: "event", at: this.#at(), name, payload });
  }

  directive(source: "downchannel" | "response", directive: unknown): void {
    this.#add({ kind: "directive", at: this.#at(), source, directive });
  }

  connection(phase: string): void {
    this.#add({ kind: "connection", at: this.#at(), phase });
  }

  /** Resolves when all of it is written. */
  async end(): Promise<void> {
    await this.#written;
    await this.#file.close();
  }

  #at(): number {
    return this.#now() - this.#begun;
  }

  #add(entry: RecordedEntry): void {
    this.#line(withoutSecrets(structuredClone(entry)));
  }

  #line(content: unknown): void {
    const line = `${JSON.stringify(content)}\n`;
    this.#bytes += Buffer.byteLength(line);
    if (this.#bytes > maxBytes) return;
    // A full disk must not end the session that is recorded.
    this.#written = this.#written.then(() => this.#file.write(line)).catch(() => undefined);
  }
}

/**
 * Begins the recording that was asked for.
 * @param file as it was named; undefined: none
 * @param cwd what a relative name is seen from
 * @throws {TrefoilError} `invalid_configuration` where it cannot be written
 */
export async function beginRecording(
  file: string | undefined,
  cwd: string,
  clock: Clock,
): Promise<Recorder | undefined> {
  return file === undefined ? undefined : Recorder.begin(resolve(cwd, file), () => clock.now());
}

const entrySchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("typed"), at: z.number(), text: z.string().max(10_000) }),
  z.object({ kind: z.literal("event"), at: z.number(), name: z.string(), payload: z.unknown() }),
  z.object({
    kind: z.literal("directive"),
    at: z.number(),
    source: z.enum(["downchannel", "response"]),
    directive: z.unknown(),
  }),
  z.object({ kind: z.literal("connection"), at: z.number(), phase: z.string() }),
]);

/**
 * Reads a recording.
 * @param path absolute
 * @throws {TrefoilError} `invalid_configuration` where it is none
 */
export async function readRecording(path: string): Promise<readonly RecordedEntry[]> {
  let lines: string[];
  try {
    lines = (await readFile(path, "utf8")).split("\n").filter((line) => line !== "");
  } catch (cause) {
    throw new TrefoilError("invalid_configuration", `cannot read the recording ${path}`, { cause });
  }
  if (lines.length > maxEntries) throw noRecording(path, 0);
  const [head = "", ...rest] = lines;
  if (membersOf(head)?.["trefoil"] !== "session") throw noRecording(path, 1);
  return rest.map((line, index) => {
    const entry = entrySchema.safeParse(membersOf(line));
    if (!entry.success) throw noRecording(path, index + 2);
    return entry.data;
  });
}

function membersOf(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function noRecording(path: string, line: number): TrefoilError {
  const where = line === 0 ? "it is too long" : `line ${line} is none of a recording`;
  return new TrefoilError("invalid_configuration", `${path} is no recording: ${where}`);
}
