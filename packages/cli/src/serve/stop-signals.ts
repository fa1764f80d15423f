// How a running server is asked to end: the first signal asks politely, the second one does not wait. And how it is asked to
// read its certificate again.

import { constants } from "node:os";
import type { Clock } from "@trefoil/protocol/clock";

/** One of the signals that a server hears. SIGHUP ends it only where it says that a terminal was closed. */
export type StopSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

/** The part of `process` that is needed; tests bring their own. */
export interface SignalSource {
  on(signal: StopSignal, listener: (signal: StopSignal) => void): unknown;
  off(signal: StopSignal, listener: (signal: StopSignal) => void): unknown;
}

/**
 * Milliseconds within which a second signal counts as the first one: under `npm start` one Ctrl-C arrives twice, from the
 * terminal and from npm.
 */
const echo = 500;

/** The exit code of a process that a signal ended, as shells count it. */
export function exitCodeOf(signal: StopSignal): number {
  return 128 + constants.signals[signal];
}

/**
 * Listens for signals until the answered function is called.
 * @param signals which ones
 * @param handlers.stop called on the first signal
 * @param handlers.force called on each later one
 */
export function onStopSignals(
  source: SignalSource,
  signals: readonly StopSignal[],
  clock: Pick<Clock, "now">,
  handlers: {
    readonly stop: (signal: StopSignal) => void;
    readonly force: (signal: StopSignal) => void;
  },
): () => void {
  let askedAt: number | undefined;
  const listener = (signal: StopSignal): void => {
    if (askedAt === undefined) {
      askedAt = clock.now();
      handlers.stop(signal);
    } else if (clock.now() - askedAt > echo) {
      handlers.force(signal);
    }
  };
  for (const signal of signals) source.on(signal, listener);
  return () => {
    for (const signal of signals) source.off(signal, listener);
  };
}
