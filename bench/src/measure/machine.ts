// Which machine it was, and how busy others kept it: without that, a figure says nothing.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { peerPackages } from "../peers/debian.js";
import type { Machine } from "../report/result.js";
import type { Cores } from "./cores.js";

/** Milliseconds. */
const observation = 2_000;

/** What the machine is, after a moment of watching how busy it is. */
export async function describeMachine(cores: Cores, npmPeers: Record<string, string>) {
  const foreignLoad = await watchLoad();
  const machine: Machine = {
    time: new Date().toISOString(),
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    kernel: release(),
    node: process.version,
    openssl: process.versions.openssl ?? "unknown",
    commit: commit(),
    pinning:
      cores.server === undefined
        ? "none: there is one core only"
        : `server on core ${cores.server}, load on core ${cores.load}`,
    foreignLoad,
    packages: { ...peerPackages(), ...npmPeers },
  };
  return machine;
}

/** Share of the time that the cores were busy while nobody of ours worked. */
async function watchLoad(): Promise<number> {
  const before = cpuTimes();
  await sleep(observation);
  const after = cpuTimes();
  return (after.busy - before.busy) / Math.max(after.all - before.all, 1);
}

/** @see https://man7.org/linux/man-pages/man5/proc_stat.5.html */
function cpuTimes(): { readonly busy: number; readonly all: number } {
  const [, ...fields] = (readFileSync("/proc/stat", "utf8").split("\n")[0] ?? "").split(/\s+/);
  const times = fields.map(Number);
  const all = times.reduce((sum, time) => sum + time, 0);
  const idle = (times[3] ?? 0) + (times[4] ?? 0);
  return { busy: all - idle, all };
}

function commit(): string {
  try {
    const git = (...args: string[]) =>
      execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
    const isDirty = git("status", "--porcelain", "--untracked-files=no", "--", "packages") !== "";
    return `${git("rev-parse", "--short", "HEAD")}${isDirty ? " with changes" : ""}`;
  } catch {
    return "unknown";
  }
}
