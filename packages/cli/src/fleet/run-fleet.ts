// `trefoil device --fleet N`: many devices at once against one server, and what they met.

import { setMaxListeners } from "node:events";
import { attachedClock } from "@trefoil/client/node";
import type { Clock } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { Target } from "../known-server/index.js";
import { ownDevices } from "../own-devices/index.js";
import type { Terminal } from "../terminal.js";
import { behaviourOf } from "./behaviour.js";
import { FleetDevice } from "./fleet-device.js";
import { jsonSummary, progressLine, summary } from "./fleet-report.js";
import { Statistics } from "./statistics.js";

/** Most devices of one process. */
const maxDevices = 2_000;
/** Milliseconds between two devices that begin: 25 a second, so that nobody takes it for an attack. */
const rampPause = 40;
/** Devices that sign out at the same time. */
const endedAtOnce = 16;
/** Milliseconds between two progress lines: one that is drawn over, and one of a log. */
const progressPause = { terminal: 1_000, log: 10_000 } as const;

/** What a fleet is told. */
export interface FleetOptions {
  readonly target: Target;
  readonly count: number;
  /** Seconds; undefined: until it is stopped. */
  readonly duration: number | undefined;
  readonly json: boolean;
  readonly terminal: Terminal;
  readonly stop: AbortSignal;
  readonly clock?: Clock;
  /** 0 <= random() < 1 */
  readonly random?: () => number;
}

/**
 * Runs a fleet and prints its statistics. Its devices are guests or of one account, their ids begin alike, and they give
 * their tokens back. From a developer server they are removed.
 * @throws {TrefoilError} `invalid_configuration` where it is too large; `unavailable` where not one device got in
 */
export async function runFleet(options: FleetOptions): Promise<void> {
  const { target, count, duration, json, terminal, stop, clock = attachedClock } = options;
  const { random = Math.random } = options;
  if (count > maxDevices) {
    throw new TrefoilError("invalid_configuration", `a fleet has at most ${maxDevices} devices`);
  }
  const statistics = new Statistics(random);
  const over = new AbortController();
  // Every device listens.
  setMaxListeners(0, over.signal);
  const end = () => over.abort();
  stop.addEventListener("abort", end, { once: true });
  const limit = duration === undefined ? undefined : clock.after(duration * 1_000, end);
  const begun = clock.now();
  const seconds = () => (clock.now() - begun) / 1_000;
  const prefix = target.deviceId ?? "fleet";
  const devices: FleetDevice[] = [];
  const progress = new Progress(terminal, clock, () =>
    progressLine(
      statistics,
      { connected: devices.filter(({ isConnected }) => isConnected).length, all: count },
      seconds(),
    ),
  );
  const idOf = (index: number) => `${prefix}-${String(index + 1).padStart(4, "0")}`;
  const own = await ownDevices({
    ...target,
    deviceIds: Array.from({ length: count }, (_, index) => idOf(index)),
    isNamed: target.deviceId !== undefined,
  });
  progress.begin();
  const runs: Promise<void>[] = [];
  for (let index = 0; index < count && !over.signal.aborted; index++) {
    const device = new FleetDevice({
      target,
      deviceId: idOf(index),
      behaviour: behaviourOf(index),
      statistics,
      clock,
      random,
      stop: over.signal,
    });
    devices.push(device);
    runs.push(device.run());
    await new Promise<void>((resolve) => void clock.after(rampPause, resolve));
  }
  // A device that is not let in has nothing else to do; the others run until the end.
  await Promise.all(runs);
  const took = seconds();
  limit?.cancel();
  stop.removeEventListener("abort", end);
  progress.end();
  await endAll(devices);
  await own.remove();
  terminal.out(
    json ? jsonSummary(statistics, count, took) : summary(statistics, devices.length, took),
  );
  if (statistics.signedIn === 0 && !stop.aborted) {
    const [why = ""] = statistics.failures.entries[0] ?? [];
    throw new TrefoilError(
      "unavailable",
      `not one device got in (${why}); trefoil doctor says what is wrong`,
    );
  }
}

async function endAll(devices: readonly FleetDevice[]): Promise<void> {
  const left = [...devices];
  const worker = async (): Promise<void> => {
    for (let device = left.pop(); device !== undefined; device = left.pop()) await device.end();
  };
  await Promise.all(Array.from({ length: endedAtOnce }, worker));
}

/** One line that is drawn over again on a terminal, and now and then a line of a log elsewhere. */
class Progress {
  readonly #terminal: Terminal;
  readonly #clock: Clock;
  readonly #line: () => string;
  #timer: { cancel(): void } | undefined;

  constructor(terminal: Terminal, clock: Clock, line: () => string) {
    this.#terminal = terminal;
    this.#clock = clock;
    this.#line = line;
  }

  begin(): void {
    const { isInteractive } = this.#terminal;
    const pause = isInteractive ? progressPause.terminal : progressPause.log;
    this.#timer = this.#clock.after(pause, () => {
      const line = this.#line();
      this.#terminal.err(isInteractive ? `\r\u001b[K${line}` : `${line}\n`);
      this.begin();
    });
  }

  end(): void {
    this.#timer?.cancel();
    if (this.#terminal.isInteractive) this.#terminal.err("\r\u001b[K");
  }
}
