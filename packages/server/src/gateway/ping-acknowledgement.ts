// Acknowledgement by PING: HTTP/2 answers PINGs in the order of the bytes, so an ACK says that what was sent before has
// reached the peer's HTTP/2 layer. One PING is in flight per connection; it covers everything that was flushed before it.

import type { Clock, Timer } from "@trefoil/protocol/clock";
import type { Confirmed } from "../delivery/index.js";
import { ErrorCode, type ServerSession } from "../http2/index.js";
import { secondsSince } from "../observability/index.js";

/** Who is told how the peer answers. */
export interface PingObserver {
  /** An ACK is here. @param seconds since its PING */
  acknowledged(seconds: number): void;
  /** No ACK came in time; the connection is dropped. */
  timedOut(): void;
}

type PingPhase =
  | { readonly kind: "idle" }
  | {
      readonly kind: "in-flight";
      /** What `performance.now()` answered when it was sent. */
      readonly sentAt: number;
      readonly deadline: number;
      readonly covered: readonly Confirmed[];
      readonly next: Confirmed[];
    }
  | { readonly kind: "ended" };

/** The PINGs of one connection: confirms what was written, and finds out whether the peer still lives. */
export class PingAcknowledgement {
  readonly #session: ServerSession;
  readonly #clock: Clock;
  readonly #timeout: number;
  readonly #observer: PingObserver | undefined;
  #phase: PingPhase = { kind: "idle" };
  #idleTimer: Timer | undefined;
  /** One for many PINGs: it looks again when the PING that it was set for was answered. */
  #deadlineTimer: Timer | undefined;
  #lastAck: number;

  /**
   * @param timeout milliseconds that an ACK may take; past that the connection is dropped
   * @param interval milliseconds of silence after which a PING is sent for its own sake
   */
  constructor(
    session: ServerSession,
    clock: Clock,
    timeout: number,
    interval: number,
    observer?: PingObserver,
  ) {
    this.#observer = observer;
    this.#session = session;
    this.#clock = clock;
    this.#timeout = timeout;
    this.#lastAck = clock.now();
    this.#watch(interval);
    session.onClose(() => this.#end());
  }

  /** Whether somebody waits for an ACK. */
  get waiting(): boolean {
    return this.#phase.kind === "in-flight" && this.#phase.covered.length > 0;
  }

  /**
   * Asks whether all that was flushed before this call has reached the peer.
   * @param confirmed called once, and not before this returns
   */
  confirm(confirmed: Confirmed): void {
    switch (this.#phase.kind) {
      case "idle":
        this.#ping([confirmed]);
        return;
      case "in-flight":
        this.#phase.next.push(confirmed);
        return;
      case "ended":
        queueMicrotask(() => confirmed(false));
        return;
    }
  }

  #ping(covered: readonly Confirmed[]): void {
    const sentAt = performance.now();
    const deadline = this.#clock.now() + this.#timeout;
    this.#phase = { kind: "in-flight", sentAt, deadline, covered, next: [] };
    this.#deadlineTimer ??= this.#clock.after(this.#timeout, () => this.#checkDeadline());
    this.#session.ping(this.#answered);
  }

  readonly #answered = (isAcknowledged: boolean): void => {
    if (!isAcknowledged) {
      this.#end();
      return;
    }
    if (this.#phase.kind !== "in-flight") return;
    const { sentAt, covered, next } = this.#phase;
    this.#observer?.acknowledged(secondsSince(sentAt));
    this.#lastAck = this.#clock.now();
    if (next.length > 0) this.#ping(next);
    else this.#phase = { kind: "idle" };
    for (const confirmed of covered) confirmed(true);
  };

  #checkDeadline(): void {
    this.#deadlineTimer = undefined;
    if (this.#phase.kind !== "in-flight") return;
    const left = this.#phase.deadline - this.#clock.now();
    if (left > 0) {
      this.#deadlineTimer = this.#clock.after(left, () => this.#checkDeadline());
      return;
    }
    this.#observer?.timedOut();
    this.#session.destroy(ErrorCode.noError);
  }

  /** Looks once an interval whether the connection has been heard of, and asks where it has not. */
  #watch(interval: number): void {
    this.#idleTimer = this.#clock.after(interval, () => {
      if (this.#phase.kind === "ended") return;
      if (this.#phase.kind === "idle" && this.#clock.now() - this.#lastAck >= interval)
        this.#ping([]);
      this.#watch(interval);
    });
  }

  #end(): void {
    this.#idleTimer?.cancel();
    this.#deadlineTimer?.cancel();
    if (this.#phase.kind === "ended") return;
    const waiting =
      this.#phase.kind === "in-flight" ? [...this.#phase.covered, ...this.#phase.next] : [];
    this.#phase = { kind: "ended" };
    for (const confirmed of waiting) confirmed(false);
  }
}
