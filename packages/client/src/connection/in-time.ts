// What was waited for too long is given up, whoever else heeds that.

import { TrefoilError } from "@trefoil/protocol/errors";
import type { TransportConnection } from "../transport/index.js";

/** The connection; where the attempt is given up first, that is the outcome, whatever the transport makes of its signal. */
export function inTime(
  connecting: Promise<TransportConnection>,
  signal: AbortSignal,
): Promise<TransportConnection> {
  return new Promise((resolve, reject) => {
    const givenUp = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", givenUp, { once: true });
    connecting
      .then((connection) => {
        // Too late: nobody will use it.
        if (signal.aborted) connection.destroy();
        else resolve(connection);
      }, reject)
      .finally(() => signal.removeEventListener("abort", givenUp));
  });
}

/** Why it was given up. @param what did not come about, as in `The downchannel was not answered` */
export function timedOut(what: string, milliseconds: number): TrefoilError {
  return new TrefoilError("unavailable", `${what} within ${milliseconds / 1000} s.`);
}
