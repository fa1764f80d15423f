// The command of the suite: `npm run bench` runs every scenario, `npm run bench -- push` the named ones.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { killAll } from "./measure/child.js";
import { chooseCores, moveSelf } from "./measure/cores.js";
import { describeMachine } from "./measure/machine.js";
import { makeCertificate } from "./peers/certificate.js";
import { requirePeers } from "./peers/debian.js";
import { type Fleet, signInFleet } from "./peers/trefoil.js";
import { profile, profileDevices } from "./profile/run.js";
import { createProgress } from "./progress.js";
import { type ScenarioResult, isMet } from "./report/result.js";
import { writeResults } from "./report/write.js";
import { scenarios } from "./scenarios/index.js";
import type { Bench, Scenario } from "./scenarios/scenario.js";

const resultsDirectory = fileURLToPath(new URL("../results", import.meta.url));

const usage = `npm run bench [-- [--quick] [--out DIRECTORY] [SCENARIO...]]

Scenarios (all of them unless some are named):
${scenarios.map(({ name, about }) => `  ${name.padEnd(9)}${about}`).join("\n")}
  profile  CPU profiles of the server under each load, and a picture of where the time goes (only when named)

  --quick          small counts and one round: one or two minutes for all, to see that it works
  --out DIRECTORY  where results go; default bench/results for a whole run, bench/results/partial otherwise
`;

interface Plan {
  readonly names: readonly string[];
  readonly quick: boolean;
  readonly out: string;
}

/** @returns undefined where help was asked for */
function readArguments(): Plan | undefined {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false },
      out: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return undefined;
  const known = [...scenarios.map(({ name }) => name), "profile"];
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new Error(`There is no scenario ${unknown.join(", ")}. There are: ${known.join(", ")}.`);
  }
  const isWhole = positionals.length === 0 && !values.quick;
  return {
    names: positionals.length === 0 ? scenarios.map(({ name }) => name) : positionals,
    quick: values.quick,
    out: values.out ?? (isWhole ? resultsDirectory : join(resultsDirectory, "partial")),
  };
}

async function run({ names, quick, out }: Plan): Promise<void> {
  const progress = createProgress();
  const begun = performance.now();
  requirePeers((step) => progress.line(step));
  const cores = chooseCores();
  if (cores.server === undefined) {
    progress.line("There is one core only: server and load share it, and figures compare little.");
  }
  progress.step("watching how busy the machine is");
  const machine = await describeMachine(cores, { "oidc-provider": versionOf("oidc-provider") });
  moveSelf(cores.load);
  const directory = mkdtempSync(join(tmpdir(), "trefoil-bench-"));
  const certificate = makeCertificate(directory);
  const chosen = scenarios.filter(({ name }) => names.includes(name));
  const wantsProfile = names.includes("profile");
  const devices = Math.max(
    ...chosen.map((scenario) => scenario.devices(quick)),
    wantsProfile ? profileDevices : 0,
    1,
  );
  let fleet: Promise<Fleet> | undefined;
  let current = "";
  const tell = (step: string): void => {
    const seconds = Math.round((performance.now() - begun) / 1_000);
    progress.step(`[${seconds} s] ${current}: ${step}`);
  };
  const bench: Bench = {
    cores,
    directory,
    certificate,
    quick,
    tell,
    fleet: () =>
      (fleet ??= signInFleet(
        devices,
        {
          core: cores.server,
          directory,
          certificate,
        },
        (done) => tell(`${done} of ${devices} devices sign in`),
      )),
  };
  try {
    const results: ScenarioResult[] = [];
    for (const scenario of chosen) {
      current = scenario.name;
      const result = await tryScenario(scenario, bench);
      if (typeof result === "string") {
        progress.line(`${scenario.name}: failed: ${result}`);
        process.exitCode = 1;
        continue;
      }
      results.push(result);
      // At once: what was measured is not lost when a later scenario fails or is interrupted.
      writeResults({ machine, quick, scenarios: results }, out);
      const missed = result.floors.filter((floor) => !isMet(floor)).length;
      const floors =
        result.floors.length === 0
          ? ""
          : `, ${result.floors.length - missed} of ${result.floors.length} floors met`;
      progress.line(`${scenario.name}: done${floors}`);
    }
    if (results.length > 0) {
      const report = writeResults({ machine, quick, scenarios: results }, out);
      progress.line(`\n${readFileSync(report, "utf8")}`);
      progress.line(`Written to ${relative(process.cwd(), out)}`);
    }
    if (wantsProfile) {
      current = "profile";
      const picture = await profile(bench, join(out, "profile"));
      progress.line(`Profiles and a picture: ${relative(process.cwd(), picture)}`);
    }
  } finally {
    killAll();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** @returns what went wrong, where something did: the other scenarios run all the same */
async function tryScenario(scenario: Scenario, bench: Bench): Promise<ScenarioResult | string> {
  try {
    return await scenario.run(bench);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function versionOf(name: string): string {
  const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
  return (JSON.parse(readFileSync(manifest, "utf8")) as { readonly version: string }).version;
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    killAll();
    process.exit(signal === "SIGINT" ? 130 : 143);
  });
}

try {
  const plan = readArguments();
  if (plan === undefined) process.stdout.write(usage);
  else await run(plan);
} catch (error) {
  process.stderr.write(`\nbench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
// Sockets of ended servers may linger.
process.exit();
