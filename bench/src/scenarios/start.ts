// `start`: from the command to the first connection that it takes, and what it costs to have it there.

import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startProgram } from "../measure/child.js";
import { installedSize } from "../measure/installed-size.js";
import { residentMemory } from "../measure/proc.js";
import { type Sample, alternate } from "../measure/rounds.js";
import type { ScenarioResult } from "../report/result.js";
import { type Scenario, groupOf, single } from "./scenario.js";

const repository = fileURLToPath(new URL("../../../", import.meta.url));
const megabyte = 2 ** 20;

/** A program, and what it says when it takes connections. */
interface Program {
  readonly args: () => readonly string[];
  readonly says: string;
}

async function measure(program: Program, core: number | undefined): Promise<Sample> {
  const begun = performance.now();
  const child = startProgram(process.execPath, program.args(), { core });
  let output = "";
  child.stdout?.setEncoding("utf8");
  while (!output.includes(program.says)) {
    const [text] = (await Promise.race([
      child.stdout === null ? [] : once(child.stdout, "data"),
      once(child, "exit").then(([code]) => {
        throw new Error(`it ended with ${String(code)}: ${output}`);
      }),
    ])) as [string];
    output += text;
  }
  const ready = performance.now() - begun;
  // What was put off until after the start is done by then.
  await sleep(1_500);
  const memory = residentMemory(child.pid ?? 0) / megabyte;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
  return { ready, memory };
}

const quantities = {
  ready: { label: "from spawn to ready", unit: "ms", better: "lower", digits: 0 },
  memory: { label: "RSS at rest", unit: "MiB", better: "lower" },
} as const;

const size = {
  size: { label: "on disk", unit: "MiB", better: "lower" },
  packages: { label: "packages", unit: "", better: "lower", digits: 0 },
} as const;

function sizeSample(directory: string): Sample {
  const { bytes, packages } = installedSize(directory);
  return { size: bytes / megabyte, packages };
}

const about =
  "A cold start of the process with a warm file cache: `trefoil serve --dev` (its first start makes a certificate authority, a database and demo data), against oidc-provider's hello world and Node.js with an empty program.";

export const start: Scenario = {
  name: "start",
  about,
  devices: () => 0,
  async run(bench): Promise<ScenarioResult> {
    const serve = (data: () => string): Program => ({
      args: () => [
        join(repository, "packages/cli/bin/trefoil.js"),
        "serve",
        "--dev",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--data",
        data(),
      ],
      says: '"Trefoil listens."',
    });
    const fresh = () => mkdtempSync(join(bench.directory, "start-"));
    const known = fresh();
    const programs = {
      trefoil: serve(() => known),
      "trefoil, first start": serve(fresh),
      "oidc-provider hello world": {
        args: () => [fileURLToPath(new URL("../servers/oidc-hello.js", import.meta.url))],
        says: "listens",
      },
      "node, empty program": {
        args: () => ["-e", "process.stdout.write('listens'); setInterval(() => {}, 1000)"],
        says: "listens",
      },
    };
    const samples = await alternate(
      programs,
      bench.quick ? 1 : 7,
      (program) => measure(program, bench.cores.server),
      bench.tell,
    );
    const oidc = dirname(
      createRequire(import.meta.url).resolve("oidc-provider/package.json", {
        paths: [repository],
      }),
    );
    const starts = groupOf("Start", quantities, samples, "oidc-provider hello world");
    const sizes = groupOf(
      "Installed",
      size,
      single({
        trefoil: sizeSample(join(repository, "packages/cli")),
        "oidc-provider": sizeSample(oidc),
      }),
      "oidc-provider",
    );
    const own = starts.measured.find(({ subject }) => subject === "trefoil")?.values;
    return {
      scenario: "start",
      about,
      groups: [starts, sizes],
      curves: [],
      floors: [
        {
          text: "cold start with a warm file cache",
          value: (own?.["ready"]?.median ?? Number.NaN) / 1e3,
          bound: 1.5,
          sense: "at most",
          unit: "s",
        },
        {
          text: "RSS at rest",
          value: own?.["memory"]?.median ?? Number.NaN,
          bound: 120,
          sense: "at most",
          unit: "MiB",
        },
      ],
      notes: [
        "oidc-provider's hello world has no TLS, no database, no gateway and no command line: it is there for scale, not as an equal.",
      ],
    };
  },
};
