// Reading what an authorization server answers: JSON members, and errors as words of OAuth.

import { type ErrorCode, TrefoilError, wireForms } from "@trefoil/protocol/errors";
import { type HttpAnswer, retryAfterSeconds } from "../http/index.js";

/** An error answer: `{"error":..., "error_description":...}`. @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2 */
export interface OAuthRefusal {
  readonly status: number;
  /** The word of OAuth; an empty string where the answer holds none. */
  readonly error: string;
  readonly description: string | undefined;
  /** Seconds to wait before the next try, from the header `Retry-After` or the member `retry_after`. */
  readonly retryAfter: number | undefined;
}

/** Longest text that is taken from an answer into a message. */
const maxQuoted = 300;

/** The members of a JSON object; none where the body is something else. */
export function membersOf(answer: HttpAnswer): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(answer.body);
    return typeof json === "object" && json !== null && !Array.isArray(json)
      ? (json as Record<string, unknown>)
      : {};
  } catch {
    return {};
  }
}

/** Reads an answer that is not 200. */
export function refusalOf(answer: HttpAnswer, now: number): OAuthRefusal {
  const { error, error_description: description, retry_after: member } = membersOf(answer);
  return {
    status: answer.status,
    error: typeof error === "string" ? error.slice(0, 64) : "",
    description: typeof description === "string" ? description.slice(0, maxQuoted) : undefined,
    retryAfter:
      retryAfterSeconds(answer.headers["retry-after"], now) ??
      (typeof member === "number" && member >= 0 ? member : undefined),
  };
}

/**
 * A refusal as an error to throw.
 * @param what the request, as in `The authorization server refused to exchange the code`
 */
export function refusalError(what: string, refusal: OAuthRefusal): TrefoilError {
  const why = refusal.description ?? (refusal.error === "" ? undefined : refusal.error);
  return new TrefoilError(
    codeOf(refusal),
    `${what} (${refusal.status}${refusal.error === "" ? "" : ` ${refusal.error}`})${why === undefined || why === refusal.error ? "." : `: ${why}`}`,
    refusal.retryAfter === undefined ? {} : { retryAfter: refusal.retryAfter },
  );
}

/** Our code for what a server said: by its word where that is known, else by its status. */
function codeOf({ status, error }: OAuthRefusal): ErrorCode {
  const codes = Object.keys(wireForms) as ErrorCode[];
  return (
    codes.find((code) => wireForms[code].oauth === error && wireForms[code].http === status) ??
    codes.find((code) => wireForms[code].oauth === error && error !== "invalid_request") ??
    codes.find((code) => wireForms[code].http === status) ??
    (status >= 500 ? "unavailable" : "invalid_request")
  );
}

/** What codes and tokens are made of. @see https://www.rfc-editor.org/rfc/rfc6749#appendix-A.12 */
const visible = /^[\x20-\x7e]+$/;

/**
 * A JSON member that must be a string of visible ASCII: a code, a token, an address.
 * @throws {TrefoilError} `unavailable` where it is not
 */
export function stringMember(members: Readonly<Record<string, unknown>>, name: string): string {
  const value = members[name];
  if (typeof value === "string" && visible.test(value)) return value;
  throw new TrefoilError(
    "unavailable",
    `The answer is not that of an authorization server: its ${name} is missing or none.`,
  );
}
