// Secrets that a command takes: over standard input, because other users of the machine can read its arguments.

import { TrefoilError } from "@trefoil/protocol/errors";
import { readTyped } from "./typed-secret.js";

/**
 * Answers what was written to the command, without the line feed at its end.
 * @param what a person at a terminal is asked for it by this name, as in `Password`, and sees nothing of what they type
 */
export type ReadInput = (what: string) => Promise<string>;

/** Whether a person types what the command reads. */
export const isInputTyped = (): boolean => process.stdin.isTTY;

const maxBytes = 8_192;

/** @throws {TrefoilError} `invalid_request` where there is nothing, or more than a secret can be */
export const readStandardInput: ReadInput = async (what) => {
  if (isInputTyped()) {
    return readTyped(what, process.stdin, (text) => void process.stderr.write(text));
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > maxBytes) {
      throw new TrefoilError("invalid_request", "standard input holds more than 8 KiB");
    }
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks)
    .toString("utf8")
    .replace(/\r?\n$/, "");
  if (text !== "") return text;
  throw new TrefoilError("invalid_request", "standard input is empty");
};
