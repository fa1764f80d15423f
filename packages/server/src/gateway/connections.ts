// The open connections, and how all of them are sent away at the end.

import type { Clock } from "@trefoil/protocol/clock";
import { ErrorCode } from "../http2/index.js";
import type { Logger } from "../logging/index.js";
import type { Connection } from "./connection.js";
import { drainWaves } from "./drain-waves.js";

export class Connections {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #open = new Set<Connection>();
  #draining = false;
  #onEmpty: (() => void) | undefined;

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#log = log;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Whether a drain has begun. */
  get draining(): boolean {
    return this.#draining;
  }

  /** Keeps a connection until it closes. */
  add(connection: Connection): void {
    this.#open.add(connection);
    connection.session.onClose(() => {
      this.#open.delete(connection);
      if (this.#open.size === 0) this.#onEmpty?.();
    });
    // Its handshake was under way when the drain began.
    if (this.#draining) connection.leave(this.#clock);
  }

  /**
   * Sends all away, in waves. Resolves when they are gone, or are being cut because the time is over.
   * @param seconds the drain time
   */
  async drain(seconds: number): Promise<void> {
    this.#draining = true;
    if (this.#open.size === 0) return;
    this.#log.info("Connections are sent away.", { connections: this.#open.size, seconds });
    const gone = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
    const span = seconds * 1000;
    const timers = drainWaves([...this.#open], span).flatMap(({ at, members }) => {
      const tell = (): void => {
        for (const connection of members) connection.leave(this.#clock);
      };
      if (at > 0) return [this.#clock.after(at, tell)];
      tell();
      return [];
    });
    const end = new Promise<void>((resolve) => {
      timers.push(this.#clock.after(span, resolve));
    });
    await Promise.race([gone, end]);
    for (const timer of timers) timer.cancel();
    this.#cut();
  }

  #cut(): void {
    if (this.#open.size === 0) return;
    this.#log.warn("The drain time is over: connections are cut.", {
      connections: this.#open.size,
    });
    for (const { session } of this.#open) session.destroy(ErrorCode.noError);
  }
}
