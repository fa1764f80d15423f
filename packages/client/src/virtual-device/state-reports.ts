// Reports of the device's state on demand: once, or again and again for a while.

import type { Clock, Timer } from "@trefoil/protocol/clock";
import type { DirectivePayload } from "@trefoil/protocol/interfaces";

/** Bounds of what a platform may ask for, in seconds. */
const bounds = { interval: { least: 1, assumed: 10 }, duration: { most: 3_600 } } as const;

/** The running series of reports, of which there is one at a time. */
export class StateReports {
  readonly #clock: Clock;
  readonly #report: () => void;
  #timer: Timer | undefined;

  constructor(clock: Clock, report: () => void) {
    this.#clock = clock;
    this.#report = report;
  }

  /** `DeviceControl.ExpectReportState`. A later one takes the place of the series that runs. */
  expect({
    durationInSeconds: duration,
    intervalInSeconds: interval = bounds.interval.assumed,
  }: DirectivePayload<"DeviceControl.ExpectReportState">): void {
    this.stop();
    this.#report();
    if (duration === undefined) return;
    const pause = Math.max(interval, bounds.interval.least) * 1000;
    this.#repeat(pause, this.#clock.now() + Math.min(duration, bounds.duration.most) * 1000);
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #repeat(pause: number, end: number): void {
    if (this.#clock.now() + pause > end) return;
    this.#timer = this.#clock.after(pause, () => {
      this.#report();
      this.#repeat(pause, end);
    });
  }
}
