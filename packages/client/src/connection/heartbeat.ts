// Whether a connection still lives: asked on a schedule, with a deadline for the answer.

import type { Clock, Timer } from "@trefoil/protocol/clock";

/** When to ask, in milliseconds. */
export interface HeartbeatSchedule {
  /** From one answer to the next question. */
  readonly interval: number;
  /** How long an answer may take. */
  readonly timeout: number;
}

/** The heartbeat of one connection. */
export class Heartbeat {
  readonly #ping: () => Promise<void>;
  readonly #schedule: HeartbeatSchedule;
  readonly #clock: Clock;
  readonly #dead: () => void;
  #timer: Timer | undefined;
  /** Which question is open; answers to others count for nothing. */
  #asking = 0;
  #questions = 0;
  #stopped = false;

  /**
   * @param ping asks once: resolves with the answer; a rejection is no answer
   * @param dead no answer came in time; called once
   */
  constructor(
    ping: () => Promise<void>,
    schedule: HeartbeatSchedule,
    clock: Clock,
    dead: () => void,
  ) {
    this.#ping = ping;
    this.#schedule = schedule;
    this.#clock = clock;
    this.#dead = dead;
    this.#wait();
  }

  /** Asks at once, unless a question is open. */
  probe(): void {
    if (this.#stopped || this.#asking !== 0) return;
    this.#timer?.cancel();
    this.#ask();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #wait(): void {
    if (!this.#stopped) {
      this.#timer = this.#clock.after(this.#schedule.interval, () => this.#ask());
    }
  }

  #ask(): void {
    const question = ++this.#questions;
    this.#asking = question;
    this.#timer = this.#clock.after(this.#schedule.timeout, () => {
      this.stop();
      this.#dead();
    });
    this.#ping().then(
      () => {
        if (this.#stopped || this.#asking !== question) return;
        this.#asking = 0;
        this.#timer?.cancel();
        this.#wait();
      },
      // No answer: the deadline decides, unless the owner has seen the connection end.
      () => undefined,
    );
  }
}
