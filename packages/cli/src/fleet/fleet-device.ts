// One device of a fleet: signs in, connects, does what its behaviour says, and measures.

import { MemoryTokenStore, type Client, createClient } from "@trefoil/client/node";
import { VirtualDevice } from "@trefoil/client/virtual-device";
import type { Clock } from "@trefoil/protocol/clock";
import { isTrefoilError } from "@trefoil/protocol/errors";
import type { Target } from "../known-server/index.js";
import { type Behaviour, pauseOf } from "./behaviour.js";
import type { Statistics } from "./statistics.js";

/** Tries to sign in, and milliseconds between them. */
const signInTries = { most: 3, pause: 2_000 } as const;
/** A second of silence: 16-bit samples at 16 kHz, in 10 ms frames. */
const speech = { frames: 100, bytes: 320, pace: 10 } as const;

const questions = ["what time is it", "how is the weather", "play some music", "set a timer"];

/** What a device of a fleet works with. */
export interface FleetDeviceOptions {
  readonly target: Target;
  readonly deviceId: string;
  readonly behaviour: Behaviour;
  readonly statistics: Statistics;
  readonly clock: Clock;
  /** 0 <= random() < 1 */
  readonly random: () => number;
  /** Aborted when the fleet ends. */
  readonly stop: AbortSignal;
}

/** One of many. */
export class FleetDevice {
  readonly #options: FleetDeviceOptions;
  readonly #client: Client;
  readonly #device: VirtualDevice;
  #wasOpen = false;
  #isSignedIn = false;

  constructor(options: FleetDeviceOptions) {
    const { target, deviceId, clock, statistics } = options;
    this.#options = options;
    this.#client = createClient({
      authUrl: target.authUrl,
      gatewayUrl: target.gatewayUrl,
      client: target.client,
      device: { id: deviceId, model: target.model },
      tls: target.tls,
      tokenStore: new MemoryTokenStore(),
      clock,
      random: options.random,
    });
    this.#device = new VirtualDevice(this.#client, {
      clock,
      onFailure: (_, error) => this.#failed(error),
    });
    this.#client.watch((notice) => {
      if (notice.kind === "directive") statistics.directives.add(notice.directive.name);
      if (notice.kind !== "connection" || notice.state.phase !== "open") return;
      if (this.#wasOpen && notice.previous.phase !== "open") statistics.reconnects++;
      this.#wasOpen = true;
    });
  }

  get isConnected(): boolean {
    return this.#client.state.phase === "open";
  }

  /** Runs until the fleet is stopped. Failures are counted, and never thrown. */
  async run(): Promise<void> {
    const { behaviour, random, stop } = this.#options;
    if (!(await this.#signIn())) return;
    await this.#connect();
    for (;;) {
      const pause = pauseOf(behaviour, random());
      if (pause === undefined) {
        await this.#pause(3_600_000);
      } else {
        await this.#pause(pause);
      }
      if (stop.aborted) return;
      await this.#act().catch((error: unknown) => this.#failed(error));
    }
  }

  /** Gives the tokens back and ends. */
  async end(): Promise<void> {
    this.#device.dispose();
    if (!this.#isSignedIn) return;
    await this.#client.signOut().catch(() => this.#client.close());
  }

  async #signIn(): Promise<boolean> {
    const { target, statistics, stop } = this.#options;
    for (let tries = 0; tries < signInTries.most && !stop.aborted; tries++) {
      let pause: number = signInTries.pause;
      try {
        const outcome = await this.#client.signIn(target.proof);
        if (outcome.kind === "signed-in") {
          this.#isSignedIn = true;
          statistics.signedIn++;
          return true;
        }
        statistics.failures.add(`sign-in: ${outcome.kind}`);
        if (outcome.kind !== "slow-down") return false;
        pause = outcome.retryAfter * 1_000;
      } catch (error) {
        this.#failed(error, "sign-in: ");
      }
      await this.#pause(pause);
    }
    return false;
  }

  async #connect(): Promise<void> {
    const { statistics, stop } = this.#options;
    const begun = performance.now();
    try {
      await this.#client.connect({ signal: stop, waitOnFirstConnect: true });
      statistics.connects.add(performance.now() - begun);
    } catch (error) {
      this.#failed(error);
    }
  }

  async #act(): Promise<void> {
    const { behaviour, random } = this.#options;
    switch (behaviour) {
      case "listener":
        return;
      case "talker":
        return this.#ask(questions[Math.floor(random() * questions.length)] ?? "hello");
      case "speaker":
        return this.#speak();
      case "presser":
        if (random() < 0.5) this.#device.press(random() < 0.5 ? "pause" : "play");
        else this.#device.setVolume(Math.floor(random() * 11));
        return;
      case "wanderer":
        await this.#client.close();
        await this.#pause(random() * 3_000);
        if (!this.#options.stop.aborted) await this.#connect();
        return;
    }
  }

  async #ask(text: string): Promise<void> {
    const { statistics, stop } = this.#options;
    const begun = performance.now();
    const answer = await this.#client.send("TextRecognizer.Recognize", { text }, { signal: stop });
    statistics.events.add(performance.now() - begun);
    await answer.directives();
    statistics.answers.add(performance.now() - begun);
  }

  async #speak(): Promise<void> {
    const { statistics, stop } = this.#options;
    const recognition = this.#client.recognize(this.#silence(), { lang: "ko", signal: stop });
    await recognition.captured;
    // Measured from the end of speech: what the person waits for.
    const begun = performance.now();
    const answer = await recognition.answer;
    statistics.events.add(performance.now() - begun);
    await answer.directives();
    statistics.answers.add(performance.now() - begun);
  }

  async *#silence(): AsyncGenerator<Uint8Array, void, undefined> {
    for (let frame = 0; frame < speech.frames; frame++) {
      yield new Uint8Array(speech.bytes);
      await this.#pause(speech.pace);
    }
  }

  #failed(error: unknown, what = ""): void {
    if (this.#options.stop.aborted) return;
    const kind = isTrefoilError(error)
      ? error.code
      : error instanceof Error
        ? error.name
        : "unknown";
    this.#options.statistics.failures.add(`${what}${kind}`);
  }

  #pause(delay: number): Promise<void> {
    const { clock, stop } = this.#options;
    if (stop.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        timer.cancel();
        stop.removeEventListener("abort", wake);
        resolve();
      };
      const timer = clock.after(delay, wake);
      stop.addEventListener("abort", wake, { once: true });
    });
  }
}
