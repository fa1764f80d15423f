// How far a stream has come and what is to be reported next: pure functions of the stream and its playhead.

import type { EventPayload } from "@trefoil/protocol/interfaces";

/** A stream with what `StreamDeliver` changed. */
export type AudioStream = EventPayload<"AudioPlayer.StreamRequested">["audioStream"];

/** How far one item has come. Times in milliseconds. */
export interface Playhead {
  /** The place in the stream. */
  readonly offset: number;
  /** Time that it has played, which seeking does not change. */
  readonly played: number;
  readonly delayReported: boolean;
  /** Interval reports so far. */
  readonly intervals: number;
  /** Whether crossing the place of the position report is still to be reported. */
  readonly positionArmed: boolean;
}

/** What comes next while it plays. */
export interface Milestone {
  readonly kind: "delay" | "interval" | "position" | "end";
  /** In how many milliseconds of playing. */
  readonly after: number;
}

/** Shortest interval that is heeded, in milliseconds: a smaller one would be a flood of events. */
const shortestInterval = 250;

/** The playhead at the beginning of a stream. */
export function startOf(stream: AudioStream): Playhead {
  const offset = stream.beginAtInMilliseconds;
  return {
    offset,
    played: 0,
    delayReported: false,
    intervals: 0,
    positionArmed: offset <= (position(stream) ?? -1),
  };
}

/** The playhead after some time of playing. */
export function advanced(head: Playhead, time: number): Playhead {
  return { ...head, offset: head.offset + time, played: head.played + time };
}

/**
 * What comes next.
 * @param end the place where the stream ends
 */
export function nextMilestone(stream: AudioStream, head: Playhead, end: number): Milestone {
  const { progressReportDelayInMilliseconds: delay, progressReportIntervalInMilliseconds: every } =
    stream.progressReport ?? {};
  const place = position(stream);
  const candidates: Milestone[] = [];
  if (typeof delay === "number" && !head.delayReported) {
    candidates.push({ kind: "delay", after: delay - head.played });
  }
  if (typeof every === "number" && every > 0) {
    const interval = Math.max(every, shortestInterval);
    candidates.push({ kind: "interval", after: interval * (head.intervals + 1) - head.played });
  }
  if (place !== undefined && head.positionArmed) {
    candidates.push({ kind: "position", after: place - head.offset });
  }
  const last: Milestone = { kind: "end", after: end - head.offset };
  // At the same moment reports go before the end, and in the order above.
  const first = candidates.reduce(
    (best, candidate) => (candidate.after < best.after ? candidate : best),
    candidates[0] ?? last,
  );
  const next = first.after <= last.after ? first : last;
  return { ...next, after: Math.max(0, next.after) };
}

/** The playhead after a report was made. */
export function reported(head: Playhead, kind: Exclude<Milestone["kind"], "end">): Playhead {
  switch (kind) {
    case "delay":
      return { ...head, delayReported: true };
    case "interval":
      return { ...head, intervals: head.intervals + 1 };
    case "position":
      return { ...head, positionArmed: false };
  }
}

/**
 * The playhead after seeking.
 * @returns with the place of the position report where seeking crossed it: it is reported at once, with that place
 */
export function sought(
  stream: AudioStream,
  head: Playhead,
  offset: number,
): { readonly head: Playhead; readonly crossed: number | undefined } {
  const place = position(stream);
  if (place === undefined) return { head: { ...head, offset }, crossed: undefined };
  const crosses = head.positionArmed && head.offset <= place && place <= offset;
  return {
    head: { ...head, offset, positionArmed: offset < place },
    crossed: crosses ? place : undefined,
  };
}

/**
 * Lays the stream of `StreamDeliver` over that of `Play`: what is there and not null wins, member by member.
 */
export function delivered(
  stream: AudioStream,
  changes: Readonly<Record<string, unknown>>,
): AudioStream {
  return overlaid(stream, changes, 0) as AudioStream;
}

function overlaid(
  base: Readonly<Record<string, unknown>>,
  changes: Readonly<Record<string, unknown>>,
  depth: number,
): Readonly<Record<string, unknown>> {
  const whole: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(changes)) {
    if (value === null || value === undefined) continue;
    const before = whole[key];
    whole[key] =
      depth < 1 && isObject(before) && isObject(value) ? overlaid(before, value, depth + 1) : value;
  }
  return whole;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function position({ progressReport }: AudioStream): number | undefined {
  return progressReport?.progressReportPositionInMilliseconds ?? undefined;
}
