// `npm run bench -- profile`: a CPU profile of the server under each load, and a picture of where the time of a request goes.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Profiler } from "node:inspector";
import { h2load } from "../load/h2load.js";
import { HeldDevices } from "../load/held-devices.js";
import { WebClient, inParallel } from "../load/web-client.js";
import type { ServerProcess } from "../measure/child.js";
import { type Device, query, startTrefoil } from "../peers/trefoil.js";
import { drawShares } from "../report/chart.js";
import { eventBody } from "../load/event-body.js";
import { type Bench, trefoilDownchannel } from "../scenarios/scenario.js";
import { type Studio, openStudio, speak, speakers } from "../scenarios/speech.js";
import { timeByFunction, timeByKind } from "./categories.js";

/** How many devices the profiles need. */
export const profileDevices = 500;

/** How many functions the list of the costliest has. */
const listed = 40;

/** A load, and how many requests or directives it is. */
type Load = (server: ServerProcess, held: HeldDevices) => Promise<number>;

async function loads(bench: Bench): Promise<Readonly<Record<string, Load>>> {
  const fleet = await bench.fleet();
  const [device] = fleet.devices;
  const authorization = `Bearer ${device?.accessToken ?? ""}`;
  const scale = bench.quick ? 0.2 : 1;
  const body = join(bench.directory, "profile-event.multipart");
  writeFileSync(body, eventBody());
  const deviceKeys = heldOf(fleet.devices).map(({ deviceKey }) => deviceKey);
  const requests = (path: string, headers: Record<string, string>, posted?: string): Load => {
    return async (server) => {
      const count = 60_000 * scale;
      await h2load({
        url: `https://127.0.0.1:${server.port}${path}`,
        requests: count,
        connections: 50,
        streams: 10,
        core: bench.cores.load,
        headers: {
          authorization,
          ...headers,
        },
        ...(posted === undefined ? {} : { body: posted }),
      });
      return count;
    };
  };
  const push = (ttl?: number): Load => {
    return async (server, held) => {
      const devices = Array.from({ length: 20 * scale }, () => deviceKeys).flat();
      held.reset();
      const order = { devices, concurrency: 16, ...(ttl === undefined ? {} : { ttl }) };
      await server.ask("push", order);
      await held.receipt(devices.length);
      return devices.length;
    };
  };
  return {
    ping: requests("/ping", {}),
    event: requests(
      "/v1/events",
      { "content-type": "multipart/form-data; boundary=bench-event" },
      body,
    ),
    "push, ttl 0": push(0),
    "push, durable": push(),
    "frame of speech": async (server) => {
      const frames = 800 * scale;
      const ca = bench.certificate.certificate;
      studio ??= await openStudio(server, ca, fleet.devices.slice(-speakers), trefoilDownchannel);
      await speak(studio, frames);
      return frames * speakers;
    },
    refresh: async (server) => {
      const web = new WebClient(server.port, bench.certificate.certificate, 16);
      const times = 60 * scale;
      await inParallel(fleet.devices.slice(0, 16), 16, async (each) => {
        let token = refreshed.get(each.deviceId) ?? each.refreshToken;
        for (let time = 0; time < times; time++) {
          const form = {
            client_id: fleet.clientId,
            client_secret: fleet.clientSecret,
            grant_type: "refresh_token",
            refresh_token: token,
            device_id: each.deviceId,
            model_id: fleet.modelId,
          };
          const type = { "content-type": "application/x-www-form-urlencoded" };
          const answer = await web.expect(200, "POST", "/token", type, query(form));
          token = String(answer["refresh_token"]);
        }
        refreshed.set(each.deviceId, token);
      });
      web.close();
      return 16 * times;
    },
  };
}

const refreshed = new Map<string, string>();
let studio: Studio | undefined;

/** Profiles every load. @returns the path of the picture */
export async function profile(bench: Bench, directory: string): Promise<string> {
  mkdirSync(directory, { recursive: true });
  const fleet = await bench.fleet();
  const server = await startTrefoil(fleet, {
    core: bench.cores.server,
    directory: bench.directory,
    certificate: bench.certificate,
    settings: { gateway: { connectionAffinity: "same-device" } },
  });
  const held = new HeldDevices({ port: server.port, ca: bench.certificate.certificate });
  const rows: Parameters<typeof drawShares>[1][number][] = [];
  try {
    const holding = heldOf(fleet.devices);
    await held.connect(holding.map(trefoilDownchannel), (count) =>
      bench.tell(`${count} of ${holding.length} devices`),
    );
    for (const [name, load] of Object.entries(await loads(bench))) {
      bench.tell(`${name}: warming up`);
      await load(server, held);
      // Its own cost is measured without the profiler.
      bench.tell(`${name}: measuring`);
      const before = server.cpu;
      const count = await load(server, held);
      const cost = (server.cpu - before) / count;
      bench.tell(`${name}: profiling`);
      await server.ask("profile-start");
      await load(server, held);
      const profiled = await server.ask<Profiler.Profile>("profile-stop");
      const file = name.replaceAll(/\W+/g, "-");
      writeFileSync(join(directory, `${file}.cpuprofile`), JSON.stringify(profiled));
      writeFileSync(join(directory, `${file}.txt`), listOf(profiled, count));
      rows.push({ name, total: `${cost.toFixed(0)} µs`, shares: sharesOf(profiled) });
    }
  } finally {
    for (const { connection } of studio?.speakers ?? []) connection.close();
    held.close();
    await server.stop();
  }
  const picture = join(directory, "where-time-goes.svg");
  writeFileSync(picture, drawShares("Where a request's CPU time goes, in percent", rows));
  return picture;
}

/** Those that only hold their downchannel; the others speak. */
function heldOf(devices: readonly Device[]): readonly Device[] {
  return devices.slice(0, profileDevices).slice(0, -speakers);
}

function sharesOf(profiled: Profiler.Profile) {
  const times = [...timeByKind(profiled)].sort(([, a], [, b]) => b - a);
  const all = times.reduce((sum, [, time]) => sum + time, 0);
  return times.map(([name, time]) => ({ name, share: time / all }));
}

/** The costliest functions, in microseconds per request. */
function listOf(profiled: Profiler.Profile, count: number): string {
  const lines = (times: ReadonlyMap<string, number>) =>
    [...times]
      .sort(([, a], [, b]) => b - a)
      .slice(0, listed)
      .map(([name, time]) => `${(time / count).toFixed(2).padStart(8)}  ${name}`)
      .join("\n");
  return `µs per request, by kind\n\n${lines(timeByKind(profiled))}\n\nby function\n\n${lines(timeByFunction(profiled))}\n`;
}
