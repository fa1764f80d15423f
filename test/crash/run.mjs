// `npm run crash -- --minutes 10 [--devices 200] [--seed 1]`: the crash test by hand.

import { spawn } from "node:child_process";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    devices: { type: "string", default: "200" },
    seed: { type: "string", default: String(Date.now() % 1_000_000_000) },
  },
});

/** A positive number, or the end of the program. */
function positive(name) {
  const value = Number(values[name]);
  if (value > 0 && Number.isFinite(value)) return value;
  process.stderr.write(`--${name} takes a number above 0, got ${values[name]}\n`);
  return process.exit(2);
}

const minutes = positive("minutes");
const devices = Math.round(positive("devices"));
const seed = Math.round(positive("seed"));
process.stdout.write(`${minutes} minutes, ${devices} devices, --seed ${seed}\n`);
const child = spawn("npx", ["vitest", "run", "test/crash/crash.test.ts"], {
  stdio: "inherit",
  env: {
    ...process.env,
    CRASH_SECONDS: String(minutes * 60),
    CRASH_DEVICES: String(devices),
    CRASH_SEED: String(seed),
  },
});
child.on("close", (code) => process.exit(code ?? 1));
