// When the server of a crash test dies: at named points of its work, counted, and never by the clock. So a run on a slow machine
// has as many crashes as one on a fast machine, each where it hurts.

import type { Random } from "./random.js";

/**
 * Where a server is struck.
 * - `received`: a device has just read a directive for the first time. Its ACK is still to come, so the directive must come again.
 * - `accepted`: a sender has just read that its directive is accepted.
 * - `sending`: a request with a directive has just been handed to the network, and nobody knows what becomes of it.
 */
export type CrashPoint = "received" | "accepted" | "sending";

/** Where a server is struck: the how manieth time, after its start, that a point is passed. */
export interface Strike<Point extends string> {
  readonly point: Point;
  readonly after: number;
}

export interface PlannedCrash extends Strike<CrashPoint> {
  readonly signal: "SIGKILL" | "SIGTERM";
}

/** Every fourth time the server is asked to end, in place of a power cut. */
const cycle: readonly Omit<PlannedCrash, "after">[] = [
  { point: "received", signal: "SIGKILL" },
  { point: "accepted", signal: "SIGKILL" },
  { point: "accepted", signal: "SIGTERM" },
  { point: "sending", signal: "SIGKILL" },
];

/**
 * The crash of a place in the plan.
 * @param place from 0
 * @param range how many times its point is passed before, at least and at most
 */
export function planCrash(
  place: number,
  random: Random,
  range: readonly [least: number, most: number],
): PlannedCrash {
  const kind = cycle[place % cycle.length] ?? { point: "accepted", signal: "SIGKILL" };
  return { ...kind, after: random.between(...range) };
}

/** Counts how often points are passed, and strikes. */
export class CrashTrigger<Point extends string> {
  #armed: { readonly point: Point; left: number; readonly strike: () => void } | undefined;

  /** @param strike called once, in the very turn in which the point is passed */
  arm({ point, after }: Strike<Point>, strike: () => void): void {
    this.#armed = { point, left: after, strike };
  }

  disarm(): void {
    this.#armed = undefined;
  }

  passed(point: Point): void {
    const armed = this.#armed;
    if (armed?.point !== point || --armed.left > 0) return;
    this.#armed = undefined;
    armed.strike();
  }
}
