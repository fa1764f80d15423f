// `npm run soak -- --devices 5000 --minutes 10`: does a server stay as it is under a fleet, and is it back to where it was when
// the fleet has gone? Exit code 1 where not.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { killAll } from "../measure/child.js";
import { chooseCores, moveSelf } from "../measure/cores.js";
import { makeCertificate } from "../peers/certificate.js";
import { signInFleet, startTrefoil } from "../peers/trefoil.js";
import { describeSoak } from "./report.js";
import { type Length, soak } from "./soak.js";
import { judge } from "./verdict.js";

const usage = `npm run soak [-- OPTIONS]

  --devices 5000            devices with a held downchannel
  --minutes 10              how long
  --rounds 5                in place of --minutes: each device does everything so many times, as fast as it goes
  --ping-seconds 60         how often each device PINGs,
  --event-seconds 30        sends an event,
  --push-seconds 30         is sent a directive,
  --reconnect-seconds 300   loses its connection
  --help
`;

const options = {
  devices: { type: "string", default: "5000" },
  minutes: { type: "string", default: "10" },
  rounds: { type: "string" },
  "ping-seconds": { type: "string", default: "60" },
  "event-seconds": { type: "string", default: "30" },
  "push-seconds": { type: "string", default: "30" },
  "reconnect-seconds": { type: "string", default: "300" },
  help: { type: "boolean", default: false },
} as const;

/** @throws where a number is none, or out of its range */
function numberOf(name: string, text: string | undefined, least: number, most: number): number {
  const value = Number(text);
  if (value >= least && value <= most) return value;
  throw new Error(`--${name} takes a number from ${least} to ${most}, got ${text}`);
}

function readArguments(): { readonly devices: number; readonly length: Length } | undefined {
  const { values } = parseArgs({ options });
  if (values.help) return undefined;
  const seconds = (name: "ping" | "event" | "push" | "reconnect"): number =>
    // A third downchannel within a second is refused.
    numberOf(`${name}-seconds`, values[`${name}-seconds`], 2, 86_400);
  const length: Length =
    values.rounds === undefined
      ? {
          kind: "minutes",
          minutes: numberOf("minutes", values.minutes, 0.05, 10_000),
          pace: {
            ping: seconds("ping"),
            event: seconds("event"),
            push: seconds("push"),
            reconnect: seconds("reconnect"),
          },
        }
      : { kind: "rounds", rounds: Math.round(numberOf("rounds", values.rounds, 1, 100_000)) };
  return { devices: Math.round(numberOf("devices", values.devices, 1, 20_000)), length };
}

/** Each line of progress stays, with the time: a soak is read afterwards. */
const tell = (line: string): void => void process.stdout.write(`${line}\n`);

async function run(devices: number, length: Length): Promise<void> {
  const cores = chooseCores();
  moveSelf(cores.load);
  const directory = mkdtempSync(join(tmpdir(), "trefoil-soak-"));
  try {
    const certificate = makeCertificate(directory);
    const place = { core: cores.server, directory, certificate };
    tell(`${devices} devices sign in`);
    // One more than hold: see soak.ts.
    const fleet = await signInFleet(devices + 1, place, () => undefined);
    const settings = {
      operations: { port: 0 },
      // So that the sender's own connections are gone soon when they have nothing to do; Node.js keeps them for a second less.
      limits: {
        maxConnectionsPerAddress: 0,
        newConnectionsPerAddress: 0,
        maxConnections: devices + 1_000,
        keepAliveSeconds: 3,
      },
    };
    const server = await startTrefoil(fleet, {
      ...place,
      settings,
      env: { COUNT_TIMERS: "yes" },
    });
    const result = await soak({ server, fleet, ca: certificate.certificate, length, tell });
    tell(describeSoak(result));
    if (judge(result).length > 0) process.exitCode = 1;
    await server.stop();
  } finally {
    killAll();
    rmSync(directory, { recursive: true, force: true });
  }
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
  else await run(plan.devices, plan.length);
} catch (error) {
  process.stderr.write(`soak: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
// Sockets of ended servers may linger.
process.exit();
