// `push`: one directive to each of many devices, one after the other, from within the process and by HTTP.

import { HeldDevices } from "../load/held-devices.js";
import { WebClient, inParallel } from "../load/web-client.js";
import { type ServerProcess, startOwn } from "../measure/child.js";
import { type Sample, type Samples, alternate } from "../measure/rounds.js";
import { percentile } from "../measure/statistics.js";
import { startNginx } from "../peers/nginx.js";
import { type Device, startTrefoil } from "../peers/trefoil.js";
import type { Group, ScenarioResult } from "../report/result.js";
import { directiveText, payloadOf, timestamp } from "../servers/push-driver.js";
import {
  type Bench,
  type Scenario,
  bareDownchannel,
  groupOf,
  nchanDownchannel,
  ratioTo,
  trefoilDownchannel,
} from "./scenario.js";

/** How many publishers send by HTTP at once. */
const publishers = 16;

function sizes(quick: boolean): readonly number[] {
  return quick ? [300] : [2_000, 10_000];
}

/** A server with devices that hold on to it. */
interface Stage {
  readonly server: ServerProcess;
  readonly held: HeldDevices;
  readonly devices: readonly Device[];
}

/** One way to send directives to the devices of a stage. */
interface Way {
  readonly stage: Stage;
  /** How many directives each device gets in one round, one after the other to all of them. */
  readonly times: number;
  readonly send: (stage: Stage) => Promise<void>;
}

async function measure({ stage, times, send }: Way): Promise<Sample> {
  const { server, held } = stage;
  const devices = Array.from({ length: times }, () => stage.devices).flat();
  held.reset();
  const before = server.cpu;
  const start = process.hrtime.bigint();
  await send({ ...stage, devices });
  await held.receipt(devices.length);
  // What follows a receipt (its acknowledgement, the row's deletion) is part of the cost.
  await new Promise((resolve) => setTimeout(resolve, 200));
  const seconds = Number(held.lastReceipt - start) / 1e9;
  return {
    cpu: (server.cpu - before) / devices.length,
    rate: devices.length / seconds,
    p50: percentile(held.latencies, 50),
    p99: percentile(held.latencies, 99),
  };
}

const quantities = {
  cpu: { label: "CPU per directive", unit: "µs", better: "lower" },
  rate: { label: "rate", unit: "/s", better: "higher", digits: 0 },
  p50: { label: "p50", unit: "ms", better: "lower", digits: 2 },
  p99: { label: "p99", unit: "ms", better: "lower", digits: 2 },
} as const;

/** The servers, by how they queue. */
type StageName = "durable" | "memory" | "bare" | "nchan";

async function setStage(name: StageName, count: number, bench: Bench): Promise<Stage> {
  const { cores, certificate, directory } = bench;
  const core = cores.server;
  const fleet = await bench.fleet();
  const devices = fleet.devices.slice(0, count);
  const trefoil = (durable: boolean) =>
    startTrefoil(fleet, { core, directory, certificate, settings: { delivery: { durable } } });
  const kinds = {
    durable: { start: () => trefoil(true), downchannel: trefoilDownchannel },
    memory: { start: () => trefoil(false), downchannel: trefoilDownchannel },
    bare: {
      start: () => startOwn("bare-http2", certificate, { core }),
      downchannel: bareDownchannel,
    },
    nchan: {
      start: () => startNginx({ core, directory, certificate }),
      downchannel: nchanDownchannel,
    },
  };
  const kind = kinds[name];
  const server = await kind.start();
  const held = new HeldDevices({ port: server.port, ca: certificate.certificate });
  await held.connect(devices.map(kind.downchannel), (connected) =>
    bench.tell(`${name}: ${connected} of ${count} devices`),
  );
  return { server, held, devices };
}

async function strike(stage: Stage): Promise<void> {
  stage.held.close();
  await stage.server.stop();
}

/** So many directives at least in one round: CPU time comes in steps of ten milliseconds. */
const leastCheap = 20_000;
const leastCostly = 4_000;

function timesFor(stage: Stage, least: number, quick: boolean): number {
  return Math.max(1, Math.ceil((quick ? least / 5 : least) / stage.devices.length));
}

function inProcess(stage: Stage, concurrency: number, times: number, ttl?: number): Way {
  return {
    stage,
    times,
    send: ({ server, devices }) =>
      server.ask("push", {
        devices: devices.map(({ deviceKey }) => deviceKey),
        concurrency,
        ...(ttl === undefined ? {} : { ttl }),
      }),
  };
}

function bare(stage: Stage, times: number, acknowledged: boolean): Way {
  return {
    stage,
    times,
    send: ({ server, devices }) =>
      server.ask("push", {
        devices: devices.map(({ deviceId }) => deviceId),
        concurrency: 1,
        acknowledged,
      }),
  };
}

function byHttp(
  stage: Stage,
  ca: string,
  times: number,
  request: (device: Device) => Parameters<WebClient["send"]>,
): Way {
  return {
    stage,
    times,
    async send({ server, devices }) {
      const web = new WebClient(server.port, ca, publishers);
      await inParallel(devices, publishers, async (device) => {
        const { status } = await web.send(...request(device));
        if (status >= 300) throw new Error(`publishing was answered ${status}`);
      });
      web.close();
    },
  };
}

/** The ways that a stage is used in, by group. */
async function waysOf(name: StageName, stage: Stage, bench: Bench) {
  const ca = bench.certificate.certificate;
  const { adminToken } = await bench.fleet();
  const cheap = timesFor(stage, leastCheap, bench.quick);
  const costly = timesFor(stage, leastCostly, bench.quick);
  const admin = byHttp(stage, ca, costly, ({ deviceKey }) => [
    "POST",
    `/admin/v1/devices/${deviceKey}/directives?validate=false`,
    { authorization: `Bearer ${adminToken}`, "content-type": "application/json" },
    JSON.stringify({ name: "Clova.RenderText", payload: payloadOf(timestamp()) }),
  ]);
  const publish = byHttp(stage, ca, costly, ({ deviceId }) => [
    "POST",
    `/pub/${deviceId}`,
    {},
    directiveText(),
  ]);
  const ways: Record<StageName, { inProcess: Record<string, Way>; http: Record<string, Way> }> = {
    bare: {
      inProcess: {
        "node:http2": bare(stage, cheap, false),
        "node:http2, each followed by a PING": bare(stage, cheap, true),
      },
      http: {},
    },
    memory: {
      inProcess: {
        "trefoil, now or never (ttl 0)": inProcess(stage, 1, cheap, 0),
        "trefoil, queue in memory": inProcess(stage, 1, cheap),
      },
      http: { "trefoil admin API, queue in memory": admin },
    },
    durable: {
      inProcess: {
        "trefoil, durable queue": inProcess(stage, 1, costly),
        "trefoil, durable queue, 64 at once": inProcess(stage, 64, cheap),
      },
      http: { "trefoil admin API, durable queue": admin },
    },
    nchan: { inProcess: {}, http: { "nginx + nchan": publish } },
  };
  return ways[name];
}

const stageNames: readonly StageName[] = ["bare", "memory", "durable", "nchan"];

/** All servers at once and measured in turns while their devices fit into one process of load; else one by one. */
async function measureSize(count: number, bench: Bench): Promise<Group[]> {
  const rounds = bench.quick ? 1 : 4;
  const together = count <= 4_000;
  const found = {
    inProcess: {} as Record<string, Samples>,
    http: {} as Record<string, Samples>,
  };
  for (const names of together ? [stageNames] : stageNames.map((name) => [name])) {
    const stages: Stage[] = [];
    try {
      const ways = { inProcess: {} as Record<string, Way>, http: {} as Record<string, Way> };
      for (const name of names) {
        const stage = await setStage(name, count, bench);
        stages.push(stage);
        const own = await waysOf(name, stage, bench);
        Object.assign(ways.inProcess, own.inProcess);
        Object.assign(ways.http, own.http);
      }
      for (const kind of ["inProcess", "http"] as const) {
        const samples = await alternate(ways[kind], rounds, measure, (step) =>
          bench.tell(`${count} devices: ${step}`),
        );
        Object.assign(found[kind], samples);
      }
    } finally {
      for (const stage of stages) await strike(stage);
    }
  }
  const title = `${count.toLocaleString("en-US")} devices`;
  return [
    groupOf(`In process, ${title}`, quantities, found.inProcess, "node:http2"),
    groupOf(`By HTTP, ${publishers} at once, ${title}`, quantities, found.http, "nginx + nchan"),
  ];
}

const about =
  "Directives of 400 bytes to each device in turn, again and again, from send to receipt: within the process, and by HTTP (admin API; Nchan's publisher).";

export const push: Scenario = {
  name: "push",
  about,
  devices: (quick) => sizes(quick).at(-1) ?? 0,
  async run(bench): Promise<ScenarioResult> {
    const groups: Group[] = [];
    for (const size of sizes(bench.quick)) groups.push(...(await measureSize(size, bench)));
    const inProcessGroups = groups.filter(({ baseline }) => baseline === "node:http2");
    return {
      scenario: "push",
      about,
      groups,
      curves: [],
      floors: inProcessGroups.map((group) => ({
        text: `${group.name}: nothing queued (ttl 0), CPU against bare node:http2 writes`,
        value: ratioTo(group, "cpu", "trefoil, now or never (ttl 0)", "node:http2"),
        bound: 0.9,
        sense: "at least" as const,
        unit: "×",
      })),
      notes: [
        "`ttl: 0` is what bare writes are: a directive that is written and forgotten. A queued one is acknowledged: a PING follows it and its ACK is read; the bare server that does that too is the peer of a queue in memory.",
        ...inProcessGroups.map(
          (group) =>
            `${group.name}: queue in memory, CPU against bare writes that are followed by a PING each: ${ratioTo(group, "cpu", "trefoil, queue in memory", "node:http2, each followed by a PING").toFixed(2)} ×.`,
        ),
        "“Durable” commits each directive to the database before `send` resolves (synchronous=FULL), and its deletion after the ACK; at 64 at once the commits are shared.",
        "Up to 4,000 devices all servers are measured in turns; beyond that one after the other, because one process of load cannot hold all their devices.",
      ],
    };
  },
};
