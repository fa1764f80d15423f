// The attack suite: every attack against a live server, with a healthy client at work all the while. Afterwards open sockets
// return to where they were, and memory too. In short form all at once; `npm run attack` carries out one after the other, with more
// connections and as often as one likes.

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { RawPeer, headersFrame, requestBlock } from "../harness/raw-http2.js";
import { type ServerProcess, signIn, startServerProcess } from "../harness/server-process.js";
import { type Attack, attacks } from "./attacks.js";

/** Connections of one attack at once, and how often the whole is repeated. */
const width = Number(process.env["ATTACK_CONNECTIONS"] ?? 3);
const rounds = Number(process.env["ATTACK_ROUNDS"] ?? 0);

/** Megabytes that the process may have grown by at the end: what the allocator keeps of the floods, and no more. */
const growth = 200;

/** Deadlines of seconds, so that the suite does not take minutes. */
const environment = {
  TREFOIL_LIMITS_HANDSHAKE_SECONDS: "4",
  TREFOIL_LIMITS_FIRST_REQUEST_SECONDS: "4",
  TREFOIL_LIMITS_REQUEST_SECONDS: "2",
  TREFOIL_LIMITS_IDLE_SECONDS: "5",
  TREFOIL_GATEWAY_SLOW_READER_SECONDS: "2",
  TREFOIL_GATEWAY_PING_TIMEOUT_SECONDS: "5",
  // One address carries out all of it.
  TREFOIL_LIMITS_MAX_CONNECTIONS_PER_ADDRESS: "0",
  TREFOIL_LIMITS_NEW_CONNECTIONS_PER_ADDRESS: "0",
};

let server: ServerProcess;
let token: string;
let healthy: HealthyClient;
const lines: string[] = [];

/** A client that asks again and again on one connection, in a process of its own. */
class HealthyClient {
  readonly #process: ChildProcess;
  #failure: string | undefined;

  constructor(port: number, token: string, authority: string) {
    const program = fileURLToPath(new URL("healthy-client.mjs", import.meta.url));
    this.#process = fork(program, [String(port), token, authority], { execArgv: [] });
    this.#process.on("message", ({ failed }: { failed?: string }) => {
      this.#failure ??= failed;
    });
    this.#process.once("exit", () => (this.#failure ??= "it ended"));
  }

  /** How long its answers took since the last call, in milliseconds. @throws where one did not come, or the connection ended */
  async takeLatencies(): Promise<readonly number[]> {
    if (this.#failure === undefined) this.#process.send("take");
    const ended = once(this.#process, "exit");
    const [answer] = (await Promise.race([once(this.#process, "message"), ended])) as [
      { readonly latencies?: readonly number[] } | number | null,
    ];
    const latencies = typeof answer === "object" ? answer?.latencies : undefined;
    if (latencies === undefined) throw new Error(`The healthy client: ${this.#failure}`);
    return latencies;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const ended = once(this.#process, "exit");
    this.#process.disconnect();
    await ended;
  }
}

/** Sockets of the server's process. */
function openSockets(): number {
  return readdirSync(`/proc/${server.pid}/fd`).filter((fd) => {
    try {
      return readlinkSync(`/proc/${server.pid}/fd/${fd}`).startsWith("socket:");
    } catch {
      return false;
    }
  }).length;
}

/** Resident memory of the server's process, in megabytes. */
function memory(): number {
  const status = readFileSync(`/proc/${server.pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

/** Processor time of the server's process, in milliseconds. */
function processorTime(): number {
  const fields = readFileSync(`/proc/${server.pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Where the machine is busy, a deadline may end an attacker before it has begun; it was served as it deserves. */
function cutOff(error: unknown): void {
  expect(String(error)).toMatch(/connection ended before|ECONNRESET|EPIPE|socket disconnected/);
}

async function carryOut(
  name: string,
  chosen: readonly Attack[],
  connections: number,
): Promise<void> {
  const before = { sockets: openSockets(), memory: memory(), time: processorTime() };
  await healthy.takeLatencies();
  const target = { port: server.port, token };
  await Promise.all(
    chosen.flatMap((attack) =>
      Array.from({ length: connections }, () => attack.run(target).catch(cutOff)),
    ),
  );
  await expect.poll(openSockets, { interval: 50, timeout: 15_000 }).toBe(before.sockets);
  const latencies = (await healthy.takeLatencies()).toSorted((a, b) => a - b);
  expect(latencies.length).toBeGreaterThan(0);
  const slowest = latencies.at(-1) ?? Number.POSITIVE_INFINITY;
  lines.push(
    [
      name.padEnd(32),
      `${before.sockets} -> ${openSockets()}`.padStart(9),
      `${before.memory.toFixed(0)} -> ${memory().toFixed(0)}`.padStart(11),
      String(processorTime() - before.time).padStart(9),
      (latencies[Math.floor(latencies.length / 2)] ?? 0).toFixed(1).padStart(8),
      slowest.toFixed(0).padStart(8),
    ].join(" "),
  );
}

describe("a live server", () => {
  let start: { readonly sockets: number; readonly memory: number };

  beforeAll(async () => {
    server = await startServerProcess({ env: environment });
    ({ accessToken: token } = await signIn(server, "attacker"));
    const { accessToken } = await signIn(server, "healthy");
    healthy = new HealthyClient(server.port, accessToken, server.dev.caFile);
    await vi.waitFor(async () => expect(await healthy.takeLatencies()).not.toEqual([]), 10_000);
    start = { sockets: openSockets(), memory: memory() };
  });

  afterAll(async () => {
    await healthy.stop();
    await server.stop();
    const head =
      "attack                             sockets   memory MB   CPU ms   p50 ms   max ms";
    process.stdout.write(`\n${width} connections each\n${head}\n${lines.join("\n")}\n`);
  });

  for (let round = 1; round <= rounds; round++) {
    it.each(attacks.map((attack) => [attack.name, attack] as const))(
      `goes on serving under "%s", and keeps no socket of it (round ${round})`,
      async (_name, attack) => {
        await carryOut(attack.name, [attack], width);
      },
      60_000,
    );
  }

  it("goes on serving under all attacks at once, and keeps no socket of them", async () => {
    // Few of each: the attackers share a thread.
    await carryOut("all at once, 3 each", attacks, Math.min(width, 3));
  }, 120_000);

  it("has as many sockets as before, its memory back, and takes new clients", async () => {
    expect(openSockets()).toBe(start.sockets);
    const fresh = await RawPeer.greet(server.port, { tls: true });
    fresh.send(headersFrame(1, requestBlock({ path: "/ping", token })));
    await fresh.until(() => fresh.statusOf(1) === 204);
    await fresh.destroy();
    expect(memory() - start.memory).toBeLessThan(growth);
  });
});
