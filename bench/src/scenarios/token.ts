// `token`: devices refresh their tokens, one after the other and sixteen at a time.

import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { WebClient, inParallel } from "../load/web-client.js";
import { type ServerProcess, startOwn } from "../measure/child.js";
import { type Sample, alternate } from "../measure/rounds.js";
import { query, startTrefoil } from "../peers/trefoil.js";
import type { Group, ScenarioResult } from "../report/result.js";
import { type Scenario, groupOf, ratioTo } from "./scenario.js";

/** How many devices refresh at once, at most. */
const widest = 16;

/** Refreshes of each server before anything is measured, also in quick runs: so many until its code is compiled. */
const warmUp = 100 * widest;

/** A server, and the chain of refresh tokens of each device. */
interface Refresher {
  readonly server: ServerProcess;
  readonly web: WebClient;
  /** The form that a device sends, and the newest token of each of them. */
  readonly form: readonly Readonly<Record<string, string>>[];
  readonly tokens: string[];
}

async function measure(
  { server, web, form, tokens }: Refresher,
  width: number,
  count: number,
): Promise<Sample> {
  const before = server.cpu;
  const start = performance.now();
  await inParallel(Array(width).keys(), width, async (device) => {
    for (let time = 0; time < count / width; time++) {
      const body = query({ ...form[device], refresh_token: tokens[device] ?? "" });
      const type = { "content-type": "application/x-www-form-urlencoded" };
      const answer = await web.expect(200, "POST", "/token", type, body);
      tokens[device] = String(answer["refresh_token"]);
    }
  });
  return {
    rate: count / ((performance.now() - start) / 1_000),
    cpu: (server.cpu - before) / count,
  };
}

const quantities = {
  rate: { label: "refreshes", unit: "/s", better: "higher", digits: 0 },
  cpu: { label: "CPU per refresh", unit: "µs", better: "lower", digits: 0 },
} as const;

const about =
  "`POST /token`, `grant_type=refresh_token` with rotation, over kept HTTP/1.1 connections; the embedded database with synchronous=FULL on both sides, and oidc-provider also with its store in memory.";

export const token: Scenario = {
  name: "token",
  about,
  devices: () => widest,
  async run(bench): Promise<ScenarioResult> {
    const { cores, certificate, directory } = bench;
    const core = cores.server;
    const fleet = await bench.fleet();
    const ca = certificate.certificate;
    const web = (server: ServerProcess) => new WebClient(server.port, ca, widest);

    const trefoil = async (): Promise<Refresher> => {
      const server = await startTrefoil(fleet, { core, directory, certificate });
      const devices = fleet.devices.slice(0, widest);
      return {
        server,
        web: web(server),
        form: devices.map(({ deviceId }) => ({
          grant_type: "refresh_token",
          client_id: fleet.clientId,
          client_secret: fleet.clientSecret,
          device_id: deviceId,
          model_id: fleet.modelId,
        })),
        tokens: devices.map(({ refreshToken }) => refreshToken),
      };
    };
    const oidc = async (file?: string): Promise<Refresher> => {
      const { certificate: cert, key } = certificate;
      const argument = { certificate: cert, key, ...(file === undefined ? {} : { file }) };
      const server = await startOwn("oidc-provider", argument, { core });
      const minted = await server.ask<{
        clientId: string;
        clientSecret: string;
        refreshTokens: string[];
      }>("mint", widest);
      const form = {
        grant_type: "refresh_token",
        client_id: minted.clientId,
        client_secret: minted.clientSecret,
      };
      return {
        server,
        web: web(server),
        form: minted.refreshTokens.map(() => form),
        tokens: minted.refreshTokens,
      };
    };

    const refreshers = {
      trefoil: await trefoil(),
      "oidc-provider, SQLite": await oidc(join(mkdtempSync(join(directory, "oidc-")), "db.sqlite")),
      "oidc-provider, in memory": await oidc(),
    };
    try {
      for (const [name, refresher] of Object.entries(refreshers)) {
        bench.tell(`${name}: warming up`);
        await measure(refresher, widest, warmUp);
      }
      const groups: Group[] = [];
      for (const width of [1, widest]) {
        const count = (bench.quick ? 20 : 100) * widest;
        const name = width === 1 ? "one at a time" : `${width} at a time`;
        const samples = await alternate(
          refreshers,
          bench.quick ? 1 : 5,
          (refresher) => measure(refresher, width, count),
          (step) => bench.tell(`${name}: ${step}`),
        );
        groups.push(groupOf(name, quantities, samples, "oidc-provider, SQLite"));
      }
      return {
        scenario: "token",
        about,
        groups,
        curves: [],
        floors: groups.map((group) => ({
          text: `${group.name}: refreshes per second against oidc-provider on SQLite`,
          value: ratioTo(group, "rate", "trefoil", "oidc-provider, SQLite"),
          bound: 1.5,
          sense: "at least" as const,
          unit: "×",
        })),
        notes: [
          "Trefoil consumes the old token and stores the new pair in one transaction, which it shares with other refreshes of the same moment; oidc-provider's adapter interface makes each of its three steps a transaction of its own. No ID token is asked for.",
          "What oidc-provider does less of: its client stands in its settings and not in the database, its tokens are stored as they are and not as hashes, there is no audit log, and neither tries nor sightings of devices are noted. The rest is the same on both sides: TLS and HTTP/1.1 of Node.js, the SQLite binding with its settings, prepared statements, client secret, opaque tokens, rotation, detection of reuse, warm-up.",
        ],
      };
    } finally {
      for (const refresher of Object.values(refreshers)) {
        refresher.web.close();
        await refresher.server.stop();
      }
    }
  },
};
