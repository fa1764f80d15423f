// Server and load on cores of their own: a load that shares its core with the server measures itself.

import { readFileSync } from "node:fs";
import { execFileSync } from "node:child_process";

/** Who runs where; undefined where there is one core only, and nothing is pinned. */
export interface Cores {
  readonly server: number | undefined;
  readonly load: number | undefined;
}

/**
 * Reads a list of cores as the kernel writes it.
 * @param list as in `0-3,8`
 */
export function parseCoreList(list: string): number[] {
  return list
    .trim()
    .split(",")
    .filter((range) => range !== "")
    .flatMap((range) => {
      const [first = 0, last = first] = range.split("-").map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
}

/** The first core that this process may use is the load's, the last one the server's. */
export function chooseCores(): Cores {
  const status = readFileSync("/proc/self/status", "utf8");
  const allowed = parseCoreList(/^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? "0");
  return allowed.length < 2
    ? { server: undefined, load: undefined }
    : { server: allowed.at(-1), load: allowed[0] };
}

/** A command line that runs on one core. */
export function onCore(
  core: number | undefined,
  program: string,
  args: readonly string[],
): readonly [program: string, args: readonly string[]] {
  return core === undefined ? [program, args] : ["taskset", ["-c", String(core), program, ...args]];
}

/** Moves this process with all its threads to a core. */
export function moveSelf(core: number | undefined): void {
  if (core === undefined) return;
  execFileSync("taskset", ["-a", "-c", "-p", String(core), String(process.pid)], {
    stdio: "ignore",
  });
}
