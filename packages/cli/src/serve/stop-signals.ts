// How a running server is asked to end: the first signal asks politely, the second one does not wait.

import { constants } from "node:os";
import type { Clock } from "@trefoil/protocol/clock";

/** What a server ends on. */
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** One of the signals that end a server. */
export type StopSignal = (typeof signals)[number];

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
 * @param handlers.stop called on the first signal
 * @param handlers.force called on each later one
 */
export function onStopSignals(
  source: SignalSource,
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
