// Bodies of events as people write them by hand, for clients that send bytes from a file.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The JSON of an event. */
export function eventJson(
  name: string,
  payload: object = {},
  header: Readonly<Record<string, string>> = {},
): string {
  const [namespace, short] = name.split(".");
  return JSON.stringify({
    context: [],
    event: { header: { namespace, name: short, messageId: "message-1", ...header }, payload },
  });
}

/** The head of a `metadata` part with its delimiter, and its content. */
export function metadataPart(boundary: string, json: string): string {
  return `--${boundary}\r\nContent-Disposition: form-data; name="metadata"\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n${json}`;
}

/** The delimiter and head of an `audio` part after another one; the audio follows. */
export function audioPartHead(boundary: string): string {
  return `\r\n--${boundary}\r\nContent-Disposition: form-data; name="audio"\r\nContent-Type: application/octet-stream\r\n\r\n`;
}

/** A whole body of one part. */
export function eventBody(boundary: string, json: string): string {
  return `${metadataPart(boundary, json)}\r\n--${boundary}--\r\n`;
}

/** Files of one test run. */
export class BodyFiles {
  readonly #directory = mkdtempSync(join(tmpdir(), "trefoil-bodies-"));
  #count = 0;

  /** Writes a file. @returns its path */
  write(content: string | Uint8Array): string {
    const file = join(this.#directory, `${++this.#count}`);
    writeFileSync(file, content);
    return file;
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
