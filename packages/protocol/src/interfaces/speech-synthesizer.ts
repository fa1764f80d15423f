// SpeechSynthesizer: the platform speaks to the user.

import { z } from "zod";
import { defineInterface, directive, event } from "./definition.js";
import { boundedText, count } from "./members.js";

const spoken = () => z.looseObject({ token: z.string().describe("The token of Speak.") });

const language = () => z.enum(["en", "ja", "ko", "zh"]);

/** Speech of the platform. */
export const speechSynthesizer = defineInterface(
  "SpeechSynthesizer",
  "The platform speaks to the user.",
  {
    Request: event({
      summary: "The client wants a text spoken.",
      repliesWith: ["SpeechSynthesizer.Speak"],
      payload: () => z.looseObject({ text: z.string(), lang: language() }),
    }),

    Speak: directive({
      summary: "Play speech.",
      dialogRequestId: "always",
      answeredBy: [
        "SpeechSynthesizer.SpeechStarted",
        "SpeechSynthesizer.SpeechFinished",
        "SpeechSynthesizer.SpeechStopped",
      ],
      notes: ["First SpeechStarted, then SpeechFinished or SpeechStopped; each repeats the token."],
      related: ["SpeechSynthesizer.Request"],
      payload: () =>
        z.looseObject({
          format: z.enum(["AUDIO_MPEG"]),
          token: boundedText(2048).describe("Names the speech in every report about it."),
          url: boundedText(2048).describe(
            "cid:{Content-Id} for a part of the same response, otherwise the URI of an audio stream.",
          ),
          contentType: z
            .enum(["application/vnd.apple.mpegurl"])
            .optional()
            .describe("Only for HTTP Live Streaming."),
          ttsLang: language().optional().describe("The language spoken."),
          "x-clova-pause-before": count()
            .optional()
            .describe("Milliseconds of silence before the speech."),
        }),
    }),

    SpeechFinished: event({
      summary: "The speech was played to its end.",
      related: ["SpeechSynthesizer.Speak"],
      payload: spoken,
    }),

    SpeechStarted: event({
      summary: "The speech began.",
      related: ["SpeechSynthesizer.Speak"],
      payload: spoken,
    }),

    SpeechStopped: event({
      summary: "The speech was cut off.",
      related: ["SpeechSynthesizer.Speak"],
      payload: spoken,
    }),
  },
);
