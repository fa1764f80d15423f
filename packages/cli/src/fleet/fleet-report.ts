// What a fleet says while it runs and at its end.

import type { Sample, Statistics } from "./statistics.js";

/** The line that tells how it goes. @param seconds since the beginning */
export function progressLine(
  statistics: Statistics,
  devices: { readonly connected: number; readonly all: number },
  seconds: number,
): string {
  const { events, failures, reconnects } = statistics;
  const rate = seconds < 1 ? 0 : events.count / seconds;
  return [
    `${Math.floor(seconds)} s`,
    `${devices.connected} of ${devices.all} connected`,
    `${events.count} events (${rate.toFixed(1)}/s, median ${time(events.percentile(0.5))})`,
    `${statistics.directives.total} directives`,
    `${reconnects} reconnects`,
    `${failures.total} failures`,
  ].join(" | ");
}

/** The statistics at the end, for people. */
export function summary(statistics: Statistics, all: number, seconds: number): string {
  const { connects, events, answers, directives, failures } = statistics;
  const rows = [
    `${statistics.signedIn} of ${all} devices signed in, ${statistics.reconnects} reconnects, ${seconds.toFixed(1)} s`,
    `                     count    median       p95       p99`,
    row("downchannel open", connects),
    row("event answered", events),
    row("answer complete", answers),
    ...list("directives", directives.entries),
    ...list("failures", failures.entries),
  ];
  return `${rows.join("\n")}\n`;
}

/** The statistics at the end, for programs. */
export function jsonSummary(statistics: Statistics, all: number, seconds: number): string {
  const { signedIn, reconnects, connects, events, answers, directives, failures } = statistics;
  return `${JSON.stringify({
    devices: all,
    signedIn,
    seconds: Math.round(seconds * 10) / 10,
    reconnects,
    milliseconds: { connects, events, answers },
    directives,
    failures,
  })}\n`;
}

function row(name: string, sample: Sample): string {
  const figures = [0.5, 0.95, 0.99].map((share) => time(sample.percentile(share)).padStart(10));
  return `${name.padEnd(18)}${String(sample.count).padStart(8)}${figures.join("")}`;
}

function list(name: string, entries: readonly (readonly [string, number])[]): string[] {
  if (entries.length === 0) return [`${name}: none`];
  return [`${name}:`, ...entries.map(([kind, count]) => `  ${String(count).padStart(8)}  ${kind}`)];
}

function time(figure: number | undefined): string {
  if (figure === undefined) return "-";
  return figure < 100 ? `${figure.toFixed(1)} ms` : `${Math.round(figure)} ms`;
}
