// What an endpoint answers when something went wrong.

import { TrefoilError } from "@trefoil/protocol/errors";
import type { Logger } from "../../logging/index.js";
import { errorAnswer } from "./answers.js";

/**
 * The answer; what went wrong on our side is logged, because the answer does not tell.
 * @param extra further members, such as the `state` that was sent
 */
export function failureAnswer(
  log: Logger,
  thrown: unknown,
  path: string,
  extra: Readonly<Record<string, unknown>> = {},
): Response {
  const error = TrefoilError.from(thrown);
  // Being busy is no failure: a flood of sign-ins must not become a flood of log lines.
  if (error.wire.http >= 500 && error.retryAfter === undefined) {
    log.error("A request to the authorization server failed.", { path, err: error });
  }
  return errorAnswer(error, extra);
}
