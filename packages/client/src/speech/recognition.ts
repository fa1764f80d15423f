// One request in speech: what it is told, and what it becomes.

import type { DirectivePayload, EventPayload } from "@trefoil/protocol/interfaces";
import type { ReceivedDirective } from "../directives/index.js";
import type { EventResponse } from "../events/index.js";
import type { Capture, CaptureEnd } from "./capture.js";

/** The platform asked back. */
export type ExpectSpeech = ReceivedDirective<DirectivePayload<"SpeechRecognizer.ExpectSpeech">>;

/** A source of speech: signed 16-bit little-endian PCM, one channel, 16 kHz, in chunks of any size as it is recorded. */
export type SpeechSource = AsyncIterable<Uint8Array>;

/** How to recognise. */
export interface RecognizeOptions {
  /** The language spoken. */
  readonly lang: EventPayload<"SpeechRecognizer.Recognize">["lang"];
  /** How listening began. After a wake word the speech begins 300 ms (4,800 samples) before it. */
  readonly initiator?: EventPayload<"SpeechRecognizer.Recognize">["initiator"];
  /**
   * The question that this answers: its `expectSpeechId`, `explicit` and dialogue are repeated. Needless where `listen`
   * opened the microphone.
   */
  readonly answers?: ExpectSpeech;
  /**
   * Opens the microphone when the platform asks back in this dialogue, after what it said has been presented. Give nothing
   * before somebody speaks: past `timeoutInMilliseconds` the source is told to stop and nothing is sent. Answer undefined to
   * leave the question to `on("SpeechRecognizer.ExpectSpeech", ...)`.
   */
  readonly listen?: (question: ExpectSpeech) => SpeechSource | undefined;
  /** A follow-up that `listen` began. */
  readonly onFollowUp?: (recognition: Recognition) => void;
  /** What was understood so far; called again with more of it. */
  readonly onText?: (text: string) => void;
  /** The platform takes the user for not finished, whatever the device's own ear says. */
  readonly onKeepRecording?: () => void;
  /**
   * What the user breaks into: `keep` leaves it going until this request is with the gateway, as the protocol says (turn it
   * down by the notice `capture`); `stop` silences it at once. Default `keep`.
   */
  readonly bargeIn?: "keep" | "stop";
  /** Longest recording, in milliseconds of speech. Default 50,000: gateways end a request after 60 s; sane from 1,000. */
  readonly longest?: number;
  /** Bytes of one frame. Default 320, 10 ms; sane from 160 to 6,400. */
  readonly frameBytes?: number;
  /** Gives the request up: what was asked before stays in force. */
  readonly signal?: AbortSignal;
}

/** A request in speech that is being made. */
export class Recognition {
  readonly dialogRequestId: string;
  /**
   * Resolves when the gateway begins to answer; its directives also come to the handlers. Rejects as `Client.send` does.
   * Nobody has to wait for it.
   */
  readonly answer: Promise<EventResponse>;
  /** Resolves when the recording has ended, with why. Turn the light of the microphone off. */
  readonly captured: Promise<CaptureEnd>;
  readonly #capture: Capture;

  /** Made by `Client.recognize`. */
  constructor(
    dialogRequestId: string,
    capture: Capture,
    captured: Promise<CaptureEnd>,
    answer: Promise<EventResponse>,
  ) {
    this.dialogRequestId = dialogRequestId;
    this.#capture = capture;
    this.captured = captured;
    this.answer = answer;
    answer.catch(() => capture.stop("given-up"));
  }

  /** Whether the microphone is still listened to. */
  get capturing(): boolean {
    return this.#capture.running;
  }

  /** The user has finished, as when a button is let go: what was recorded is sent, and answered. */
  stop(): void {
    this.#capture.stop("stopped");
  }

  /** @internal The gateway has heard enough. */
  enough(): void {
    this.#capture.stop("stop-capture");
  }
}
