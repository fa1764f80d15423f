// What a connection's peer has to do in time: ask for something, read what is sent to it, finish what it begins, and be there. Looked
// at about once a second; what it comes to is for the connection to do.

import type { EngineLimits, SessionLimit } from "./engine.js";
import { Liveness } from "./liveness.js";
import type { Stream } from "./stream.js";

/** What a look at the deadlines comes to. `ask`: send a PING, and tell {@link Deadlines.answered} of its ACK. */
export type DeadlineVerdict =
  | { readonly kind: "fine" }
  | { readonly kind: "ask" }
  | { readonly kind: "exceeded"; readonly limit: SessionLimit };

/** The state of a connection, as far as it matters here. */
export interface DeadlineSigns {
  /** Milliseconds. */
  readonly now: number;
  readonly openStreams: number;
  /** A number that stays the same while a frame that was begun does not go on; undefined where none was begun. */
  readonly unfinished: number | undefined;
  /** The number of the batch that the socket has yet to take; undefined where it has taken all. */
  readonly inFlight: number | undefined;
  /** The streams with something queued that has not got through. */
  readonly waiting: Iterable<Pick<Stream, "waitingSince">>;
}

const fine: DeadlineVerdict = { kind: "fine" };
const ask: DeadlineVerdict = { kind: "ask" };
const exceeded = (limit: SessionLimit): DeadlineVerdict => ({ kind: "exceeded", limit });

export class Deadlines {
  readonly #limits: EngineLimits;
  readonly #openedAt: number;
  readonly #liveness: Liveness;
  #hasRequested = false;
  /** When the last stream closed or the peer last sent a PING. */
  #activeAt: number;
  /** The batch that the socket had not taken at the last look, and since when. */
  #stuck: { readonly batch: number; readonly since: number } | undefined;

  /** @param now when the connection was opened. Milliseconds */
  constructor(limits: EngineLimits, now: number) {
    this.#limits = limits;
    this.#openedAt = now;
    this.#activeAt = now;
    this.#liveness = new Liveness(limits.pingTimeout);
  }

  /** The peer said something other than PING and ACK. */
  heard(): void {
    this.#liveness.heard();
  }

  /** The peer asked for something. */
  requested(): void {
    this.#hasRequested = true;
    this.#liveness.heard();
  }

  /** The connection is in use: it is not idle before long. */
  active(now: number): void {
    this.#activeAt = now;
  }

  /** The PING that was asked for has its ACK. */
  answered(): void {
    this.#liveness.answered();
  }

  check(signs: DeadlineSigns): DeadlineVerdict {
    const { now, openStreams } = signs;
    const { firstRequestTimeout, idleTimeout } = this.#limits;
    const advice = this.#liveness.check(signs);
    if (advice === "give-up") return exceeded("unresponsive");
    if (!this.#hasRequested) {
      return now - this.#openedAt >= firstRequestTimeout ? exceeded("first-request") : fine;
    }
    if (this.#readsSlowly(signs)) return exceeded("slow-reader");
    if (openStreams === 0 && now - this.#activeAt >= idleTimeout) return exceeded("idle");
    return advice === "ask" ? ask : fine;
  }

  #readsSlowly({ now, inFlight, waiting }: DeadlineSigns): boolean {
    const { slowReaderTimeout } = this.#limits;
    // The same batch for all of that time: a peer that reads slowly but steadily takes one after the other.
    if (inFlight === undefined) this.#stuck = undefined;
    else if (this.#stuck?.batch !== inFlight) this.#stuck = { batch: inFlight, since: now };
    if (this.#stuck !== undefined && now - this.#stuck.since >= slowReaderTimeout) return true;
    for (const stream of waiting) if (now - stream.waitingSince >= slowReaderTimeout) return true;
    return false;
  }
}
