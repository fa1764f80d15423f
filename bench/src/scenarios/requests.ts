// `ping` and `events`: requests as fast as one core of load can send them, over few busy connections and over many.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventBody, eventType } from "../load/event-body.js";
import { h2load } from "../load/h2load.js";
import { HeldDevices } from "../load/held-devices.js";
import { type ServerProcess, startOwn } from "../measure/child.js";
import { alternate, type Sample } from "../measure/rounds.js";
import { startNghttpd } from "../peers/nghttpd.js";
import { startNginx } from "../peers/nginx.js";
import { startTrefoil } from "../peers/trefoil.js";
import type { Floor, Group, ScenarioResult } from "../report/result.js";
import {
  type Bench,
  type Scenario,
  cpuPerRequest,
  groupOf,
  rate,
  ratioTo,
  trefoilDownchannel,
} from "./scenario.js";

/** What is requested, and how it goes to whom. */
interface RequestKind {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** File that is posted. */
  readonly body?: string;
}

interface Shape {
  readonly name: string;
  readonly connections: number;
  readonly streams: number;
  readonly requests: number;
}

function shapes(quick: boolean): readonly Shape[] {
  return [
    {
      name: "50 connections × 10 streams",
      connections: 50,
      streams: 10,
      requests: quick ? 10_000 : 60_000,
    },
    {
      name: "1,000 connections × 1 stream",
      connections: quick ? 200 : 1_000,
      streams: 1,
      requests: quick ? 8_000 : 40_000,
    },
  ];
}

async function measure(
  server: ServerProcess,
  request: RequestKind,
  shape: Shape,
  bench: Bench,
): Promise<Sample> {
  const { streams, connections } = shape;
  const url = `https://127.0.0.1:${server.port}${request.path}`;
  const { headers, body } = request;
  const load = async (requests: number) => {
    const before = server.cpu;
    const result = await h2load({
      url,
      requests,
      connections,
      streams,
      headers,
      core: bench.cores.load,
      ...(body === undefined ? {} : { body }),
    });
    return { ...result, cpu: server.cpu - before };
  };
  // One request a connection, so that what the connections themselves cost can be told apart.
  const opening = await load(connections);
  const all = await load(shape.requests);
  return {
    cpu: all.cpu / shape.requests,
    steady: Math.max(all.cpu - opening.cpu, 0) / (shape.requests - connections),
    rate: all.rate,
    handshake: opening.cpu / connections,
  };
}

interface RequestScenario {
  readonly name: "ping" | "events";
  readonly about: string;
  readonly floor: number;
}

function requestScenario({ name, about, floor }: RequestScenario): Scenario {
  return {
    name,
    about,
    devices: () => 1,
    async run(bench): Promise<ScenarioResult> {
      const { cores, certificate, directory, tell } = bench;
      const fleet = await bench.fleet();
      const [device] = fleet.devices;
      if (device === undefined) throw new Error("There is no device.");
      const core = cores.server;
      tell("starting the servers");
      // h2load cannot hold a downchannel besides: the device holds it on another connection.
      const settings = { gateway: { connectionAffinity: "same-device" } };
      const servers = {
        trefoil: await startTrefoil(fleet, { core, directory, certificate, settings }),
        "node:http2": await startOwn("bare-http2", certificate, { core }),
        nginx: await startNginx({ core, directory, certificate }),
        nghttpd: await startNghttpd({ core, directory, certificate }),
      };
      const held = new HeldDevices({ port: servers.trefoil.port, ca: certificate.certificate });
      try {
        await held.connect([trefoilDownchannel(device)], () => undefined);
        const request = requestOf(name, bench, device.accessToken);
        const groups: Group[] = [];
        for (const shape of shapes(bench.quick)) {
          const samples = await alternate(
            servers,
            bench.quick ? 1 : 5,
            (server) => measure(server, request, shape, bench),
            (step) => tell(`${shape.name}: ${step}`),
          );
          groups.push(groupOf(shape.name, quantities, samples, "node:http2"));
        }
        return {
          scenario: name,
          about,
          groups,
          curves: [],
          floors: floorsOf(groups, floor),
          notes: [
            "“CPU per request” has the handshakes of the run's own connections in it, as a device's day has; “without handshakes” is the difference to a run of one request a connection.",
          ],
        };
      } finally {
        held.close();
        await Promise.all(Object.values(servers).map((server) => server.stop()));
      }
    },
  };
}

const quantities = {
  steady: { ...cpuPerRequest, label: "CPU per request without handshakes" },
  cpu: { ...cpuPerRequest, label: "with handshakes" },
  rate: { ...rate, label: "requests" },
  handshake: { ...cpuPerRequest, label: "connection + first request", digits: 0 },
};

function requestOf(name: RequestScenario["name"], bench: Bench, token: string): RequestKind {
  const authorization = `Bearer ${token}`;
  if (name === "ping") return { path: "/ping", headers: { authorization } };
  const body = join(bench.directory, "event.multipart");
  writeFileSync(body, eventBody());
  return { path: "/v1/events", headers: { authorization, "content-type": eventType }, body };
}

function floorsOf(groups: readonly Group[], bound: number): Floor[] {
  return groups.map((group) => ({
    text: `${group.name}: CPU per request against bare node:http2`,
    value: ratioTo(group, "steady", "trefoil", "node:http2"),
    bound,
    sense: "at least",
    unit: "×",
  }));
}

export const ping = requestScenario({
  name: "ping",
  about:
    "`GET /ping` over TLS 1.3 with a bearer token that is checked on every request; the peers check nothing (h2load).",
  floor: 0.85,
});

export const events = requestScenario({
  name: "events",
  about:
    "`POST /v1/events`, 600 bytes of multipart: parsed, validated, handled, answered 204; the peers discard the body (h2load).",
  floor: 0.6,
});
