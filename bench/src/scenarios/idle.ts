// `idle`: devices that hold their downchannel and say nothing but a PING a minute. What a node holds of them is its memory.

import { setTimeout as sleep } from "node:timers/promises";
import { HeldDevices } from "../load/held-devices.js";
import { WebClient, inParallel } from "../load/web-client.js";
import { type ServerProcess, startOwn } from "../measure/child.js";
import { kernelMemory } from "../measure/proc.js";
import { startNginx } from "../peers/nginx.js";
import { type Device, startTrefoil } from "../peers/trefoil.js";
import type { Curve, ScenarioResult } from "../report/result.js";
import type { DownchannelRequest } from "../load/held-devices.js";
import { directiveText } from "../servers/push-driver.js";
import {
  type Bench,
  type Scenario,
  bareDownchannel,
  groupOf,
  nchanDownchannel,
  ratioTo,
  single,
  trefoilDownchannel,
} from "./scenario.js";

const kilobyte = 1024;

/** How many directives each device gets in the end. */
const pushes = 10;

/** How often a device PINGs. Milliseconds. */
const pingInterval = 60_000;

function sizes(quick: boolean): readonly number[] {
  return quick ? [200, 500, 1_000] : [1_000, 5_000, 10_000];
}

/** A server to hold devices at. */
interface Holder {
  start(): Promise<ServerProcess>;
  readonly downchannel: (device: Device) => DownchannelRequest;
  /** Sends each device so many directives. */
  push(server: ServerProcess, devices: readonly Device[]): Promise<void>;
  /** Whether it is a server of ours, which can be asked to collect its garbage. */
  readonly collects: boolean;
}

async function holders(bench: Bench): Promise<Record<string, Holder>> {
  const { cores, certificate, directory } = bench;
  const core = cores.server;
  const fleet = await bench.fleet();
  const order = (names: readonly string[], concurrency: number) => ({
    devices: Array.from({ length: pushes }, () => names).flat(),
    concurrency,
  });
  return {
    trefoil: {
      start: () => startTrefoil(fleet, { core, directory, certificate }),
      downchannel: trefoilDownchannel,
      push: (server, devices) =>
        server.ask(
          "push",
          order(
            devices.map(({ deviceKey }) => deviceKey),
            64,
          ),
        ),
      collects: true,
    },
    "node:http2": {
      start: () => startOwn("bare-http2", certificate, { core }),
      downchannel: bareDownchannel,
      push: (server, devices) =>
        server.ask(
          "push",
          order(
            devices.map(({ deviceId }) => deviceId),
            1,
          ),
        ),
      collects: true,
    },
    "nginx + nchan": {
      start: () => startNginx({ core, directory, certificate }),
      downchannel: nchanDownchannel,
      async push(server, devices) {
        const web = new WebClient(server.port, certificate.certificate, 16);
        const all = Array.from({ length: pushes }, () => devices).flat();
        await inParallel(all, 16, ({ deviceId }) =>
          web.send("POST", `/pub/${deviceId}`, {}, directiveText()),
        );
        web.close();
      },
      collects: false,
    },
  };
}

/** Memory at rest: what is merely not collected yet does not count. */
async function memoryOf(server: ServerProcess, holder: Holder): Promise<number> {
  await sleep(500);
  if (holder.collects) await server.ask("collect-garbage");
  await sleep(500);
  return server.memory;
}

/** Lets all devices PING at their pace for a while. @returns the share of a core that the server used for it */
async function pingAll(server: ServerProcess, held: HeldDevices, duration: number) {
  const start = performance.now();
  const before = server.cpu;
  let sent = 0;
  while (performance.now() - start < duration) {
    const due = ((performance.now() - start) / pingInterval) * held.connections.length;
    for (; sent < due; sent++) void held.connections[sent % held.connections.length]?.ping();
    await sleep(10);
  }
  const cpu = server.cpu - before;
  return { share: cpu / 1_000 / duration, perPing: cpu / Math.max(sent, 1) };
}

async function hold(name: string, holder: Holder, bench: Bench) {
  const { devices } = await bench.fleet();
  const server = await holder.start();
  const held = new HeldDevices({ port: server.port, ca: bench.certificate.certificate });
  const tell = (step: string) => bench.tell(`${name}: ${step}`);
  try {
    const empty = await memoryOf(server, holder);
    const kernelBefore = kernelMemory();
    const points: (readonly [number, number])[] = [];
    for (const size of sizes(bench.quick)) {
      const joining = devices.slice(held.connections.length, size);
      await held.connect(joining.map(holder.downchannel), (count) =>
        tell(`${count} of ${size} devices`),
      );
      tell(`${size} devices hold`);
      points.push([size, ((await memoryOf(server, holder)) - empty) / kilobyte / size]);
    }
    const count = held.connections.length;
    // Both ends of each connection are on this machine.
    const kernel = (kernelMemory() - kernelBefore) / kilobyte / count / 2;
    tell(`${count} devices PING once a minute`);
    const pings = await pingAll(server, held, bench.quick ? 4_000 : 20_000);
    tell(`${pushes} directives to each of ${count} devices`);
    held.reset();
    await holder.push(server, devices.slice(0, count));
    await held.receipt(count * pushes);
    const afterPushes = ((await memoryOf(server, holder)) - empty) / kilobyte / count;
    return {
      points,
      sample: {
        memory: points.at(-1)?.[1] ?? Number.NaN,
        afterPushes,
        kernel,
        share: pings.share * 100,
        perPing: pings.perPing,
      },
    };
  } finally {
    held.close();
    await server.stop();
  }
}

const quantities = {
  memory: { label: "memory per held device", unit: "KB", better: "lower" },
  afterPushes: { label: `after ${pushes} pushes each`, unit: "KB", better: "lower" },
  kernel: { label: "kernel memory per socket", unit: "KB", better: "lower" },
  share: { label: "of a core for a PING a minute each", unit: "%", better: "lower", digits: 2 },
  perPing: { label: "CPU per PING", unit: "µs", better: "lower" },
} as const;

/** How far the memory per device at the largest size is from that at the smallest: linear growth is 1. */
function linearity(curve: Curve): number {
  const points = curve.lines.find((line) => line.subject === "trefoil")?.points ?? [];
  return (points.at(-1)?.[1] ?? Number.NaN) / (points[0]?.[1] ?? Number.NaN);
}

const about =
  "Held downchannels over TLS 1.3, each connection with one stream: resident memory per device (after a garbage collection), kernel memory, CPU for keeping alive, and memory again after ten directives each.";

export const idle: Scenario = {
  name: "idle",
  about,
  devices: (quick) => sizes(quick).at(-1) ?? 0,
  async run(bench): Promise<ScenarioResult> {
    const found: Record<string, Awaited<ReturnType<typeof hold>>> = {};
    for (const [name, holder] of Object.entries(await holders(bench))) {
      found[name] = await hold(name, holder, bench);
    }
    const samples = Object.entries(found).map(([name, { sample }]) => [name, sample]);
    const largest = sizes(bench.quick).at(-1) ?? 0;
    const group = groupOf(
      `${largest.toLocaleString("en-US")} devices`,
      quantities,
      single(Object.fromEntries(samples)),
      "node:http2",
    );
    const curve: Curve = {
      name: "Memory per held device",
      x: "devices",
      y: "KB",
      lines: Object.entries(found).map(([subject, { points }]) => ({ subject, points })),
    };
    return {
      scenario: "idle",
      about,
      groups: [group],
      curves: [curve],
      floors: [
        {
          text: "memory per held device against bare node:http2",
          value: 1 / ratioTo(group, "memory", "trefoil", "node:http2"),
          bound: 1.2,
          sense: "at most",
          unit: "×",
        },
        {
          text: `memory per device at ${largest} devices against ${sizes(bench.quick)[0]} (linear growth)`,
          value: linearity(curve),
          bound: 1.1,
          sense: "at most",
          unit: "×",
        },
      ],
      notes: [
        "Kernel memory is the growth of the kernel's slabs and TCP buffers, shared evenly between the server's socket and the device's, which is on the same machine.",
        "Nchan holds its devices by server-sent events over HTTP/2, its leanest stream.",
      ],
    };
  },
};
