// From the bytes of a `metadata` part or of a directive's part to a checked message.

import type { z } from "zod";
import { TrefoilError } from "../errors/index.js";
import {
  type Directive,
  type EventEnvelope,
  directiveEnvelopeSchema,
  eventEnvelopeSchema,
} from "./envelope.js";
import { nestsDeeperThan } from "./nesting.js";

/** Most levels of arrays and objects within each other; the deepest message of the catalogue has about ten. */
const maxDepth = 100;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads the JSON of an event's `metadata` part.
 * @param bytes the part's body
 * @throws {TrefoilError} `malformed_event`: not UTF-8, not JSON, nested more than 100 levels deep, or a member of the
 *   envelope is missing or of a wrong type
 * @see docs/protocol.md#events
 */
export function parseEvent(bytes: Uint8Array): EventEnvelope {
  return parse(bytes, eventEnvelopeSchema, "The metadata part");
}

/**
 * Reads the JSON of a directive's part.
 * @throws {TrefoilError} `malformed_event` as {@link parseEvent}
 */
export function parseDirective(bytes: Uint8Array): Directive {
  return parse(bytes, directiveEnvelopeSchema, "The directive's part").directive;
}

function parse<T>(bytes: Uint8Array, schema: z.ZodType<T>, what: string): T {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch (cause) {
    throw new TrefoilError("malformed_event", `${what} is not UTF-8.`, { cause });
  }
  if (nestsDeeperThan(bytes, maxDepth)) {
    throw new TrefoilError("malformed_event", `${what} nests more than ${maxDepth} levels deep.`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    // The engine's message quotes what the user said or where they live: only the position is taken from it.
    const position = / at position \d+/.exec(String(error))?.[0] ?? "";
    throw new TrefoilError("malformed_event", `${what} is not JSON${position}.`);
  }
  const result = schema.safeParse(json);
  if (!result.success) {
    throw new TrefoilError("malformed_event", `${what}: ${describeIssue(result.error)}`);
  }
  return result.data;
}

/** Longest path in an error message: its keys may be the peer's. */
const maxPathLength = 200;

/** The first thing that a schema found wrong, as `path: what`, for an error message. */
export function describeIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return "invalid";
  const path = issue.path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "")
    .slice(0, maxPathLength);
  return path === "" ? issue.message : `${path}: ${issue.message}`;
}
