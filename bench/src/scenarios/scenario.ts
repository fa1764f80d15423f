// What scenarios are made of, and the pieces that several of them use.

import type { Certificate } from "../peers/certificate.js";
import type { Device, Fleet } from "../peers/trefoil.js";
import type { Cores } from "../measure/cores.js";
import type { Sample, Samples } from "../measure/rounds.js";
import { median, medianRatio } from "../measure/statistics.js";
import type { DownchannelRequest } from "../load/held-devices.js";
import type { Group, Measured, Quantity, ScenarioResult } from "../report/result.js";

/** What a run gives its scenarios. */
export interface Bench {
  readonly cores: Cores;
  /** For files of this run. */
  readonly directory: string;
  readonly certificate: Certificate;
  /** Small counts: a look, not a result. */
  readonly quick: boolean;
  readonly tell: (step: string) => void;
  /** Devices that signed in; at least as many as the scenario said that it needs. */
  fleet(): Promise<Fleet>;
}

export interface Scenario {
  readonly name: string;
  /** One line on the load. */
  readonly about: string;
  /** How many devices have to have signed in. */
  devices(quick: boolean): number;
  run(bench: Bench): Promise<ScenarioResult>;
}

export const cpuPerRequest: Quantity = { label: "CPU per request", unit: "µs", better: "lower" };
export const rate: Quantity = { label: "rate", unit: "/s", better: "higher", digits: 0 };

/** A group from samples that were taken in turns. */
export function groupOf(
  name: string,
  quantities: Readonly<Record<string, Quantity>>,
  samples: Readonly<Record<string, Samples>>,
  baseline: string,
): Group {
  const measured = Object.entries(samples).map(([subject, values]) => measuredOf(subject, values));
  return { name, quantities, measured, chart: Object.keys(quantities)[0] ?? "", baseline };
}

function measuredOf(subject: string, samples: Samples): Measured {
  const values = Object.entries(samples).map(([quantity, rounds]) => [
    quantity,
    { median: median(rounds), rounds },
  ]);
  return { subject, values: Object.fromEntries(values) as Measured["values"] };
}

/** Samples of subjects that were measured once, one after the other. */
export function single(samples: Readonly<Record<string, Sample>>): Record<string, Samples> {
  return Object.fromEntries(
    Object.entries(samples).map(([subject, sample]) => [
      subject,
      Object.fromEntries(Object.entries(sample).map(([name, value]) => [name, [value]])),
    ]),
  );
}

/** How good `subject` is against `peer`: 1 is as good, 2 is twice as good, whichever way the quantity goes. */
export function ratioTo(group: Group, quantity: string, subject: string, peer: string): number {
  const rounds = (name: string): readonly number[] =>
    group.measured.find((measured) => measured.subject === name)?.values[quantity]?.rounds ?? [];
  return group.quantities[quantity]?.better === "higher"
    ? medianRatio(rounds(subject), rounds(peer))
    : medianRatio(rounds(peer), rounds(subject));
}

/** How a device asks Trefoil for its downchannel. */
export function trefoilDownchannel(device: Device): DownchannelRequest {
  return {
    path: "/v1/directives",
    headers: {
      authorization: `Bearer ${device.accessToken}`,
      "user-agent": "CLOVA/BENCH/1.0.0 (Linux;1.0;bench;clientId=bench)",
    },
  };
}

/** How it asks the bare server. */
export function bareDownchannel(device: Pick<Device, "deviceId">): DownchannelRequest {
  return { path: "/v1/directives", headers: { "x-device": device.deviceId } };
}

/** How it asks Nchan: server-sent events are its leanest stream over HTTP/2. */
export function nchanDownchannel(device: Pick<Device, "deviceId">): DownchannelRequest {
  return { path: `/sub/${device.deviceId}`, headers: { accept: "text/event-stream" } };
}
