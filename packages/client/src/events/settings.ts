// The settings of sending events, each with its default and a sane range.

import type { AttemptRules } from "./attempt-policy.js";
import type { WaitingLimits } from "./waiting-events.js";

/** How events are sent. Times in milliseconds unless said otherwise. */
export interface EventSettings extends AttemptRules {
  /** What may wait while the connection is away. Default 100 events, 1 MiB. */
  readonly waiting: WaitingLimits;
  /** How long an event waits at most. Default 300,000; sane from 0 to a day. */
  readonly maxAge: number;
  /** Likewise for what the user asked: an answer that comes too late startles. Default 10,000. */
  readonly maxDialogueAge: number;
  /** Events on their way at once that are not answered yet; further ones wait. Default 20; sane from 1 to 90. */
  readonly maxConcurrent: number;
  /** How long the gateway may take from the end of a request to its answer, and between two pieces of that. Default 60,000. */
  readonly responseTimeout: number;
}

/** The defaults. */
export const eventDefaults: EventSettings = {
  waiting: { maxEvents: 100, maxBytes: 1_048_576 },
  maxAge: 300_000,
  maxDialogueAge: 10_000,
  maxConcurrent: 20,
  responseTimeout: 60_000,
  maxPauses: 3,
  longestRetryAfter: 30,
  maxLosses: 5,
  backoff: { first: 250, longest: 10_000 },
};
