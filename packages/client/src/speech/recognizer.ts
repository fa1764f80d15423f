// Requests in speech: uploads what is said, heeds what the platform says about it meanwhile, and listens when it asks back.

import type { Clock } from "@trefoil/protocol/clock";
import type { EventPayload } from "@trefoil/protocol/interfaces";
import type { ReceivedDirective } from "../directives/index.js";
import type { EventAttachment, EventResponse } from "../events/index.js";
import { Capture, type CaptureEnd } from "./capture.js";
import { speechWithin } from "./first-speech.js";
import {
  type ExpectSpeech,
  type RecognizeOptions,
  Recognition,
  type SpeechSource,
} from "./recognition.js";

/** What a recognizer works with. */
export interface RecognizerOptions {
  readonly clock: Clock;
  send(
    payload: EventPayload<"SpeechRecognizer.Recognize">,
    options: {
      readonly dialogRequestId: string;
      readonly attachments: readonly EventAttachment[];
      readonly signal?: AbortSignal;
    },
  ): Promise<EventResponse>;
  /** Silences what the running dialogue presents. */
  interrupt(): void;
  /** The microphone is listened to from now on, or no longer. */
  captured(dialogRequestId: string, end: CaptureEnd | undefined): void;
}

/** Bytes of one millisecond: 16 samples of two bytes. */
const bytesPerMillisecond = 32;

const defaults = { longest: 50_000, frameBytes: 320 } as const;

/** Longest time that is waited for speech to begin, in milliseconds, whatever the platform says. */
const longestSilence = 60_000;

/** The requests in speech of one device. */
export class Recognizer {
  readonly #options: RecognizerOptions;
  /** Recordings by their dialogue; of one dialogue the latest. */
  readonly #running = new Map<string, { recognition: Recognition; options: RecognizeOptions }>();
  /** Who listens when the platform asks back. */
  #conversation: { readonly id: string; readonly options: RecognizeOptions } | undefined;

  constructor(options: RecognizerOptions) {
    this.#options = options;
  }

  /** Begins a request. @see Client.recognize */
  recognize(source: SpeechSource, options: RecognizeOptions): Recognition {
    const { answers, bargeIn = "keep", longest = defaults.longest } = options;
    if (bargeIn === "stop") this.#options.interrupt();
    const id = answers?.header.dialogRequestId ?? crypto.randomUUID();
    const frameBytes = Math.max(2, Math.floor(options.frameBytes ?? defaults.frameBytes));
    let ended!: (end: CaptureEnd) => void;
    const captured = new Promise<CaptureEnd>((resolve) => (ended = resolve));
    const capture = new Capture(
      source,
      { frameBytes, maxBytes: longest * bytesPerMillisecond },
      (end) => {
        if (this.#running.get(id)?.recognition === recognition) this.#running.delete(id);
        ended(end);
        this.#options.captured(id, end);
      },
    );
    const answer = this.#options.send(payloadOf(options), {
      dialogRequestId: id,
      attachments: [{ body: capture, frameBytes }],
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    const recognition = new Recognition(id, capture, captured, answer);
    this.#running.set(id, { recognition, options });
    this.#conversation = { id, options };
    this.#options.captured(id, undefined);
    return recognition;
  }

  /**
   * Takes a directive that concerns a running request.
   * @returns undefined where it concerns none; else resolves when the next directive may follow, and rejects where the
   *   application's `listen` or its source failed
   */
  take(directive: ReceivedDirective): Promise<void> | undefined {
    switch (directive.name) {
      case "SpeechRecognizer.StopCapture":
        return this.#heed(directive, ({ recognition }) => recognition.enough());
      case "SpeechRecognizer.KeepRecording":
        return this.#heed(directive, ({ options }) => options.onKeepRecording?.());
      case "SpeechRecognizer.ShowRecognizedText":
        return this.#heed(directive, ({ options }) => {
          const text = directive.payload["text"];
          if (typeof text === "string") options.onText?.(text);
        });
      case "SpeechRecognizer.ExpectSpeech":
        return this.#expect(directive as unknown as ExpectSpeech);
      default:
        return undefined;
    }
  }

  #heed(
    { header }: ReceivedDirective,
    act: (running: { recognition: Recognition; options: RecognizeOptions }) => void,
  ): Promise<void> | undefined {
    // Without an id it can only be meant for what is being recorded.
    const running =
      header.dialogRequestId === undefined
        ? [...this.#running.values()].at(-1)
        : this.#running.get(header.dialogRequestId);
    if (running === undefined) return undefined;
    act(running);
    return Promise.resolve();
  }

  #expect(question: ExpectSpeech): Promise<void> | undefined {
    const conversation = this.#conversation;
    if (conversation === undefined) return undefined;
    if (conversation.id !== question.header.dialogRequestId) return undefined;
    const source = conversation.options.listen?.(question);
    return source === undefined
      ? undefined
      : this.#followUp(question, source, conversation.options);
  }

  /** Holds the question's turn until somebody speaks, so that a newer request ends the wait; the answer follows it. */
  async #followUp(
    question: ExpectSpeech,
    source: SpeechSource,
    options: RecognizeOptions,
  ): Promise<void> {
    const { timeoutInMilliseconds } = question.payload;
    const timeout = Number.isFinite(timeoutInMilliseconds)
      ? Math.min(Math.max(0, timeoutInMilliseconds), longestSilence)
      : longestSilence;
    const speech = await speechWithin(source, timeout, this.#options.clock, question.signal);
    if (speech === undefined) {
      const { dialogRequestId = "" } = question.header;
      if (!question.signal.aborted) this.#options.captured(dialogRequestId, "silence");
      return;
    }
    // How listening began belongs to the first request alone.
    const { initiator: _, ...kept } = options;
    const recognition = this.recognize(speech, { ...kept, answers: question });
    options.onFollowUp?.(recognition);
  }
}

function payloadOf({
  lang,
  initiator,
  answers,
}: RecognizeOptions): EventPayload<"SpeechRecognizer.Recognize"> {
  return {
    lang,
    format: "AUDIO_L16_RATE_16000_CHANNELS_1",
    ...(initiator === undefined ? {} : { initiator }),
    ...(answers === undefined
      ? {}
      : { speechId: answers.payload.expectSpeechId, explicit: answers.payload.explicit }),
  };
}
