// Why the gateway refused a request: the `System.Exception` in the body of an error, as an error of ours.

import type { Clock } from "@trefoil/protocol/clock";
import { type ErrorCode, TrefoilError, wireForms } from "@trefoil/protocol/errors";
import { readDirectives } from "../directives/index.js";
import { retryAfterSeconds } from "../http/index.js";
import type { TransportResponse } from "../transport/index.js";

/** Longest text that is taken from an answer into a message. */
const maxQuoted = 500;
/** How long the body of an error is waited for, in milliseconds; the status alone has to do after that. */
const patience = 5_000;

const limits = {
  maxParts: 4,
  maxDirectiveBytes: 65_536,
  maxPartHeaderBytes: 4_096,
  maxHeldBytes: 65_536,
  maxWaiting: 4,
  pauseAboveBytes: undefined,
};

/** The code that stands for a status which the gateway answers to a device. */
const codes: Readonly<Record<number, ErrorCode>> = {
  400: "invalid_request",
  401: "invalid_token",
  403: "access_denied",
  404: "not_found",
  405: "method_not_allowed",
  412: "no_downchannel",
  413: "payload_too_large",
  415: "unsupported_media_type",
  426: "http2_required",
  429: "too_many_requests",
  500: "internal",
};

/** Which {@link ErrorCode} a status is met with. */
function codeOfStatus(status: number): ErrorCode {
  const known = codes[status];
  if (known !== undefined) return known;
  return status >= 400 && status < 500 ? "invalid_request" : "unavailable";
}

/**
 * Reads an answer whose status is an error.
 * @param what the request, as in `The downchannel`
 * @returns an error with the status's code, `Retry-After`, and the words of `System.Exception` where it came
 */
export async function refusalOf(
  response: TransportResponse,
  what: string,
  clock: Clock,
): Promise<TrefoilError> {
  const description = await exceptionDescription(response, clock);
  const retryAfter = retryAfterSeconds(response.headers["retry-after"], clock.now());
  const code = codeOfStatus(response.status);
  const status = wireForms[code].http === response.status ? "" : ` (${code})`;
  return new TrefoilError(
    code,
    `${what} was answered ${response.status}${status}${description === undefined ? "." : `: ${description}`}`,
    retryAfter === undefined ? {} : { retryAfter },
  );
}

async function exceptionDescription(
  response: TransportResponse,
  clock: Clock,
): Promise<string | undefined> {
  let description: string | undefined;
  const read = readDirectives(
    response.headers["content-type"],
    response.body,
    "response",
    limits,
    {
      directive({ name, payload }) {
        const text = payload["description"];
        if (name === "System.Exception" && typeof text === "string") {
          description ??= text.slice(0, maxQuoted);
        }
      },
      rejected: () => undefined,
      incomplete: () => undefined,
      room: () => Promise.resolve(),
    },
    // Whatever the body is, the status is what counts.
  ).catch(() => undefined);
  await new Promise<void>((resolve) => {
    const timer = clock.after(patience, resolve);
    void read.then(() => {
      timer.cancel();
      resolve();
    });
  });
  return description;
}
