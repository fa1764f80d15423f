// Reading requests: their method, and the parameters that they carry.

import { TrefoilError } from "@trefoil/protocol/errors";
import { type ParameterName, Parameters, maxFormBytes } from "./parameters.js";
import { readBody } from "./read-body.js";

const formType = "application/x-www-form-urlencoded";

/** @throws TrefoilError `method_not_allowed` naming those that are */
export function assertMethod(request: Request, allowed: readonly string[]): void {
  if (allowed.includes(request.method)) return;
  throw new TrefoilError("method_not_allowed", `The method must be ${allowed.join(" or ")}.`, {
    headers: { allow: allowed.join(", ") },
  });
}

/**
 * The parameters of query and body together.
 * @throws TrefoilError `invalid_request` or `payload_too_large`
 */
export async function readParameters(
  request: Request,
  known: ReadonlySet<ParameterName>,
): Promise<Parameters> {
  return Parameters.read(known, queryOf(request.url), await readFormBody(request));
}

/**
 * The parameters of the query alone.
 * @throws TrefoilError `invalid_request` where it is too long
 */
export function readQueryParameters(
  request: Request,
  known: ReadonlySet<ParameterName>,
): Parameters {
  return Parameters.read(known, queryOf(request.url), "");
}

/**
 * The parameters of the body alone, for endpoints that take a token: what stands in an address ends up in logs.
 * @throws TrefoilError `invalid_request` or `payload_too_large`
 */
export async function readBodyParameters(
  request: Request,
  known: ReadonlySet<ParameterName>,
): Promise<Parameters> {
  return Parameters.read(known, "", await readFormBody(request));
}

async function readFormBody(request: Request): Promise<string> {
  const body = request.method === "POST" ? await readBody(request, maxFormBytes) : "";
  if (body !== "" && mediaTypeOf(request) !== formType) {
    throw new TrefoilError("invalid_request", `The body must be ${formType}.`);
  }
  return body;
}

function queryOf(url: string): string {
  const mark = url.indexOf("?");
  const query = mark === -1 ? "" : url.slice(mark + 1);
  if (query.length <= maxFormBytes) return query;
  throw new TrefoilError("invalid_request", `The query is longer than ${maxFormBytes} bytes.`);
}

/** The media type of the body, in lower case and without parameters. */
export function mediaTypeOf(request: Request): string {
  const [type = ""] = (request.headers.get("content-type") ?? "").split(";");
  return type.trim().toLowerCase();
}
