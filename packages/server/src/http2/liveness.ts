// Finds out whether a peer that has gone quiet is still there. After each burst of its input one PING is sent, and not again
// before it has said something more; while a stream is open it is left to whoever opened that. A frame that was begun has to end.

/** What to do about a peer. */
export type LivenessAdvice = "nothing" | "ask" | "give-up";

/** What a connection is doing, as far as it matters here. */
export interface LivenessSigns {
  /** Milliseconds. */
  readonly now: number;
  readonly openStreams: number;
  /** A number that stays the same while a frame that was begun does not go on; undefined where none was begun. */
  readonly unfinished: number | undefined;
}

/** Looks in a row at which something has to be wrong: one alone may come before what waits to be read, after a sleep of the machine. */
const patience = 3;

type LivenessPhase =
  /** The peer has been silent since it was last known to live. */
  | { readonly kind: "settled" }
  /** It said something. */
  | { readonly kind: "doubtful" }
  /** A PING was sent. */
  | { readonly kind: "asked"; readonly since: number };

export class Liveness {
  readonly #timeout: number;
  #phase: LivenessPhase = { kind: "settled" };
  #isNews = false;
  #unfinished: { readonly what: number; readonly since: number } | undefined;
  #wrong = 0;

  /** @param timeout milliseconds that an ACK or the rest of a frame may take */
  constructor(timeout: number) {
    this.#timeout = timeout;
  }

  /** The peer said something other than PING and ACK. */
  heard(): void {
    this.#isNews = true;
  }

  /** The PING that was asked for has its ACK. */
  answered(): void {
    this.#phase = { kind: "settled" };
  }

  /** Looks once; to be called about once a second. */
  check({ now, openStreams, unfinished }: LivenessSigns): LivenessAdvice {
    if (unfinished === undefined) this.#unfinished = undefined;
    else if (this.#unfinished?.what !== unfinished)
      this.#unfinished = { what: unfinished, since: now };
    const isStuck = this.#unfinished !== undefined && this.#isLate(this.#unfinished.since, now);
    const isSilent =
      this.#phase.kind === "asked" && openStreams === 0 && this.#isLate(this.#phase.since, now);
    this.#wrong = isStuck || isSilent ? this.#wrong + 1 : 0;
    if (this.#wrong >= patience) return "give-up";
    const isNews = this.#isNews;
    this.#isNews = false;
    if (isNews && this.#phase.kind === "settled") {
      this.#phase = { kind: "doubtful" };
    } else if (!isNews && this.#phase.kind === "doubtful" && openStreams === 0) {
      // While the peer talks there is time: it is asked when the burst is over.
      this.#phase = { kind: "asked", since: now };
      return "ask";
    }
    return "nothing";
  }

  #isLate(since: number, now: number): boolean {
    return now - since >= this.#timeout;
  }
}
