// Why the server could not start, in one line that says what to do.

import { isTrefoilError } from "@trefoil/protocol/errors";
import type { Config } from "@trefoil/server/config";
import { failureLine, failureLines } from "../failure.js";

/**
 * One line on a failed start.
 * @param listen where the server was to listen
 */
export function describeStartupFailure(
  error: unknown,
  listen: Pick<Config["listen"], "host" | "port">,
): string {
  if (!isTrefoilError(error) && isSystemError(error)) {
    const { host, port } = listen;
    switch (error.code) {
      case "EADDRINUSE":
        return `port ${port} is taken by another program; choose another one with --port or TREFOIL_PORT`;
      case "EACCES":
        if (error.syscall !== "listen") break;
        return `no permission to listen on port ${port}; choose one above 1023 with --port or TREFOIL_PORT`;
      case "EADDRNOTAVAIL":
      case "EAFNOSUPPORT":
      case "ENOTFOUND":
      case "EAI_AGAIN":
        return `cannot listen on ${host}: it is no address of this machine; choose another one with --host or TREFOIL_HOST`;
    }
  }
  return failureLine(failureLines(error));
}

function isSystemError(error: unknown): error is Error & { code: string; syscall?: string } {
  return error instanceof Error && "code" in error && typeof error.code === "string";
}
