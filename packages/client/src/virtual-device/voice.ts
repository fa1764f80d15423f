// The device's voice: what the platform says, for as long as it would sound, and the reports about it.

import type { Clock } from "@trefoil/protocol/clock";
import type { ContextPayload, DirectivePayload } from "@trefoil/protocol/interfaces";
import type { Attachment, ReceivedDirective } from "../directives/index.js";
import type { Report } from "./device-link.js";

/** What the voice works with. */
export interface VoiceOptions {
  readonly clock: Clock;
  readonly report: Report;
  readonly changed: () => void;
  /** How long speech of so many bytes sounds, in milliseconds; undefined bytes where it is a stream of its own. */
  readonly speechLength: (bytes: number | undefined) => number;
  /** Speech as it arrives, for a real loudspeaker. */
  readonly heard: (token: string, bytes: Uint8Array) => void;
}

/** Longest silence before speech, in milliseconds. */
const longestPause = 10_000;

type Speak = ReceivedDirective<DirectivePayload<"SpeechSynthesizer.Speak">>;

/** The voice of one device. */
export class Voice {
  readonly #options: VoiceOptions;
  #state: ContextPayload<"SpeechSynthesizer.SpeechState"> | undefined;

  constructor(options: VoiceOptions) {
    this.#options = options;
  }

  /** The context `SpeechSynthesizer.SpeechState`; undefined until something was said. */
  get state(): ContextPayload<"SpeechSynthesizer.SpeechState"> | undefined {
    return this.#state;
  }

  /** `SpeechSynthesizer.Speak`. Resolves when it has been said, or was cut off by a newer request. */
  async speak(directive: Speak, attachment: Attachment | undefined): Promise<void> {
    const { payload, signal } = directive;
    const pause = payload["x-clova-pause-before"] ?? 0;
    await this.#wait(Math.min(Math.max(0, pause), longestPause), signal);
    if (signal.aborted) return;
    const { token } = payload;
    this.#become(token, "PLAYING");
    this.#options.report("SpeechSynthesizer.SpeechStarted", { token });
    const began = this.#options.clock.now();
    const whole = await this.#listen(token, attachment, signal);
    const length = this.#options.speechLength(attachment === undefined ? undefined : whole.bytes);
    // Speech sounds while it arrives.
    await this.#wait(Math.max(0, began + length - this.#options.clock.now()), signal);
    const finished = !signal.aborted && whole.complete;
    this.#become(token, finished ? "FINISHED" : "STOPPED");
    this.#options.report(
      finished ? "SpeechSynthesizer.SpeechFinished" : "SpeechSynthesizer.SpeechStopped",
      { token },
    );
  }

  async #listen(
    token: string,
    attachment: Attachment | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly bytes: number; readonly complete: boolean }> {
    let bytes = 0;
    try {
      for await (const chunk of attachment ?? []) {
        if (signal.aborted) break;
        bytes += chunk.length;
        this.#options.heard(token, chunk);
      }
      return { bytes, complete: true };
    } catch {
      // Cut off on the way: what came is said, and reported as stopped.
      return { bytes, complete: false };
    }
  }

  #become(token: string, playerActivity: "PLAYING" | "STOPPED" | "FINISHED"): void {
    this.#state = { token, playerActivity };
    this.#options.changed();
  }

  #wait(delay: number, signal: AbortSignal): Promise<void> {
    if (delay === 0 || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.#options.clock.after(delay, resolve);
      signal.addEventListener(
        "abort",
        () => {
          timer.cancel();
          resolve();
        },
        { once: true },
      );
    });
  }
}
