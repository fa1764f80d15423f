// The crash test: a real server that is killed and restarted again and again while numbered directives go to devices on bad
// lines. At the end the network heals, and every directive that was accepted must have arrived.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type ServerProcess, signIn, startServerProcess } from "../harness/server-process.js";
import { CrashDevice } from "./crash-device.js";
import { type CrashPoint, CrashTrigger, planCrash } from "./crash-plan.js";
import { type FlakyNetwork, layFlakyNetwork } from "./flaky-network.js";
import { Ledger, type Tally, total } from "./ledger.js";
import { Random } from "./random.js";

/** How hard and how long. */
export interface CrashOptions {
  readonly devices: number;
  /** How long at least. */
  readonly seconds: number;
  /** How often the server is struck, at least: the run goes on until it was. */
  readonly crashes: number;
  /** How many directives are accepted, at least: the run goes on until they are. */
  readonly accepted: number;
  /** How often a point of the plan is passed before the server is struck there, for each group of five devices. */
  readonly range: readonly [least: number, most: number];
  readonly seed: number;
  /** Told how it goes, now and then. */
  readonly onProgress?: (line: string) => void;
}

/** What a run came to. */
export interface CrashReport extends Tally {
  readonly kills: number;
  /** Kills in the turn in which a directive had arrived: each is repeated. */
  readonly killsAtReceipt: number;
  readonly drains: number;
  readonly downchannels: number;
  readonly fates: FlakyNetwork["fates"];
  /** Directives that were still in the mailbox at the end though they had arrived. */
  readonly unacknowledged: number;
}

/** Devices that one sender serves, one directive after the other, so that their order is known. */
const groupSize = 5;

/** Milliseconds between two lines of progress. */
const progressInterval = 10_000;

/** Milliseconds that a run may take beyond its time, until as much has happened as has to. */
const overtime = 120_000;

/** Milliseconds that devices have to get what is left, once nothing goes wrong any more. */
const lastPatience = 60_000;

/** Hundreds of devices of one account and one address, which come back all the time: not what the limits were made for. */
const environment = {
  TREFOIL_AUTH_ATTEMPTS_PER_DEVICE: "1000000",
  TREFOIL_OPERATIONS_PORT: "0",
  TREFOIL_GATEWAY_PING_TIMEOUT_SECONDS: "2",
  TREFOIL_DELIVERY_MAX_QUEUE_LENGTH: "100000",
  TREFOIL_LIMITS_NEW_CONNECTIONS_PER_ADDRESS: "0",
  TREFOIL_LIMITS_MAX_CONNECTIONS_PER_ADDRESS: "0",
  TREFOIL_LOG_LEVEL: "info",
};

export async function runCrashTest(options: CrashOptions): Promise<CrashReport> {
  const random = new Random(options.seed);
  const dataDir = mkdtempSync(join(tmpdir(), "trefoil-crash-"));
  const network = await layFlakyNetwork(random.fork());
  const run = new CrashRun(options, random, dataDir, network);
  try {
    return await run.finish();
  } finally {
    await run.close();
    await network.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

class CrashRun {
  readonly #options: CrashOptions;
  readonly #random: Random;
  readonly #dataDir: string;
  readonly #network: FlakyNetwork;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  readonly #devices: CrashDevice[] = [];
  readonly #ledgers: Ledger[] = [];
  readonly #groups: Group[] = [];
  #server: ServerProcess | undefined;
  #ca: Buffer | undefined;
  readonly #trigger = new CrashTrigger<CrashPoint>();
  #kills = 0;
  #killsAtReceipt = 0;
  #drains = 0;
  #isClosed = false;

  constructor(options: CrashOptions, random: Random, dataDir: string, network: FlakyNetwork) {
    this.#options = options;
    this.#random = random;
    this.#dataDir = dataDir;
    this.#network = network;
  }

  async finish(): Promise<CrashReport> {
    await this.#start();
    await this.#connectDevices();
    const end = Date.now() + this.#options.seconds * 1_000;
    const [crashes, deviceKills] = [this.#random.fork(), this.#random.fork()];
    const sent = Promise.all(
      this.#groups.map((group) => this.#send(group, end, this.#random.fork())),
    );
    await Promise.all([
      sent,
      this.#crash(sent, crashes),
      this.#killDevices(end, deviceKills),
      this.#report(end),
    ]);
    this.#network.heal();
    await this.#settle();
    const unacknowledged = await this.#mailboxEntries();
    return {
      ...total(this.#ledgers),
      kills: this.#kills,
      killsAtReceipt: this.#killsAtReceipt,
      drains: this.#drains,
      downchannels: this.#devices.reduce((sum, { downchannels }) => sum + downchannels, 0),
      fates: this.#network.fates,
      unacknowledged,
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const device of this.#devices) device.stop();
    this.#agent.destroy();
    await this.#server?.stop();
  }

  async #start(): Promise<void> {
    const server = await startServerProcess({ dataDir: this.#dataDir, env: environment });
    this.#server = server;
    this.#network.lead(server.port);
  }

  async #connectDevices(): Promise<void> {
    const server = this.#running();
    const ca = this.#authority();
    for (let index = 0; index < this.#options.devices; index++) {
      const deviceId = `device-${index}`;
      const { accessToken } = await signIn(server, deviceId);
      const ledger = this.#ledgerOf(deviceId, index);
      this.#ledgers.push(ledger);
      const random = this.#random.fork();
      const { port } = this.#network;
      const onReceived = (): void => this.#trigger.passed("received");
      this.#devices.push(new CrashDevice({ port, ca, accessToken, ledger, random, onReceived }));
    }
  }

  #ledgerOf(deviceId: string, index: number): Ledger {
    const place = Math.floor(index / groupSize);
    const idOf = (number: number): string => `group-${place}-${number}`;
    const ledger = new Ledger(deviceId, idOf);
    const ledgers = [...(this.#groups[place]?.ledgers ?? []), ledger];
    this.#groups[place] = { ledgers, idOf, last: 0 };
    return ledger;
  }

  /** Whether everything has happened that has to, and the time is over. */
  #isOver(end: number): boolean {
    if (this.#isClosed) return true;
    const now = Date.now();
    // What does not happen by then is not going to: the test says what is missing.
    if (now > end + overtime) return true;
    const { crashes, accepted } = this.#options;
    return (
      now >= end &&
      this.#kills + this.#drains >= crashes &&
      total(this.#ledgers).accepted >= accepted
    );
  }

  /** Strikes the server where the plan says, and starts it again, until all is sent. */
  async #crash(sent: Promise<unknown>, random: Random): Promise<void> {
    const [least, most] = this.#options.range;
    const groups = this.#groups.length;
    for (let place = 0; ; place++) {
      const crash = planCrash(place, random, [least * groups, most * groups]);
      const server = this.#running();
      let isStruck = false;
      const struck = new Promise<void>((resolve) => {
        this.#trigger.arm(crash, () => {
          server.signal(crash.signal);
          isStruck = true;
          if (crash.signal === "SIGTERM") this.#drains++;
          else this.#kills++;
          if (crash.signal === "SIGKILL" && crash.point === "received") this.#killsAtReceipt++;
          resolve();
        });
      });
      await Promise.race([struck, sent]);
      this.#trigger.disarm();
      if (!isStruck) return;
      const code = await server.ended;
      if (crash.signal === "SIGTERM" && code !== 0) {
        throw new Error(`SIGTERM ended with ${code}: ${server.log()}`);
      }
      this.#network.lead(undefined);
      await this.#start();
    }
  }

  async #killDevices(end: number, random: Random): Promise<void> {
    while (!this.#isOver(end)) {
      await sleep(random.between(20, 2_000 / Math.sqrt(this.#devices.length)));
      random.pick(this.#devices).kill();
    }
  }

  /** Sends to one device of a group or to all of them, and waits for the answer each time: so their order is known. */
  async #send(group: Group, end: number, random: Random): Promise<void> {
    while (!this.#isOver(end)) {
      const number = ++group.last;
      const directive = {
        name: "CrashTest.Numbered",
        messageId: group.idOf(number),
        payload: { number, filler: "x".repeat(random.between(0, 1_500)) },
      };
      if (random.chance(0.2)) await this.#sendToAll(group.ledgers, number, directive);
      else await this.#sendToOne(random.pick(group.ledgers), number, directive);
      await sleep(random.between(0, 300));
    }
  }

  async #sendToOne(ledger: Ledger, number: number, directive: object): Promise<void> {
    ledger.send();
    const answer = await this.#post(`/devices/${ledger.device}/directives`, directive);
    if (answer?.["outcome"] === "queued") this.#accept(ledger, number);
  }

  async #sendToAll(ledgers: readonly Ledger[], number: number, directive: object): Promise<void> {
    for (const ledger of ledgers) ledger.send();
    const devices = ledgers.map(({ device }) => device);
    const answer = await this.#post("/directives", { ...directive, devices });
    const outcomes = (answer?.["devices"] ?? []) as { device: string; outcome: string }[];
    for (const ledger of ledgers) {
      const outcome = outcomes.find(({ device }) => device === ledger.device);
      if (outcome?.outcome === "queued") this.#accept(ledger, number);
    }
  }

  #accept(ledger: Ledger, number: number): void {
    ledger.accept(number);
    this.#trigger.passed("accepted");
  }

  /** @returns what was answered; undefined where nobody can say whether it was accepted */
  #post(path: string, body: object): Promise<Record<string, unknown> | undefined> {
    const { dev } = this.#running();
    return new Promise((resolve) => {
      const outgoing = request(`${dev.authBaseUrl}/admin/v1${path}`, {
        method: "POST",
        agent: this.#agent,
        ca: this.#authority(),
        headers: {
          authorization: `Bearer ${dev.adminToken}`,
          "content-type": "application/json",
        },
      });
      outgoing.on("finish", () => this.#trigger.passed("sending"));
      // No timeout of ours: a request that is given up and still under way could be overtaken by the next.
      outgoing.on("error", () => resolve(undefined));
      outgoing.on("response", (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.on("error", () => resolve(undefined));
        response.on("close", () => resolve(undefined));
        response.on("end", () =>
          resolve(
            response.statusCode === 202 ? (JSON.parse(text) as Record<string, unknown>) : undefined,
          ),
        );
      });
      outgoing.end(JSON.stringify(body));
    });
  }

  async #report(end: number): Promise<void> {
    const { onProgress } = this.#options;
    if (onProgress === undefined) return;
    const begun = Date.now();
    for (let next = begun + progressInterval; !this.#isOver(end); await sleep(200)) {
      if (Date.now() < next) continue;
      next += progressInterval;
      const { sent, accepted, received, repeated, lost } = total(this.#ledgers);
      const elapsed = Math.round((Date.now() - begun) / 1_000);
      onProgress(
        `${elapsed} of ${this.#options.seconds} s: sent ${sent}, accepted ${accepted}, received ${received}, repeated ${repeated}, on their way ${lost}, kills ${this.#kills}`,
      );
    }
  }

  /** Waits until everything has arrived, or has had its time. */
  async #settle(): Promise<void> {
    const end = Date.now() + lastPatience;
    while (Date.now() < end && this.#ledgers.some(({ missing }) => missing.length > 0)) {
      await sleep(100);
    }
    // A device that nothing was left for may still be on its way.
    while (Date.now() < end && this.#devices.some(({ downchannels }) => downchannels === 0)) {
      await sleep(100);
    }
    // The last ACKs are on their way.
    while (Date.now() < end && (await this.#mailboxEntries()) > 0) await sleep(500);
  }

  async #mailboxEntries(): Promise<number> {
    const [, port] = /"port":(\d+),"msg":"The operations/.exec(this.#running().log()) ?? [];
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return Number(/^trefoil_mailbox_entries (\d+)$/m.exec(metrics)?.[1] ?? Number.NaN);
  }

  /** The certificate authority, which stays the same over restarts. */
  #authority(): Buffer {
    return (this.#ca ??= readFileSync(this.#running().dev.caFile));
  }

  #running(): ServerProcess {
    if (this.#server === undefined) throw new Error("The server has not been started.");
    return this.#server;
  }
}

/** Devices that one sender serves: a directive to all of them has the same number at each. */
interface Group {
  readonly ledgers: readonly Ledger[];
  readonly idOf: (number: number) => string;
  last: number;
}
