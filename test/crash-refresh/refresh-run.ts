// The crash test of refreshing: a real server is killed with SIGKILL in the middle of requests, again and again, while devices
// refresh their tokens, each retrying until it has an answer. At the end every device must hold a refresh token that works, and
// none that works twice. Kills are set off by requests and not by the clock: a slow machine has as many.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CrashTrigger, type Strike } from "../crash/crash-plan.js";
import { Random } from "../crash/random.js";
import {
  type JsonAnswer,
  type ServerProcess,
  requestJson,
  signIn,
  startServerProcess,
} from "../harness/server-process.js";

export interface RefreshRunOptions {
  readonly devices: number;
  /** How many refreshes all devices together make, at least. */
  readonly refreshes: number;
  /** How often the server is killed meanwhile, at least: devices go on until it was. */
  readonly kills: number;
  readonly seed: number;
}

/** What a run came to. */
export interface RefreshReport {
  readonly refreshes: number;
  readonly kills: number;
  /** Tries that got no answer, those made while there was no server among them. */
  readonly unanswered: number;
  /** Refreshes for which a device asked more than once with the same token, and got its pair. */
  readonly repeated: number;
  /** Devices without a working refresh token at the end. */
  readonly lockedOut: readonly string[];
  /** Devices of which a spent token gave a second pair, or worked again once its pair was in use. */
  readonly workedTwice: readonly string[];
}

/** `asking`: a device has begun to ask. `answered`: it has its answer, and has not looked at it. */
type RefreshPoint = "asking" | "answered";

/** How often a point is passed before a kill, at least and at most. */
const range = [2, 12] as const;
/** Milliseconds into a request that a kill comes, at most: from the handshake to after the commit. */
const deepest = 15;
/** A device asks a second time in each round whose number this divides, the first round's with it. */
const repeatEvery = 3;
/** Milliseconds that a device rests between two refreshes, at most. */
const longestRest = 80;
/** Milliseconds that a device waits before it tries again. */
const retryPause = 40;
/** How long the server may refuse connections in a row, restarts and all. Milliseconds. */
const patience = 60_000;

/** The pair of an answer. */
interface Pair {
  readonly accessToken: string;
  readonly refreshToken: string;
}

export async function runRefreshCrash(options: RefreshRunOptions): Promise<RefreshReport> {
  const dataDir = mkdtempSync(join(tmpdir(), "trefoil-crash-refresh-"));
  const run = new RefreshRun(options, dataDir);
  try {
    return await run.run();
  } finally {
    await run.end();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

class RefreshRun {
  readonly #options: RefreshRunOptions;
  readonly #dataDir: string;
  readonly #random: Random;
  readonly #trigger = new CrashTrigger<RefreshPoint>();
  #server: ServerProcess | undefined;
  #done = 0;
  #kills = 0;
  #unanswered = 0;
  #repeated = 0;
  #stopping = false;
  /** What each device has spent, and gone on from. */
  readonly #spent = new Map<string, readonly string[]>();
  readonly #lockedOut: string[] = [];
  readonly #workedTwice: string[] = [];

  constructor(options: RefreshRunOptions, dataDir: string) {
    this.#options = options;
    this.#dataDir = dataDir;
    this.#random = new Random(options.seed);
  }

  async run(): Promise<RefreshReport> {
    const { devices, refreshes } = this.#options;
    let server = await this.#start();
    const tokens: { readonly deviceId: string; readonly refreshToken: string }[] = [];
    for (let unit = 0; unit < devices; unit++) tokens.push(await signIn(server, `unit-${unit}`));

    const share = Math.ceil(refreshes / devices);
    const fates = Promise.all(
      tokens.map(({ deviceId, refreshToken }) => this.#live(deviceId, refreshToken, share)),
    ).finally(() => (this.#stopping = true));
    const killing = this.#kill(fates);
    const last = await fates;
    await killing;

    // Calm again: what each device holds works, and what it held before is spent.
    server = this.#server ?? (await this.#start());
    for (const [index, pair] of last.entries()) {
      const { deviceId = "" } = tokens[index] ?? {};
      const answer = await this.#ask(deviceId, pair.refreshToken);
      if (answer.status !== 200) this.#lockedOut.push(deviceId);
      for (const spent of this.#spent.get(deviceId) ?? []) {
        if ((await this.#ask(deviceId, spent)).status === 200) this.#workedTwice.push(deviceId);
      }
    }
    return {
      refreshes: this.#done,
      kills: this.#kills,
      unanswered: this.#unanswered,
      repeated: this.#repeated,
      lockedOut: [...new Set(this.#lockedOut)],
      workedTwice: [...new Set(this.#workedTwice)],
    };
  }

  async end(): Promise<void> {
    this.#stopping = true;
    await this.#server?.stop();
  }

  /** One device: it refreshes, and asks again with the same token until it has an answer. @returns its last pair */
  async #live(deviceId: string, first: string, count: number): Promise<Pair> {
    let pair: Pair = { accessToken: "", refreshToken: first };
    const random = this.#random.fork();
    for (let round = 0; round < count || this.#kills < this.#options.kills; round++) {
      await sleep(random.between(0, longestRest));
      const { answer, tries } = await this.#refresh(deviceId, pair.refreshToken);
      if (answer.status !== 200) {
        this.#lockedOut.push(deviceId);
        return pair;
      }
      const next = pairOf(answer);
      let hasRepeated = tries > 1;
      // A device that loses power before it has written the answer down asks once more: the same pair, never another.
      if (round % repeatEvery === 0) {
        const { answer: again } = await this.#refresh(deviceId, pair.refreshToken);
        if (again.status !== 200) {
          this.#lockedOut.push(deviceId);
          return pair;
        }
        hasRepeated = true;
        if (pairOf(again).refreshToken !== next.refreshToken) this.#workedTwice.push(deviceId);
      }
      this.#spent.set(deviceId, [...(this.#spent.get(deviceId) ?? []), pair.refreshToken]);
      pair = next;
      if (hasRepeated) this.#repeated += 1;
      this.#done += 1;
    }
    return pair;
  }

  async #refresh(
    deviceId: string,
    refreshToken: string,
  ): Promise<{ readonly answer: JsonAnswer; readonly tries: number }> {
    const giveUp = Date.now() + patience;
    for (let tries = 1; ; tries++) {
      try {
        const asked = this.#ask(deviceId, refreshToken);
        this.#trigger.passed("asking");
        const answer = await asked;
        this.#trigger.passed("answered");
        // Busy, starting, stopping: no word on the token.
        if (answer.status < 500 && answer.status !== 429) return { answer, tries };
      } catch (error) {
        this.#unanswered += 1;
        if (Date.now() > giveUp) throw error;
      }
      await sleep(retryPause);
    }
  }

  #ask(deviceId: string, refreshToken: string): Promise<JsonAnswer> {
    const server = this.#server;
    if (server === undefined) return Promise.reject(new Error("The server is down."));
    const { clientId, clientSecret, modelId } = server.dev;
    const form = new URLSearchParams({
      client_id: clientId,
      client_secret: clientSecret,
      device_id: deviceId,
      model_id: modelId,
      refresh_token: refreshToken,
    });
    return requestJson(server, "/token?grant_type=refresh_token", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: form.toString(),
    });
  }

  /** Kills the server again and again, now while it works on a request, now right after its answer. */
  async #kill(fates: Promise<unknown>): Promise<void> {
    for (let place = 0; !this.#stopping; place++) {
      const isDuring = place % 2 === 0;
      const strike: Strike<RefreshPoint> = {
        point: isDuring ? "asking" : "answered",
        after: this.#random.between(...range),
      };
      const delay = this.#random.between(0, deepest);
      const server = this.#server;
      if (server === undefined) return;
      let isStruck = false;
      const struck = new Promise<void>((resolve) => {
        this.#trigger.arm(strike, () => {
          isStruck = true;
          // An answer that is here was sent by a server that is dead when the device looks at it.
          if (!isDuring) server.signal("SIGKILL");
          resolve();
        });
      });
      // Where a device fails, the run reports it: here it only ends the killing.
      await Promise.race([struck, fates.catch(() => undefined)]);
      this.#trigger.disarm();
      if (!isStruck) return;
      if (isDuring) await sleep(delay);
      this.#server = undefined;
      server.signal("SIGKILL");
      await server.ended;
      this.#kills += 1;
      await this.#start();
    }
  }

  async #start(): Promise<ServerProcess> {
    // A device of this test does in seconds what others do in years.
    const env = { TREFOIL_AUTH_ATTEMPTS_PER_DEVICE: "1000000", TREFOIL_LOG_LEVEL: "info" };
    const server = await startServerProcess({ dataDir: this.#dataDir, env });
    this.#server = server;
    return server;
  }
}

function pairOf({ body }: JsonAnswer): Pair {
  return {
    accessToken: String(body["access_token"]),
    refreshToken: String(body["refresh_token"]),
  };
}
