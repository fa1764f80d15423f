// `knobs`: settings of Node.js, of the allocator, of TLS and of processes, each against the server as it is.

import { h2load } from "../load/h2load.js";
import { HeldDevices } from "../load/held-devices.js";
import { type ServerProcess, startOwn } from "../measure/child.js";
import { type Sample, type Samples, alternate } from "../measure/rounds.js";
import { makeCertificate } from "../peers/certificate.js";
import { type TrefoilOptions, startTrefoil } from "../peers/trefoil.js";
import type { Group, ScenarioResult } from "../report/result.js";
import { type Door, connectAll, connectQuantities } from "./connect.js";
import {
  type Bench,
  type Scenario,
  cpuPerRequest,
  groupOf,
  rate,
  single,
  trefoilDownchannel,
} from "./scenario.js";

const asItIs = "as it is";

/** What is turned for the process as a whole. */
const processKnobs: Readonly<Record<string, Pick<TrefoilOptions, "nodeFlags" | "env">>> = {
  [asItIs]: {},
  "--max-semi-space-size=16": { nodeFlags: ["--max-semi-space-size=16"] },
  "--max-semi-space-size=64": { nodeFlags: ["--max-semi-space-size=64"] },
  "--optimize-for-size": { nodeFlags: ["--optimize-for-size"] },
  "MALLOC_ARENA_MAX=1": { env: { MALLOC_ARENA_MAX: "1" } },
  "AES-128 (--tls-cipher-list)": { nodeFlags: ["--tls-cipher-list=TLS_AES_128_GCM_SHA256"] },
  "ChaCha20 (--tls-cipher-list)": { nodeFlags: ["--tls-cipher-list=TLS_CHACHA20_POLY1305_SHA256"] },
};

function heldDevices(quick: boolean): number {
  return quick ? 200 : 2_000;
}

async function pings(server: ServerProcess, bench: Bench): Promise<Sample> {
  const [device] = (await bench.fleet()).devices;
  const requests = bench.quick ? 10_000 : 40_000;
  const before = server.cpu;
  const result = await h2load({
    url: `https://127.0.0.1:${server.port}/ping`,
    requests,
    connections: 50,
    streams: 10,
    core: bench.cores.load,
    headers: { authorization: `Bearer ${device?.accessToken ?? ""}` },
  });
  return { cpu: (server.cpu - before) / requests, rate: result.rate };
}

async function processGroup(bench: Bench): Promise<Group> {
  const fleet = await bench.fleet();
  const { certificate, directory, cores } = bench;
  const servers: Record<string, ServerProcess> = {};
  try {
    for (const [name, knob] of Object.entries(processKnobs)) {
      const options = { core: cores.server, directory, certificate, ...knob };
      servers[name] = await startTrefoil(fleet, options);
    }
    const samples = await alternate(
      servers,
      bench.quick ? 1 : 4,
      (server) => pings(server, bench),
      bench.tell,
    );
    const memory: Record<string, Samples> = {};
    for (const [name, server] of Object.entries(servers)) {
      memory[name] = { ...samples[name], memory: [await memoryPerDevice(name, server, bench)] };
    }
    const quantities = {
      cpu: cpuPerRequest,
      rate: { ...rate, label: "requests" },
      memory: { label: "memory per held device", unit: "KB", better: "lower" },
    } as const;
    const title = "Process: `/ping`, 50 connections × 10 streams, then held devices";
    return groupOf(title, quantities, memory, asItIs);
  } finally {
    await Promise.all(Object.values(servers).map((server) => server.stop()));
  }
}

/** After the load of {@link pings}, so that its garbage is everybody's. */
async function memoryPerDevice(name: string, server: ServerProcess, bench: Bench): Promise<number> {
  const { devices } = await bench.fleet();
  const count = heldDevices(bench.quick);
  const held = new HeldDevices({ port: server.port, ca: bench.certificate.certificate });
  await server.ask("collect-garbage");
  const before = server.memory;
  await held.connect(devices.slice(0, count).map(trefoilDownchannel), (connected) =>
    bench.tell(`${name}: ${connected} of ${count} devices`),
  );
  await server.ask("collect-garbage");
  const memory = server.memory - before;
  held.close();
  return memory / 1_024 / count;
}

async function handshakeGroup(bench: Bench): Promise<Group> {
  const fleet = await bench.fleet();
  const { certificate, directory, cores } = bench;
  const core = cores.server;
  const rsa = makeCertificate(directory, "rsa");
  const door = async (own: typeof certificate, changes: Partial<Door> = {}): Promise<Door> => ({
    server: await startTrefoil(fleet, { core, directory, certificate: own }),
    request: trefoilDownchannel,
    ca: own.certificate,
    ...changes,
  });
  const doors = {
    [asItIs]: await door(certificate),
    "TLS 1.2": await door(certificate, { maxVersion: "TLSv1.2" }),
    "RSA-2048 certificate": await door(rsa),
  };
  try {
    const devices = fleet.devices.slice(0, bench.quick ? 100 : 600);
    const samples: Record<string, Samples> = {
      ...(await alternate(
        doors,
        bench.quick ? 1 : 4,
        (each) => connectAll(each, devices, false),
        bench.tell,
      )),
      ...(await alternate(
        { "resumed session": doors[asItIs] },
        bench.quick ? 1 : 4,
        (each) => connectAll(each, devices, true),
        bench.tell,
      )),
    };
    return groupOf("Handshakes: to `Clova.Hello`", connectQuantities, samples, asItIs);
  } finally {
    await Promise.all(Object.values(doors).map(({ server }) => server.stop()));
  }
}

async function clusterGroup(bench: Bench): Promise<Group> {
  const core = bench.cores.server;
  const one = "one process";
  const servers = {
    [one]: await startOwn("bare-http2", bench.certificate, { core }),
    "two worker processes, SCHED_NONE": await startOwn("bare-cluster", bench.certificate, { core }),
  };
  try {
    const samples = await alternate(
      servers,
      bench.quick ? 1 : 4,
      (server) => pings(server, bench),
      bench.tell,
    );
    const quantities = { cpu: cpuPerRequest, rate: { ...rate, label: "requests" } };
    return groupOf("Worker processes: bare node:http2 on one core", quantities, samples, one);
  } finally {
    await Promise.all(Object.values(servers).map((server) => server.stop()));
  }
}

async function idleConnectionGroup(bench: Bench): Promise<Group> {
  const { certificate, directory, cores } = bench;
  const server = await startTrefoil(await bench.fleet(), {
    core: cores.server,
    directory,
    certificate,
  });
  try {
    const memory = await memoryPerDevice("a server at rest", server, bench);
    const quantities = {
      memory: { label: "memory per held device", unit: "KB", better: "lower" },
    } as const;
    return groupOf(
      "Held devices of a server at rest",
      quantities,
      single({ trefoil: { memory } }),
      "",
    );
  } finally {
    await server.stop();
  }
}

const about =
  "What settings around the server bring: flags of Node.js, the allocator, ciphers and certificates, worker processes.";

export const knobs: Scenario = {
  name: "knobs",
  about,
  devices: heldDevices,
  async run(bench): Promise<ScenarioResult> {
    const groups = [
      await processGroup(bench),
      await idleConnectionGroup(bench),
      await handshakeGroup(bench),
      await clusterGroup(bench),
    ];
    return {
      scenario: "knobs",
      about,
      groups,
      curves: [],
      floors: [],
      notes: [
        "Memory per held device is measured after the load of the same server, whose freed pages the devices take first: smaller than at a server at rest.",
      ],
    };
  },
};
