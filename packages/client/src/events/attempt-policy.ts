// What to do about each thing that can become of an attempt to send an event: one pure function.

import { type Backoff, retryDelay } from "../connection/index.js";

/** What became of an attempt. */
export type AttemptResult =
  | { readonly kind: "answered"; readonly status: number; readonly retryAfter: number | undefined }
  | { readonly kind: "lost"; readonly processed: "never" | "unknown" };

/** What the attempts before brought. */
export interface AttemptRecord {
  /** After a 401. */
  readonly renewals: number;
  /** After a 412. */
  readonly reopenings: number;
  /** After a 429 or 503. */
  readonly pauses: number;
  /** After a connection that was lost. */
  readonly losses: number;
}

/** No attempt yet. */
export const noAttempt: AttemptRecord = { renewals: 0, reopenings: 0, pauses: 0, losses: 0 };

/** What to do now. */
export type NextStep =
  /** The gateway took it: 200 or 204. */
  | { readonly kind: "accept" }
  /** Get another token, open the downchannel anew with it, send again. */
  | { readonly kind: "renew"; readonly record: AttemptRecord }
  /** Open the downchannel anew, send again. */
  | { readonly kind: "reopen"; readonly record: AttemptRecord }
  /** Send again after a wait, in milliseconds, and when the connection is there. */
  | { readonly kind: "pause"; readonly delay: number; readonly record: AttemptRecord }
  /** Send again when the connection is back. */
  | { readonly kind: "requeue"; readonly record: AttemptRecord }
  | { readonly kind: "give-up" };

/** What may be tried. */
export interface AttemptRules {
  /** Waits after 429 and 503 before the answer is handed to the application. */
  readonly maxPauses: number;
  /** Longest Retry-After that an event waits for, in seconds; past that the application decides. */
  readonly longestRetryAfter: number;
  /** Connections that may be lost under one event. */
  readonly maxLosses: number;
  /** The waits where a 429 or 503 names none, and after the second loss. */
  readonly backoff: Backoff;
}

/**
 * The next step for an event.
 * @param replayable whether everything can be sent again
 * @param repeatable whether the application allows a repeat of what the gateway may have acted on
 * @param random 0 <= random < 1
 */
export function nextStep(
  result: AttemptResult,
  record: AttemptRecord,
  event: { readonly replayable: boolean; readonly repeatable: boolean },
  rules: AttemptRules,
  random: number,
): NextStep {
  const giveUp: NextStep = { kind: "give-up" };
  if (result.kind === "answered" && (result.status === 200 || result.status === 204)) {
    return { kind: "accept" };
  }
  if (!event.replayable) return giveUp;
  if (result.kind === "lost") {
    const safe = result.processed === "never" || event.repeatable;
    const { losses } = record;
    if (!safe || losses >= rules.maxLosses) return giveUp;
    const next = { ...record, losses: losses + 1 };
    if (losses === 0) return { kind: "requeue", record: next };
    // Lost again: a gateway that refuses every stream must not be stormed.
    const delay = retryDelay(rules.backoff, losses - 1, random, undefined, 0);
    return { kind: "pause", delay, record: next };
  }
  switch (result.status) {
    case 401:
      if (record.renewals > 0) return giveUp;
      return { kind: "renew", record: { ...record, renewals: 1 } };
    case 412:
      if (record.reopenings > 0) return giveUp;
      return { kind: "reopen", record: { ...record, reopenings: 1 } };
    case 429:
    case 503: {
      const { pauses } = record;
      const tooLong = (result.retryAfter ?? 0) > rules.longestRetryAfter;
      if (tooLong || pauses >= rules.maxPauses) return giveUp;
      return {
        kind: "pause",
        delay: retryDelay(
          rules.backoff,
          pauses,
          random,
          result.retryAfter,
          rules.longestRetryAfter,
        ),
        record: { ...record, pauses: pauses + 1 },
      };
    }
    default:
      return giveUp;
  }
}
