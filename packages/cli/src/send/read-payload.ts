// The payload as it was typed: a JSON object, or a message that points at the fault.

import { TrefoilError } from "@trefoil/protocol/errors";
import type { Payload } from "@trefoil/protocol/messages";
import { jsonFault } from "./json-position.js";

/** How much of the text around a fault is shown. */
const shown = 30;

/**
 * Reads a payload.
 * @throws {TrefoilError} `invalid_payload` in one line, with the place of the fault
 */
export function readPayload(text: string): Payload {
  const fault = jsonFault(text);
  if (fault !== undefined) {
    const { position, expected } = fault;
    const before = text.slice(Math.max(0, position - shown), position);
    const after = text.slice(position, position + shown);
    const where =
      after === ""
        ? `ends too soon after ${JSON.stringify(before)}`
        : `is wrong at character ${position + 1}, at ${JSON.stringify(after)}${before === "" ? "" : ` after ${JSON.stringify(before)}`}`;
    throw new TrefoilError(
      "invalid_payload",
      `the payload is not JSON: it ${where}; expected ${expected}`,
    );
  }
  const json: unknown = JSON.parse(text);
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as Payload;
  throw new TrefoilError(
    "invalid_payload",
    `the payload must be a JSON object such as {"text":"hi"}, got ${describe(json)}`,
  );
}

function describe(json: unknown): string {
  if (json === null) return "null";
  return Array.isArray(json) ? "an array" : `a ${typeof json}`;
}
