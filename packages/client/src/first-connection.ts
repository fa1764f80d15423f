// Waiting for a connection to open, and when to stop waiting.

import { TrefoilError } from "@trefoil/protocol/errors";
import type { ConnectOptions } from "./call-options.js";
import type { Connection, ConnectionState } from "./connection/index.js";

/** Longest Retry-After that a first connection waits for, in seconds: the gateway is there, and only busy. */
const shortPause = 10;

/**
 * Starts a connection, unless it was started before, and resolves when it is open.
 * @param watch tells of each state from now on; answers how to tell no more
 * @throws {TrefoilError} as `Client.connect`; whatever the signal's reason is
 */
export function openConnection(
  connection: Connection,
  watch: (listener: (state: ConnectionState) => void) => () => void,
  { signal, waitOnFirstConnect = false }: ConnectOptions,
): Promise<void> {
  const { phase } = connection.state;
  const isFirst = phase === "closed" || phase === "stopped";
  return new Promise<void>((resolve, reject) => {
    const settle = (outcome: () => void) => {
      unwatch();
      signal?.removeEventListener("abort", aborted);
      outcome();
    };
    const aborted = () => {
      settle(() => reject(signal?.reason as Error));
      connection.input({ kind: "stop" });
    };
    const look = (state: ConnectionState) => {
      if (state.phase === "open") {
        settle(resolve);
      } else if (state.phase === "stopped") {
        settle(() => reject(state.cause));
      } else if (state.phase === "closed") {
        settle(() => reject(closedError()));
      } else if (state.phase === "waiting" && isFirst && !waitOnFirstConnect && !isShort(state)) {
        settle(() => reject(state.cause));
        connection.input({ kind: "stop" });
      }
    };
    const unwatch = watch(look);
    signal?.addEventListener("abort", aborted, { once: true });
    if (isFirst) connection.input({ kind: "start" });
    else look(connection.state);
  });
}

function isShort({ cause }: Extract<ConnectionState, { phase: "waiting" }>): boolean {
  return cause.retryAfter !== undefined && cause.retryAfter <= shortPause;
}

/** What whoever waits for a closed client gets. */
export function closedError(): TrefoilError {
  return new TrefoilError("unavailable", "The client is closed.");
}
