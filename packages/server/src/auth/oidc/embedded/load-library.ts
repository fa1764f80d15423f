// Loading the OpenID Connect library: late, because it takes a fifth of a second, and with what it prints in our log.

import { TrefoilError } from "@trefoil/protocol/errors";
import type { Logger } from "../../../logging/index.js";
import type { Library } from "./create-provider.js";

/** @throws TrefoilError `unavailable` where this Node.js lacks what the library is built on */
export async function loadLibrary(log: Logger): Promise<Library> {
  if (!("parse" in URL)) {
    throw new TrefoilError(
      "unavailable",
      "Signing in by OpenID Connect needs a newer Node.js: 20.20, 22 or later.",
    );
  }
  // It warns of a Node.js that its makers no longer test on, and knows no logger.
  // oxlint-disable-next-line no-console
  const { warn } = console;
  // oxlint-disable-next-line no-console
  console.warn = (line: unknown) =>
    log.debug("The OpenID Connect library says something.", { line: String(line) });
  try {
    return await import("oidc-provider");
  } finally {
    // oxlint-disable-next-line no-console
    console.warn = warn;
  }
}
