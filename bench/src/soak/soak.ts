// A soak: a fleet holds its downchannels at a real server for a long time, PINGs, sends events, is sent directives, loses its
// connections now and then; then all leave, and the server must be back to where it was.

import { setTimeout as sleep } from "node:timers/promises";
import type { Target } from "../load/device-connection.js";
import { WebClient, inParallel } from "../load/web-client.js";
import type { ServerProcess } from "../measure/child.js";
import type { Fleet } from "../peers/trefoil.js";
import { type Census, takeCensus } from "./census.js";
import { SoakDevice, directiveName } from "./device.js";
import { Tally } from "./tally.js";
import { type MemorySample, type SoakOutcome, leftovers, megabytes } from "./verdict.js";

/** How often each device does what. Seconds. */
export interface Pace {
  readonly ping: number;
  readonly event: number;
  readonly push: number;
  readonly reconnect: number;
}

/** How long a soak goes on: by the clock at a pace, or so many rounds in which each device does everything once. */
export type Length =
  | { readonly kind: "minutes"; readonly minutes: number; readonly pace: Pace }
  | { readonly kind: "rounds"; readonly rounds: number };

export interface SoakOptions {
  /** A server of `servers/trefoil`, on the fleet's database, with an operations listener. */
  readonly server: ServerProcess;
  /** One device more than are to hold: the first shows what one that came and went leaves behind. */
  readonly fleet: Fleet;
  readonly ca: string;
  readonly length: Length;
  /** Told how it goes. */
  readonly tell: (line: string) => void;
}

export interface SoakResult extends SoakOutcome {
  readonly tally: Tally;
}

/** How many connections and requests of the load are under way at once. */
const width = 32;
/** The load's clock. Milliseconds. */
const tick = 20;
/** Milliseconds between two samples of memory, each with a line of progress. */
const sampleInterval = 10_000;
/**
 * What of the load is for warming up: a fifth, but a minute (or half of it all) in any case, in which each device does everything at
 * least so many times; or so many rounds.
 */
const warmUp = { share: 0.2, milliseconds: 60_000, times: 3, rounds: 2 };
/** Shorter loads say nothing about memory: the compiler and the collector have not settled. Minutes. */
const leastMinutes = 2;
/** Milliseconds that what is on its way has to arrive, and a server to be done with those who left. */
const patience = 60_000;

export async function soak(options: SoakOptions): Promise<SoakResult> {
  const run = new Soak(options);
  try {
    return await run.run();
  } finally {
    run.close();
  }
}

/**
 * The pace of warming up. What a device holds settles when it has done everything a few times, and come back in the middle of all
 * the others' traffic: until then its memory lies as it did when the whole fleet came at once, closer than it ever will again.
 */
function hurried(pace: Pace, milliseconds: number): Pace {
  const most = milliseconds / 1_000 / warmUp.times;
  return {
    ping: Math.min(pace.ping, most),
    event: Math.min(pace.event, most),
    push: Math.min(pace.push, most),
    reconnect: Math.min(pace.reconnect, most),
  };
}

class Soak {
  readonly #options: SoakOptions;
  readonly #tally = new Tally();
  readonly #web: WebClient;
  readonly #first: SoakDevice;
  readonly #devices: readonly SoakDevice[];
  readonly #samples: MemorySample[] = [];
  #begun = 0;

  constructor(options: SoakOptions) {
    this.#options = options;
    const { server, fleet, ca } = options;
    this.#web = new WebClient(server.port, ca, width);
    const target: Target = { port: server.port, ca };
    const [first, ...others] = fleet.devices.map(
      (device) => new SoakDevice(device, target, this.#tally),
    );
    if (first === undefined) throw new Error("There is no device.");
    this.#first = first;
    this.#devices = others;
  }

  async run(): Promise<SoakResult> {
    const { length } = this.#options;
    const before = await this.#before();
    await this.#connect();
    this.#begun = performance.now();
    const judgesMemory = length.kind === "minutes" && length.minutes >= leastMinutes;
    let warm: Census;
    if (length.kind === "rounds") {
      const rounds = warmUp.rounds + length.rounds;
      for (let round = 0; round < warmUp.rounds; round++) await this.#round(round, rounds);
      warm = await this.#census("warm");
      for (let round = warmUp.rounds; round < rounds; round++) await this.#round(round, rounds);
    } else {
      const all = length.minutes * 60_000;
      const warming = Math.max(all * warmUp.share, Math.min(all / 2, warmUp.milliseconds));
      await this.#load(warming, hurried(length.pace, warming), false);
      warm = await this.#census("warm");
      await this.#load(all - warming, length.pace, true);
    }
    await this.#arrival();
    const lost = this.#tally.waiting;
    const end = await this.#census("end");
    for (const device of this.#devices) device.leave();
    await this.#until((census) => leftovers(before, census).length === 0);
    const after = await this.#census("after");
    const { errors, words } = this.#tally;
    const samples = this.#samples;
    const tally = this.#tally;
    return { before, warm, end, after, samples, errors, words, lost, judgesMemory, tally };
  }

  close(): void {
    for (const device of [this.#first, ...this.#devices]) device.leave();
    this.#web.close();
  }

  /** One device does everything once and leaves: what a server sets up for its first device is no leak. */
  async #before(): Promise<Census> {
    const device = this.#first;
    const empty = await takeCensus(this.#options.server, false);
    await device.connect();
    await Promise.all([device.ping(), device.sendEvent(), this.#push(device)]);
    await this.#arrival();
    await device.reconnect();
    device.leave();
    // Nor are connections that are being closed, of the sender too.
    await this.#until(
      ({ sockets, connections, mailbox }) =>
        sockets <= empty.sockets && connections === 0 && mailbox === 0,
    );
    return this.#census("before");
  }

  async #connect(): Promise<void> {
    let count = 0;
    const every = Math.max(1, Math.floor(this.#devices.length / 5));
    await inParallel(this.#devices, width, async (device) => {
      await device.connect();
      if (++count % every === 0) {
        this.#options.tell(`${count} of ${this.#devices.length} devices hold`);
      }
    });
  }

  /** Each device does everything once; over all rounds together each loses its connection once. */
  async #round(round: number, rounds: number): Promise<void> {
    await inParallel(this.#devices, width, async (device, index) => {
      await Promise.all([device.ping(), device.sendEvent(), this.#push(device)]);
      if (index % rounds === round) await device.reconnect();
    });
    this.#tell();
  }

  /** Lets each device do everything at its pace, spread evenly, for so many milliseconds. */
  async #load(duration: number, pace: Pace, samples: boolean): Promise<void> {
    const devices = this.#devices;
    const begun = performance.now();
    const open = new Set<Promise<void>>();
    const start = (work: Promise<void>): void => {
      open.add(work);
      void work.finally(() => open.delete(work));
    };
    const kinds = [
      { seconds: pace.ping, act: (device: SoakDevice) => device.ping() },
      { seconds: pace.event, act: (device: SoakDevice) => device.sendEvent() },
      { seconds: pace.push, act: (device: SoakDevice) => this.#push(device) },
      { seconds: pace.reconnect, act: (device: SoakDevice) => device.reconnect() },
    ].map((kind, index) => ({ ...kind, done: 0, shift: (index * devices.length) >> 2 }));
    let sampled = begun;
    for (let now = begun; now - begun < duration; now = performance.now()) {
      for (const kind of kinds) {
        const due = ((now - begun) / 1_000 / kind.seconds) * devices.length;
        for (; kind.done < due; kind.done++) {
          const device = devices[(kind.done + kind.shift) % devices.length];
          if (device !== undefined) start(kind.act(device));
        }
      }
      if (now - sampled >= sampleInterval) {
        sampled = now;
        if (samples) this.#sample();
        this.#tell();
      }
      await sleep(tick);
    }
    await Promise.all(open);
  }

  async #push(to: SoakDevice): Promise<void> {
    const number = this.#tally.send(performance.now());
    try {
      const answer = await this.#web.expect(
        202,
        "POST",
        `/admin/v1/devices/${to.device.deviceKey}/directives`,
        {
          authorization: `Bearer ${this.#options.fleet.adminToken}`,
          "content-type": "application/json",
        },
        JSON.stringify({ name: directiveName, payload: { number } }),
      );
      if (answer["outcome"] !== "queued") throw new Error(String(answer["outcome"]));
      this.#tally.accept();
    } catch (error) {
      this.#tally.refuse(number, error instanceof Error ? error.message : String(error));
    }
  }

  /** Waits until everything that was sent has come. */
  async #arrival(): Promise<void> {
    const giveUp = performance.now() + patience;
    while (this.#tally.waiting > 0 && performance.now() < giveUp) await sleep(tick);
  }

  /** Waits until a server is as it should be, or has had its time. */
  async #until(isFine: (census: Census) => boolean): Promise<void> {
    const giveUp = performance.now() + patience;
    while (!isFine(await takeCensus(this.#options.server, false))) {
      if (performance.now() > giveUp) return;
      await sleep(250);
    }
  }

  async #census(when: string): Promise<Census> {
    const census = await takeCensus(this.#options.server, true);
    this.#options.tell(
      `${when}: ${megabytes(census.resident)} MB resident, ${megabytes(census.heap)} MB of heap, ${census.sockets} sockets`,
    );
    return census;
  }

  #sample(): void {
    const minutes = (performance.now() - this.#begun) / 60_000;
    this.#samples.push({ minutes, resident: this.#options.server.memory });
  }

  #tell(): void {
    const { pings, events, accepted, received, repeated, reconnects, errors } = this.#tally;
    const seconds = Math.round((performance.now() - this.#begun) / 1_000);
    this.#options.tell(
      `${seconds} s: ${megabytes(this.#options.server.memory)} MB; ${pings} PINGs, ${events} events, ` +
        `${accepted} directives accepted, ${received} received, ${repeated} repeated, ` +
        `${reconnects} reconnects, ${errors} errors`,
    );
  }
}
