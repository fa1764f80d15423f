// `npm run crash:refresh -- [--refreshes 500] [--devices 4] [--seed 1]`: the crash test of refreshing by hand.

import { spawn } from "node:child_process";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    refreshes: { type: "string", default: "500" },
    devices: { type: "string", default: "4" },
    seed: { type: "string", default: String(Date.now() % 1_000_000_000) },
  },
});

/** A positive whole number, or the end of the program. */
function positive(name) {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value > 0) return value;
  process.stderr.write(`--${name} takes a whole number above 0, got ${values[name]}\n`);
  return process.exit(2);
}

const refreshes = positive("refreshes");
const devices = positive("devices");
const seed = positive("seed");
process.stdout.write(`${refreshes} refreshes, ${devices} devices, --seed ${seed}\n`);
const child = spawn("npx", ["vitest", "run", "test/crash-refresh/refresh.test.ts"], {
  stdio: "inherit",
  env: {
    ...process.env,
    CRASH_REFRESHES: String(refreshes),
    CRASH_REFRESH_DEVICES: String(devices),
    CRASH_SEED: String(seed),
  },
});
child.on("close", (code) => process.exit(code ?? 1));
