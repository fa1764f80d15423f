// Whether traffic should be sent here: up, able to reach its database, not on its way out, and keeping up.

import type { Clock } from "@trefoil/protocol/clock";

/** What keeps the server from being ready. */
export type UnreadyReason = "starting" | "draining" | "overloaded" | "database";

/** Ready, or why not. */
export type Readiness =
  | { readonly kind: "ready" }
  | { readonly kind: "unready"; readonly reasons: readonly UnreadyReason[] };

/** What is asked. */
export interface ReadinessChecks {
  /** Rejects, or takes its time, where the database cannot be used. */
  database(): Promise<unknown>;
  overloaded(): boolean;
}

/** Milliseconds that the database may take to answer. */
const patience = 2_000;

export class ReadinessGate {
  readonly #checks: ReadinessChecks;
  readonly #clock: Clock;
  #phase: "starting" | "serving" | "draining" = "starting";
  #asking: Promise<boolean> | undefined;

  constructor(checks: ReadinessChecks, clock: Clock) {
    this.#checks = checks;
    this.#clock = clock;
  }

  /** The server listens. */
  open(): void {
    if (this.#phase === "starting") this.#phase = "serving";
  }

  /** The server is about to end: for good. */
  close(): void {
    this.#phase = "draining";
  }

  async ask(): Promise<Readiness> {
    const reasons: UnreadyReason[] = [];
    if (this.#phase !== "serving") reasons.push(this.#phase);
    if (this.#checks.overloaded()) reasons.push("overloaded");
    // While it ends, the database is closed at some point.
    if (this.#phase !== "draining" && !(await this.#databaseAnswers())) reasons.push("database");
    return reasons.length === 0 ? { kind: "ready" } : { kind: "unready", reasons };
  }

  /** One question at a time, however many ask. */
  #databaseAnswers(): Promise<boolean> {
    return (this.#asking ??= this.#askDatabase().finally(() => {
      this.#asking = undefined;
    }));
  }

  #askDatabase(): Promise<boolean> {
    return new Promise((resolve) => {
      const late = this.#clock.after(patience, () => resolve(false));
      const answer = (answered: boolean) => (): void => {
        late.cancel();
        resolve(answered);
      };
      this.#checks.database().then(answer(true), answer(false));
    });
  }
}
