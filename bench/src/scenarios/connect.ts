// `connect`: from nothing to the first directive. What a reconnect storm costs.

import { DeviceConnection, type Target } from "../load/device-connection.js";
import type { DownchannelRequest } from "../load/held-devices.js";
import { inParallel } from "../load/web-client.js";
import { type ServerProcess, startOwn } from "../measure/child.js";
import { type Sample, alternate } from "../measure/rounds.js";
import { median, percentile } from "../measure/statistics.js";
import { startNginx } from "../peers/nginx.js";
import { type Device, startTrefoil } from "../peers/trefoil.js";
import type { Group, ScenarioResult } from "../report/result.js";
import { type Scenario, bareDownchannel, groupOf, trefoilDownchannel } from "./scenario.js";

/** How many devices are connecting at once. */
const width = 16;

/** A server and how a device makes it send its first bytes. */
export interface Door {
  readonly server: ServerProcess;
  readonly request: (device: Device) => DownchannelRequest;
  readonly ca: string;
  readonly maxVersion?: Target["maxVersion"];
}

/** Connects every device once, each until its first bytes have come. */
export async function connectAll(
  { server, request, ca, maxVersion }: Door,
  devices: readonly Device[],
  resume: boolean,
): Promise<Sample> {
  const target: Target = {
    port: server.port,
    ca,
    ...(maxVersion === undefined ? {} : { maxVersion }),
  };
  const session = resume ? await ticketOf(target, request(devices[0] as Device)) : undefined;
  const times: number[] = [];
  let resumed = 0;
  const before = server.cpu;
  const start = performance.now();
  await inParallel(devices, width, async (device) => {
    const begun = performance.now();
    const connection = await firstBytes({ ...target, session }, request(device));
    times.push(performance.now() - begun);
    if (connection.socket.isSessionReused()) resumed++;
    connection.close();
  });
  const seconds = (performance.now() - start) / 1_000;
  if (resumed !== (resume ? devices.length : 0)) {
    throw new Error(`${resumed} of ${devices.length} TLS sessions were resumed`);
  }
  return {
    cpu: (server.cpu - before) / devices.length,
    rate: devices.length / seconds,
    p50: median(times),
    p99: percentile(times, 99),
  };
}

async function firstBytes(
  target: Target,
  { path, headers }: DownchannelRequest,
): Promise<DeviceConnection> {
  const connection = await DeviceConnection.connect(target);
  await new Promise<void>((resolve, reject) => {
    connection.request("GET", path, headers, {
      data: () => resolve(),
      end: () => reject(new Error("the stream ended before its first bytes")),
    });
  });
  return connection;
}

async function ticketOf(target: Target, request: DownchannelRequest): Promise<Buffer> {
  const connection = await firstBytes(target, request);
  const { session } = connection;
  connection.close();
  if (session === undefined) throw new Error("the server gave no session ticket");
  return session;
}

export const connectQuantities = {
  cpu: { label: "CPU per connection", unit: "µs", better: "lower", digits: 0 },
  rate: { label: "connections", unit: "/s", better: "higher", digits: 0 },
  p50: { label: "p50", unit: "ms", better: "lower" },
  p99: { label: "p99", unit: "ms", better: "lower" },
} as const;

function devicesNeeded(quick: boolean): number {
  return quick ? 200 : 1_000;
}

const about =
  "New TLS 1.3 connections (ECDSA P-256), each until `Clova.Hello` has come (the peers: until their first byte), with full handshakes and with resumed sessions.";

export const connect: Scenario = {
  name: "connect",
  about,
  devices: devicesNeeded,
  async run(bench): Promise<ScenarioResult> {
    const { cores, certificate, directory } = bench;
    const core = cores.server;
    const fleet = await bench.fleet();
    const devices = fleet.devices.slice(0, devicesNeeded(bench.quick));
    const ca = certificate.certificate;
    const doors: Record<string, Door> = {
      trefoil: {
        server: await startTrefoil(fleet, { core, directory, certificate }),
        request: trefoilDownchannel,
        ca,
      },
      "node:http2": {
        server: await startOwn("bare-http2", certificate, { core }),
        request: bareDownchannel,
        ca,
      },
      nginx: {
        server: await startNginx({ core, directory, certificate }),
        request: () => ({ path: "/byte", headers: {} }),
        ca,
      },
    };
    try {
      const groups: Group[] = [];
      for (const resume of [false, true]) {
        const name = resume ? "Resumed session" : "Full handshake";
        const samples = await alternate(
          doors,
          bench.quick ? 1 : 4,
          (door) => connectAll(door, devices, resume),
          (step) => bench.tell(`${name}: ${step}`),
        );
        groups.push(groupOf(name, connectQuantities, samples, "node:http2"));
      }
      return {
        scenario: "connect",
        about,
        groups,
        curves: [],
        floors: [],
        notes: [
          "The rate is held back by the load: a TLS client in JavaScript costs as much as the server. One core of server takes as many connections a second as 1,000,000 µs has CPU times of one.",
        ],
      };
    } finally {
      await Promise.all(Object.values(doors).map(({ server }) => server.stop()));
    }
  },
};
