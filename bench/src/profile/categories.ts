// From a CPU profile to where the time goes: every sample belongs to one of a few kinds of work.

import type { Profiler } from "node:inspector";

/** The kinds, by where a function comes from; the first that fits counts. */
const kinds: readonly (readonly [name: string, pattern: RegExp])[] = [
  // `dispatch` is the profiler itself, starting and stopping.
  ["waiting", /^\(idle\)|^dispatch $/],
  ["garbage collection", /^\(garbage collector\)/],
  [
    "token check",
    /server\/dist\/auth\/(access-token|token-cache|secrets)|crypto\/hash|gateway\/authentication/,
  ],
  ["database", /server\/dist\/storage|node_modules\/(kysely|@photostructure)/],
  ["authorization server", /server\/dist\/auth/],
  [
    "multipart, JSON, validation",
    /protocol\/dist|node_modules\/zod|event-check|incoming-event|node:internal\/encoding/,
  ],
  ["HTTP/2: frames, headers, windows", /server\/dist\/http2/],
  ["gateway and delivery", /server\/dist/],
  ["web framework", /node_modules\/(hono|@hono)|node:internal\/deps\/undici/],
  ["node:http and its parser", /node:_http|node:https/],
  ["streams, sockets, events, timers", /node:/],
  // What has no file: the profiler names native functions by whichever was registered first, so they are told apart no further.
  ["native code: TLS, SQLite, kernel", /^[^/]* $/],
];

const other = "other";
const waiting = "waiting";

/** Time by kind of work. Microseconds; time spent waiting is left out. */
export function timeByKind(profile: Profiler.Profile): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const [name, time] of timeByFunction(profile)) {
    const kind = kinds.find(([, pattern]) => pattern.test(name))?.[0] ?? other;
    if (kind !== waiting) times.set(kind, (times.get(kind) ?? 0) + time);
  }
  return times;
}

/** Own time of each function, `name file:line`. Microseconds. */
export function timeByFunction(profile: Profiler.Profile): ReadonlyMap<string, number> {
  const names = new Map<number, string>();
  for (const { id, callFrame } of profile.nodes) {
    const { functionName, url, lineNumber } = callFrame;
    const place = url === "" ? "" : `${url.replace("file://", "")}:${lineNumber + 1}`;
    names.set(id, `${functionName === "" ? "(anonymous)" : functionName} ${place}`);
  }
  const times = new Map<string, number>();
  for (const [index, id] of (profile.samples ?? []).entries()) {
    const name = names.get(id) ?? other;
    times.set(name, (times.get(name) ?? 0) + (profile.timeDeltas?.[index] ?? 0));
  }
  return times;
}
