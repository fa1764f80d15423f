// What a server holds at one moment: told by the kernel, by the process itself, and by its metrics.

import { readdirSync, readlinkSync } from "node:fs";
import { get } from "node:http";
import type { ServerProcess } from "../measure/child.js";
import type { ProcessCensus } from "../servers/census.js";

export interface Census {
  /** Bytes. */
  readonly resident: number;
  /** After a garbage collection, where one was asked for. Bytes. */
  readonly heap: number;
  readonly files: number;
  readonly sockets: number;
  /** Pending. */
  readonly timers: number;
  /** What Node.js keeps its event loop for, by kind. */
  readonly resources: Readonly<Record<string, number>>;
  readonly connections: number;
  readonly downchannels: number;
  /** Directives in the mailbox. Counted by the server at most every five seconds. */
  readonly mailbox: number;
}

/** @param collect whether garbage is collected first: memory is then what is held, and the server stands still for a moment */
export async function takeCensus(server: ServerProcess, collect: boolean): Promise<Census> {
  if (collect) await server.ask("collect-garbage");
  const { heap, timers, resources, operationsPort } = await server.ask<ProcessCensus>("census");
  const { files, sockets } = descriptors(server.pid);
  const metrics = await readMetrics(operationsPort ?? 0);
  return {
    resident: server.memory,
    heap,
    files,
    sockets,
    timers: timers ?? 0,
    resources,
    connections: metrics("trefoil_connections"),
    downchannels: metrics("trefoil_downchannels"),
    mailbox: metrics("trefoil_mailbox_entries"),
  };
}

function descriptors(pid: number): { readonly files: number; readonly sockets: number } {
  const directory = `/proc/${pid}/fd`;
  const names = readdirSync(directory);
  const sockets = names.filter((name) => {
    try {
      return readlinkSync(`${directory}/${name}`).startsWith("socket:");
    } catch {
      // Closed meanwhile.
      return false;
    }
  });
  return { files: names.length, sockets: sockets.length };
}

/** On a connection of its own, which is gone afterwards. */
async function readMetrics(port: number): Promise<(name: string) => number> {
  const text = await new Promise<string>((resolve, reject) => {
    get({ host: "127.0.0.1", port, path: "/metrics", agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (piece: string) => (body += piece));
      response.on("end", () => resolve(body));
      response.on("error", reject);
    }).on("error", reject);
  });
  return (name) => {
    const value = new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1];
    if (value === undefined) throw new Error(`The server has no metric ${name}.`);
    return Number(value);
  };
}
