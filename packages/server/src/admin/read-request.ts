// From a request to checked values: query, path and JSON body against their schemas, within bounds.

import { TrefoilError } from "@trefoil/protocol/errors";
import { z } from "zod";
import { readBody } from "../auth/index.js";
import { describeFaults } from "./describe-faults.js";

/** Largest body of a request: a directive may be as large as what waits in memory for one device. Bytes. */
export const maxAdminBodyBytes = 262_144;

const jsonType = /^application\/([\w.+-]+\+)?json\s*(;|$)/i;

/**
 * Checks values against a schema.
 * @param what how the values are called in messages, as in `The query`
 * @throws {TrefoilError} `invalid_request` naming the first member that is wrong, and those that are not known
 */
export function check<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  throw new TrefoilError(
    "invalid_request",
    `${what}: ${describeFaults(result.error, value, known)}`,
  );
}

/**
 * The query of a request, each name once.
 * @throws {TrefoilError} `invalid_request`
 */
export function readQuery<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
): z.output<Schema> {
  const values: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of new URL(request.url).searchParams) {
    if (name in values) {
      throw new TrefoilError("invalid_request", `The query: ${name.slice(0, 64)} is given twice.`);
    }
    values[name] = value;
  }
  return check(schema, { ...values }, "The query");
}

/**
 * The JSON body of a request.
 * @throws {TrefoilError} `unsupported_media_type`, `payload_too_large`, or `invalid_request` for what is not UTF-8, not
 * JSON, or not as the schema says
 */
export async function readJson<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
): Promise<z.output<Schema>> {
  if (!jsonType.test(request.headers.get("content-type") ?? "")) {
    throw new TrefoilError(
      "unsupported_media_type",
      "The body must be JSON, with the header content-type: application/json.",
    );
  }
  const text = await readBody(request, maxAdminBodyBytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new TrefoilError("invalid_request", "The body is not JSON.", { cause });
  }
  return check(schema, value, "The body");
}
