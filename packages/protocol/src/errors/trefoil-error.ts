// The one error class: a stable code, a sentence for the developer on the other side, and details that a wire may need.

import { type ErrorCode, type WireForm, wireForms } from "./codes.js";

/** What may go along with an error besides its code and sentence. */
export interface ErrorDetails {
  /** What went wrong underneath; for the log, never for the wire. */
  readonly cause?: unknown;
  /** Seconds until a retry makes sense: becomes `Retry-After`. */
  readonly retryAfter?: number;
  /** Further response headers, names in lower case (`allow`, `www-authenticate`). */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A failure with a stable {@link ErrorCode}. Its message reaches the peer: it says what was wrong in words that let a
 * developer mend it, and never holds a secret, a code or a token.
 */
export class TrefoilError extends Error {
  override readonly name = "TrefoilError";
  readonly code: ErrorCode;
  readonly retryAfter: number | undefined;
  readonly headers: Readonly<Record<string, string>>;

  /**
   * @param code which failure this is
   * @param message what was wrong, for the developer of the peer
   */
  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.retryAfter = details.retryAfter;
    this.headers = details.headers ?? {};
  }

  /** How this failure looks on each wire. */
  get wire(): WireForm {
    return wireForms[this.code];
  }

  /**
   * Anything that was thrown, as a TrefoilError. What is not ours becomes `internal` with a sentence that gives nothing
   * away; the thrown value is kept as `cause` for the log.
   */
  static from(thrown: unknown): TrefoilError {
    if (isTrefoilError(thrown)) return thrown;
    return new TrefoilError("internal", "The server failed to handle the request.", {
      cause: thrown,
    });
  }
}

/** Whether a value is a {@link TrefoilError}, also one made by another copy of this module. */
export function isTrefoilError(value: unknown): value is TrefoilError {
  return (
    value instanceof Error &&
    value.name === "TrefoilError" &&
    "code" in value &&
    typeof value.code === "string" &&
    Object.hasOwn(wireForms, value.code)
  );
}
