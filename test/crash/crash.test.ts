// What the server accepted arrives, over power cuts of the server and of devices and over the worst of networks; see
// docs/delivery.md. A short run here; a long one by hand: `npm run crash -- --minutes 10`.

import { describe, expect, it } from "vitest";
import { runCrashTest } from "./crash-run.js";

const { env } = process;
const devices = Number(env["CRASH_DEVICES"] ?? 20);
const seconds = Number(env["CRASH_SECONDS"] ?? 0);
const seed = Number(env["CRASH_SEED"] ?? 20_260_101);
const isByHand = env["CRASH_SECONDS"] !== undefined;

describe("the server", () => {
  it(
    "killed and restarted at random loses no directive that it accepted, keeps their order, and repeats under the same id only",
    async () => {
      const report = await runCrashTest({
        devices,
        seconds,
        // Once through the plan, and each device sent to a few times.
        crashes: 4,
        accepted: devices * 3,
        range: isByHand ? [15, 60] : [3, 12],
        seed,
        ...(isByHand ? { onProgress: print } : {}),
      });
      if (isByHand) {
        const { sent, accepted, received, repeated, lost, breaches, kills, drains } = report;
        print(`network: ${JSON.stringify(report.fates)}, ${report.downchannels} downchannels`);
        print(`breaches of order or id: ${breaches.length}, SIGTERM: ${drains}`);
        print(
          `sent ${sent}, accepted ${accepted}, received ${received}, repeated ${repeated}, lost ${lost}, kills ${kills}`,
        );
      }
      expect(report.breaches).toEqual([]);
      expect(report.lost).toBe(0);
      expect(report.unacknowledged).toBe(0);
      // A run in which nothing happened shows nothing: the plan makes sure of it, however fast the machine is.
      expect(report.kills).toBeGreaterThanOrEqual(3);
      expect(report.drains).toBeGreaterThanOrEqual(1);
      expect(report.killsAtReceipt).toBeGreaterThanOrEqual(1);
      expect(report.repeated).toBeGreaterThanOrEqual(report.killsAtReceipt);
      expect(report.accepted).toBeGreaterThanOrEqual(devices * 3);
      expect(report.downchannels).toBeGreaterThan(devices);
    },
    (seconds + 300) * 1_000,
  );
});

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
