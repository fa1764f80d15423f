// What the kernel knows of a process: its CPU time and its memory, read from /proc.

import { readFileSync, readdirSync } from "node:fs";

/** Length of a clock tick in /proc/<pid>/stat: USER_HZ is 100 on every architecture that Node.js runs on. Microseconds. */
const tick = 10_000;

/** A process and all its descendants: nginx serves from a child. */
export function processTree(pid: number): number[] {
  let children = "";
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      children += `${readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8")} `;
    }
  } catch {
    // It has ended.
  }
  return [pid, ...children.split(" ").filter(Boolean).map(Number).flatMap(processTree)];
}

/**
 * User and system time of one process, all its threads together, from the text of its `stat` file.
 * @returns microseconds
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
export function cpuOfStat(stat: string): number {
  // The second field is the program's name and may hold spaces and parentheses; the third begins after the last one.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * tick;
}

/** CPU time that a process and its descendants have used so far. Microseconds, in steps of 10,000. */
export function cpuTime(pid: number): number {
  return processTree(pid)
    .map((each) => cpuOfStat(readFileSync(`/proc/${each}/stat`, "utf8")))
    .reduce((sum, time) => sum + time, 0);
}

function kilobytes(file: string, name: string): number {
  const found = new RegExp(`^${name}:\\s*(\\d+) kB`, "m").exec(readFileSync(file, "utf8"));
  return Number(found?.[1] ?? 0);
}

/** Resident memory of a process and its descendants. Bytes. */
export function residentMemory(pid: number): number {
  return processTree(pid)
    .map((each) => kilobytes(`/proc/${each}/status`, "VmRSS"))
    .reduce((sum, size) => sum + size * 1024, 0);
}

/** What the kernel itself holds on this machine: its slabs (sockets, file descriptors) and the buffers of TCP. Bytes. */
export function kernelMemory(): number {
  const pages = /^TCP:.* mem (\d+)/m.exec(readFileSync("/proc/net/sockstat", "utf8"))?.[1];
  return kilobytes("/proc/meminfo", "Slab") * 1024 + Number(pages ?? 0) * 4096;
}
