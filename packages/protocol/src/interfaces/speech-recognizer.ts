// SpeechRecognizer: the user speaks, and the platform says when to stop listening and when to listen again.

import { z } from "zod";
import { defineInterface, directive, event } from "./definition.js";
import { count, openEnum, patterned } from "./members.js";

/** How speech is uploaded along with Recognize. */
export const speechAudio = {
  encoding: "linear PCM, signed",
  sampleRateHz: 16_000,
  bits: 16,
  channels: 1,
  endian: "little",
  /** The guides' advice for the pieces of the upload; shipped speakers send 10 ms each, and any size is taken. */
  chunkMilliseconds: 200,
  /** How much sound before the wake word goes along, so that the platform can check it. */
  wakeWordLeadInMilliseconds: 300,
  wakeWordLeadInSamples: 4_800,
  part: { name: "audio", contentType: "application/octet-stream" },
  /** The device uploads until this directive comes. */
  until: "SpeechRecognizer.StopCapture",
} as const;

/** Wake words that devices are known to name. */
export const wakeWords = [
  "hey_clova",
  "jjangguya",
  "clova",
  "jesika",
  "seliya",
  "pinokio",
] as const;

const initiator = () =>
  z.looseObject({
    type: z.enum(["PRESS_AND_HOLD", "TAP", "WAKEWORD"]).describe("What the user did."),
    inputSource: patterned(
      /^(?:SELF|CUSTOM_.+)$/s,
      "SELF, or CUSTOM_ followed by the id of the source",
    ).describe("SELF: the device itself. CUSTOM_{id}: an accessory."),
    payload: z
      .looseObject({
        deviceUUID: z
          .string()
          .describe("A random UUID that stays with the device and is not made from a token."),
        wakeWord: z
          .looseObject({
            name: openEnum(wakeWords).optional(),
            confidence: z.number().min(0).max(1).optional().describe("Reserved; ignored."),
            indices: z
              .looseObject({
                startIndexInSamples: count().describe("16,000 a second; mostly 0."),
                endIndexInSamples: z.int().describe("Greater than startIndexInSamples."),
              })
              .refine((span) => span.startIndexInSamples < span.endIndexInSamples, {
                path: ["endIndexInSamples"],
                error: "must be greater than startIndexInSamples",
              })
              .describe("Where in the audio the wake word is."),
          })
          .optional(),
      })
      .optional(),
  });

/** Speech, and when to listen. */
export const speechRecognizer = defineInterface(
  "SpeechRecognizer",
  "The user speaks, and the platform says when to stop listening and when to listen again.",
  {
    ExpectSpeech: directive({
      summary: "Listen again: the platform asked the user something.",
      dialogRequestId: "always",
      dialogueNote: "The next Recognize repeats the same id.",
      answeredBy: ["SpeechRecognizer.Recognize", "TextRecognizer.Recognize"],
      notes: [
        "One of the two answers. It repeats expectSpeechId as speechId, and explicit as it is.",
      ],
      payload: () =>
        z.looseObject({
          expectSpeechId: z.string().describe("Repeated as speechId of the answer."),
          explicit: z.boolean().describe("True: the dialogue cannot go on without an answer."),
          timeoutInMilliseconds: count().describe("How long to wait for speech to begin."),
          expectContentType: z
            .enum(["audio/l16", "application/x-clova-feat"])
            .optional()
            .describe("The form in which speech is wanted."),
        }),
    }),

    KeepRecording: directive({
      summary: "Go on recording: the user has not finished.",
      dialogRequestId: "always",
      related: ["SpeechRecognizer.Recognize"],
    }),

    Recognize: event({
      summary: "The user speaks; the part `audio` holds the speech.",
      dialogRequestId: "always",
      dialogueNote:
        "A new id opens a dialogue and ends the one before; the answer to ExpectSpeech repeats the id.",
      repliesWith: [
        "SpeechRecognizer.StopCapture",
        "SpeechRecognizer.KeepRecording",
        "SpeechRecognizer.ShowRecognizedText",
        "*",
      ],
      notes: [
        "16-bit little-endian mono PCM at 16 kHz, uploaded as it is recorded until StopCapture comes.",
        "After a wake word the audio begins 300 ms (4,800 samples) before it.",
      ],
      related: ["SpeechRecognizer.ExpectSpeech"],
      payload: () =>
        z.looseObject({
          lang: z
            .enum(["en", "ja", "ko"])
            .describe("The language spoken. A public follow-up example leaves it out."),
          explicit: z.boolean().optional().describe("As in ExpectSpeech."),
          speechId: z.string().optional().describe("The expectSpeechId of ExpectSpeech."),
          format: z.enum(["AUDIO_L16_RATE_16000_CHANNELS_1"]).optional(),
          profile: z.enum(["CLOSE_TALK"]).optional().describe("Reserved."),
          initiator: initiator().optional().describe("How listening began."),
        }),
    }),

    ShowRecognizedText: directive({
      summary: "What was understood so far, to be shown while the user speaks.",
      via: "downchannel",
      dialogRequestId: "always",
      dialogueNote: "Carries the id of the running Recognize, although it is on the downchannel.",
      related: ["SpeechRecognizer.Recognize", "SpeechRecognizer.StopCapture"],
      payload: () => z.looseObject({ text: z.string() }),
    }),

    StopCapture: directive({
      summary: "Stop recording: the user has finished.",
      via: "downchannel",
      dialogRequestId: "always",
      dialogueNote: "Carries the id of the running Recognize, although it is on the downchannel.",
      related: ["SpeechRecognizer.Recognize", "SpeechRecognizer.ShowRecognizedText"],
      payload: () =>
        z.looseObject({
          recognizedText: z
            .string()
            .optional()
            .describe("What was understood; only where that was agreed on."),
        }),
    }),
  },
);
