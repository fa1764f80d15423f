// `npm run attack -- [--connections 50] [--rounds 5]`: the attack suite by hand.

import { spawn } from "node:child_process";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    connections: { type: "string", default: "50" },
    rounds: { type: "string", default: "5" },
  },
});

/** A whole number above 0, or the end of the program. */
function positive(name) {
  const value = Number(values[name]);
  if (value > 0 && Number.isInteger(value)) return value;
  process.stderr.write(`--${name} takes a whole number above 0, got ${values[name]}\n`);
  return process.exit(2);
}

const child = spawn(
  "npx",
  ["vitest", "run", "--reporter=verbose", "test/hardening/attack-suite.test.ts"],
  {
    stdio: "inherit",
    env: {
      ...process.env,
      ATTACK_CONNECTIONS: String(positive("connections")),
      ATTACK_ROUNDS: String(positive("rounds")),
    },
  },
);
child.on("close", (code) => process.exit(code ?? 1));
