// No device is locked out by a server that is killed while it refreshes, and no refresh token works twice. A short run here; a
// long one by hand: `npm run crash:refresh`.

import { expect, it } from "vitest";
import { runRefreshCrash } from "./refresh-run.js";

const { env } = process;
const refreshes = Number(env["CRASH_REFRESHES"] ?? 40);
const devices = Number(env["CRASH_REFRESH_DEVICES"] ?? 4);
const seed = Number(env["CRASH_SEED"] ?? 20_260_102);
const isByHand = env["CRASH_REFRESHES"] !== undefined;

it(
  "a server killed at random points of refreshes locks no device out, and no refresh token works twice",
  async () => {
    const report = await runRefreshCrash({ refreshes, devices, seed, kills: 3 });
    if (isByHand) {
      const { kills, unanswered, repeated, lockedOut, workedTwice } = report;
      process.stdout.write(
        `${report.refreshes} refreshes, ${kills} SIGKILL, ${unanswered} tries without an answer, ` +
          `${repeated} refreshes asked for more than once, ${lockedOut.length} devices locked out, ${workedTwice.length} tokens worked twice\n`,
      );
    }
    expect(report.lockedOut).toEqual([]);
    expect(report.workedTwice).toEqual([]);
    expect(report.refreshes).toBeGreaterThanOrEqual(refreshes);
    // A run in which nothing happened shows nothing: devices go on until there were so many kills, and each asks twice in its
    // first round.
    expect(report.kills).toBeGreaterThanOrEqual(3);
    expect(report.repeated).toBeGreaterThanOrEqual(devices);
  },
  180_000 + refreshes * 3_000,
);
