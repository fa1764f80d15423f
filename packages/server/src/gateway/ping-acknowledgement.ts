// Acknowledgement by PING: HTTP/2 answers PINGs in the order of the bytes, so an ACK says that what was sent before has
// reached the peer's HTTP/2 layer. One PING is in flight per connection; it covers everything that was flushed before it.

import type { Clock, Timer } from "@trefoil/protocol/clock";
import { ErrorCode, type ServerSession } from "../http2/index.js";
import { secondsSince } from "../observability/index.js";

/** Who is told how the peer answers. */
export interface PingObserver {
  /** An ACK is here. @param seconds since its PING */
  acknowledged(seconds: number): void;
  /** No ACK came in time; the connection is dropped. */
  timedOut(): void;
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

type PingPhase =
  | { readonly kind: "idle" }
  | { readonly kind: "in-flight"; readonly covered: readonly Waiter[]; next: Waiter[] }
  | { readonly kind: "ended" };

/** The PINGs of one connection: confirms what was written, and finds out whether the peer still lives. */
export class PingAcknowledgement {
  readonly #session: ServerSession;
  readonly #clock: Clock;
  readonly #timeout: number;
  readonly #observer: PingObserver | undefined;
  #phase: PingPhase = { kind: "idle" };
  #idleTimer: Timer | undefined;
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

  /** Resolves when all that was flushed before this call has reached the peer; rejects when the connection ends first. */
  confirm(): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter = { resolve, reject };
      switch (this.#phase.kind) {
        case "idle":
          this.#ping([waiter]);
          return;
        case "in-flight":
          this.#phase.next.push(waiter);
          return;
        case "ended":
          reject(new Error("The connection has ended."));
          return;
      }
    });
  }

  #ping(covered: readonly Waiter[]): void {
    this.#phase = { kind: "in-flight", covered, next: [] };
    const sentAt = performance.now();
    const deadline = this.#clock.after(this.#timeout, () => {
      this.#observer?.timedOut();
      this.#session.destroy(ErrorCode.noError);
    });
    this.#session.ping().then(
      () => {
        deadline.cancel();
        this.#observer?.acknowledged(secondsSince(sentAt));
        this.#acknowledged();
      },
      () => {
        deadline.cancel();
        this.#end();
      },
    );
  }

  #acknowledged(): void {
    if (this.#phase.kind !== "in-flight") return;
    this.#lastAck = this.#clock.now();
    const { covered, next } = this.#phase;
    if (next.length > 0) this.#ping(next);
    else this.#phase = { kind: "idle" };
    for (const waiter of covered) waiter.resolve();
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
    if (this.#phase.kind === "ended") return;
    const waiting =
      this.#phase.kind === "in-flight" ? [...this.#phase.covered, ...this.#phase.next] : [];
    this.#phase = { kind: "ended" };
    const error = new Error("The connection ended before the PING was acknowledged.");
    for (const waiter of waiting) waiter.reject(error);
  }
}
