// How long an answer may keep one waiting: a deadline that runs only while the other side owes something.

import type { Clock, Timer } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";

/** Ends one exchange when the gateway is silent for too long. */
export class Patience {
  readonly #clock: Clock;
  readonly #timeout: number;
  readonly #exchange: AbortController;
  #timer: Timer | undefined;
  #over = false;

  /**
   * @param timeout milliseconds of silence
   * @param exchange is aborted with a TrefoilError `unavailable` after them
   */
  constructor(clock: Clock, timeout: number, exchange: AbortController) {
    this.#clock = clock;
    this.#timeout = timeout;
    this.#exchange = exchange;
  }

  /** The other side owes something from now on. */
  begin(): void {
    if (this.#over) return;
    this.#timer?.cancel();
    this.#timer = this.#clock.after(this.#timeout, () => {
      const seconds = this.#timeout / 1000;
      this.#exchange.abort(
        new TrefoilError("unavailable", `The gateway said nothing for ${seconds} s.`),
      );
    });
  }

  /** It owes nothing any more. */
  end(): void {
    this.#over = true;
    this.#timer?.cancel();
  }

  /** Lets a body through; only waiting for its next piece counts, not the time that the reader takes. */
  async *during(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    this.begin();
    try {
      for await (const chunk of body) {
        this.#timer?.cancel();
        yield chunk;
        this.begin();
      }
    } finally {
      this.end();
    }
  }
}
