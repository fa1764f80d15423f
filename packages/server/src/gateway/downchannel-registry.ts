// One downchannel per device: the newest wins, and a device that opens them in a storm is told to wait.

import type { Clock } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { Downchannel } from "./downchannel.js";

/** So many openings of one device within {@link openingWindow} are served; a further one is refused. */
const openingsAllowed = 2;

/** Milliseconds. */
const openingWindow = 1000;

export class DownchannelRegistry {
  readonly #clock: Clock;
  readonly #open = new Map<string, Downchannel>();
  /** When each device last opened downchannels; an entry lives as long as the window. */
  readonly #openings = new Map<string, number[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#open.size;
  }

  get(deviceKey: string): Downchannel | undefined {
    return this.#open.get(deviceKey);
  }

  all(): readonly Downchannel[] {
    return [...this.#open.values()];
  }

  /**
   * Counts an opening.
   * @throws {TrefoilError} `too_many_requests` on the third within a second
   */
  admit(deviceKey: string): void {
    const now = this.#clock.now();
    const recent =
      this.#openings.get(deviceKey)?.filter((time) => now - time < openingWindow) ?? [];
    if (recent.length >= openingsAllowed) {
      throw new TrefoilError(
        "too_many_requests",
        "More than two requests for a downchannel within one second: keep one downchannel open and back off before the next.",
        { retryAfter: 1 },
      );
    }
    recent.push(now);
    this.#openings.set(deviceKey, recent);
    this.#clock.after(openingWindow, () => {
      const last = this.#openings.get(deviceKey)?.at(-1);
      if (last !== undefined && this.#clock.now() - last >= openingWindow) {
        this.#openings.delete(deviceKey);
      }
    });
  }

  /** Puts a new downchannel in its device's place and ends the one that was there. */
  replace(channel: Downchannel): void {
    const earlier = this.#open.get(channel.deviceKey);
    this.#open.set(channel.deviceKey, channel);
    earlier?.end("replaced");
  }

  /** Takes an ended downchannel out. @returns whether it still was the device's, so that the device is offline now */
  remove(channel: Downchannel): boolean {
    if (this.#open.get(channel.deviceKey) !== channel) return false;
    this.#open.delete(channel.deviceKey);
    return true;
  }
}
