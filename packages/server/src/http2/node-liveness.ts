// Finds connections whose frame layer has died without a word. On a breach of the protocol, nghttp2 sends a GOAWAY and stops
// reading, and of some breaches node:http2 never hears: neither 'error' nor 'close' follows, and not even the peer's hanging up
// is noticed. So after each burst of input one PING is sent. A dead frame layer leaves it in its queue, or never reads its ACK.

import type { ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import type { SessionLimit } from "./engine.js";

/** Header and payload of a PING frame. */
const pingBytes = 9 + 8;

/** Looks in a row at which something has to be wrong: one alone may come before what waits to be read or written. */
const patience = 3;

type LivenessPhase =
  /** The peer has been silent since the frame layer was last known to live. */
  | { readonly kind: "settled" }
  /** Something came that may have killed it. */
  | { readonly kind: "doubtful" }
  /** A PING was sent. `heard`: something came since, but no ACK. */
  | { readonly kind: "asked"; readonly since: number; heard: boolean; wrong: number };

/** What a connection is doing, as far as it matters here. */
export interface LivenessSigns {
  readonly now: number;
  /** Bytes of answers that wait: a peer that does not read them holds up PINGs as well. */
  readonly bytesQueued: number;
  readonly openStreams: number;
}

export class Liveness {
  readonly #raw: ServerHttp2Session;
  readonly #socket: Socket;
  readonly #timeout: number;
  #phase: LivenessPhase = { kind: "settled" };
  /** Bytes of input that are accounted for. */
  #accounted = 0;
  /** Whether the process has had time for input and output since the last look: after a sleep of the machine it has not. */
  #hasTurned = true;

  /** @param timeout milliseconds that an ACK may take on a connection that is not merely asleep */
  constructor(raw: ServerHttp2Session, socket: Socket, timeout: number) {
    this.#raw = raw;
    this.#socket = socket;
    this.#timeout = timeout;
  }

  /** A PING or an ACK came in, which only a living frame layer can tell: its bytes raise no doubt. */
  pingSeen(): void {
    this.#accounted += pingBytes;
  }

  /** Looks once; to be called about once a second. @returns what is wrong */
  check(signs: LivenessSigns): SessionLimit | undefined {
    const { bytesRead } = this.#socket;
    const isNews = bytesRead !== this.#accounted;
    this.#accounted = bytesRead;
    switch (this.#phase.kind) {
      case "settled":
        if (isNews) this.#phase = { kind: "doubtful" };
        return undefined;
      case "doubtful":
        // While the peer talks there is time: it is asked when the burst is over.
        if (!isNews) this.#ask(signs.now);
        return undefined;
      case "asked":
        this.#phase.heard ||= isNews;
        return this.#judge(this.#phase, signs);
    }
  }

  #ask(now: number): void {
    const asked: LivenessPhase = { kind: "asked", since: now, heard: false, wrong: 0 };
    this.#phase = asked;
    this.#raw.ping((error: Error | null) => {
      if (error !== null) return;
      this.pingSeen();
      if (this.#phase === asked) this.#phase = { kind: "settled" };
    });
  }

  #judge(
    phase: LivenessPhase & { readonly kind: "asked" },
    { now, bytesQueued, openStreams }: LivenessSigns,
  ): SessionLimit | undefined {
    if (!this.#hasTurned) return undefined;
    this.#hasTurned = false;
    setImmediate(() => (this.#hasTurned = true));
    // A device that sleeps with its downchannel open is left alone: its PINGs are the gateway's to judge.
    const isLate = (openStreams === 0 || phase.heard) && now - phase.since >= this.#timeout;
    const isHeldUp = bytesQueued === 0 && (this.#raw.state.outboundQueueSize ?? 0) > 0;
    phase.wrong = isLate || isHeldUp ? phase.wrong + 1 : 0;
    if (phase.wrong < patience) return undefined;
    return isHeldUp ? "protocol-error" : "unresponsive";
  }
}
