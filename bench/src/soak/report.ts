// What a soak came to, for people.

import { percentile } from "../measure/statistics.js";
import type { Census } from "./census.js";
import type { SoakResult } from "./soak.js";
import { judge, megabytes, slopeOf } from "./verdict.js";

/** The report as text, its last line the verdict. */
export function describeSoak(result: SoakResult): string {
  const { before, warm, end, after, samples, tally, lost, judgesMemory } = result;
  const problems = judge(result);
  const stages = { before, warm, end, after };
  const row = (name: string, of: (census: Census) => number | string): string =>
    `  ${name.padEnd(24)}${Object.values(stages)
      .map((census) => String(of(census)).padStart(10))
      .join("")}`;
  const kinds = new Set(Object.values(stages).flatMap(({ resources }) => Object.keys(resources)));
  const slope =
    samples.length < 2
      ? "too short to tell"
      : `${(slopeOf(samples) / 1_024).toFixed(0)} KB a minute from warm to end, ${samples.length} samples`;
  const verdict =
    problems.length === 0
      ? ["Nothing is lost, nothing is left behind."]
      : problems.map((problem) => `FAILED: ${problem}`);
  return [
    "",
    `  ${"".padEnd(24)}${Object.keys(stages)
      .map((name) => name.padStart(10))
      .join("")}`,
    row("resident memory, MB", ({ resident }) => megabytes(resident)),
    row("heap, MB", ({ heap }) => megabytes(heap)),
    row("open files", ({ files }) => files),
    row("sockets", ({ sockets }) => sockets),
    row("timers", ({ timers }) => timers),
    row("connections", ({ connections }) => connections),
    row("downchannels", ({ downchannels }) => downchannels),
    row("mailbox", ({ mailbox }) => mailbox),
    ...[...kinds].toSorted().map((kind) => row(kind, ({ resources }) => resources[kind] ?? 0)),
    "",
    `  resident memory: ${slope}`,
    `  PINGs ${tally.pings}, events ${tally.events}, reconnects ${tally.reconnects}`,
    `  directives: accepted ${tally.accepted}, received ${tally.received}, repeated ${tally.repeated}, lost ${lost}`,
    `  errors: ${tally.errors}`,
    `  event: ${times(tally.eventTimes)}`,
    `  push: ${times(tally.pushTimes)}`,
    ...(judgesMemory ? [] : ["  memory is not judged: the load was too short"]),
    "",
    ...verdict,
    "",
  ].join("\n");
}

function times(milliseconds: readonly number[]): string {
  const [middle, late, latest] = [50, 99, 100].map((rank) =>
    percentile(milliseconds, rank).toFixed(1),
  );
  return `p50 ${middle} ms, p99 ${late} ms, max ${latest} ms`;
}
