// Counts which limits peers met. A flood is one line in the log now and then, not one a connection.

import type { Clock } from "@trefoil/protocol/clock";
import type { Logger } from "../logging/index.js";

/**
 * Every limit, whoever watches over it: those of the HTTP/2 engine (`SessionLimit`) and
 * - `connections`: too many are open; refused.
 * - `connections-per-address`: too many are open from one address; refused.
 * - `connection-rate`: one address opens them too fast; refused.
 * - `handshake`: the TLS handshake took too long; without TLS, the first bytes did.
 * - `slow-request`: a request took too long to arrive.
 * - `header-size`: the headers of an HTTP/1.1 request are too large.
 */
export const limitNames = [
  "connections",
  "connections-per-address",
  "connection-rate",
  "handshake",
  "first-request",
  "slow-request",
  "header-size",
  "stream-resets",
  "control-frames",
  "frame-flood",
  "protocol-error",
  "unresponsive",
  "queued-bytes",
  "slow-reader",
  "idle",
] as const satisfies readonly string[];

/** One of {@link limitNames}. */
export type LimitName = (typeof limitNames)[number];

/** How often each limit was met since the start. */
export type LimitCounts = Readonly<Record<LimitName, number>>;

/** Milliseconds between two lines of one limit. */
const quiet = 10_000;

export class LimitsMet {
  readonly #counts: Record<LimitName, number>;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #observer: ((limit: LimitName) => void) | undefined;
  readonly #logged = new Map<LimitName, { readonly at: number; readonly count: number }>();

  constructor(clock: Clock, log: Logger, observer?: (limit: LimitName) => void) {
    this.#clock = clock;
    this.#log = log;
    this.#observer = observer;
    this.#counts = Object.fromEntries(limitNames.map((name) => [name, 0])) as Record<
      LimitName,
      number
    >;
  }

  get counts(): LimitCounts {
    return this.#counts;
  }

  /** A peer met a limit. @param remoteAddress of the latest, for the log */
  met(limit: LimitName, remoteAddress: string): void {
    const count = ++this.#counts[limit];
    this.#observer?.(limit);
    const last = this.#logged.get(limit);
    const now = this.#clock.now();
    if (last !== undefined && now - last.at < quiet) return;
    this.#logged.set(limit, { at: now, count });
    this.#log.warn("A limit was met.", { limit, remoteAddress, times: count - (last?.count ?? 0) });
  }
}
