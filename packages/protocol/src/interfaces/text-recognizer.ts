// TextRecognizer: the user types instead of speaking.

import { z } from "zod";
import { defineInterface, event } from "./definition.js";

/** Requests in writing. */
export const textRecognizer = defineInterface(
  "TextRecognizer",
  "The user types instead of speaking, or an item that was tapped stands for words.",
  {
    Recognize: event({
      summary: "The user asked something in writing.",
      dialogRequestId: "always",
      dialogueNote:
        "A new id opens a dialogue and ends the one before; the answer to ExpectSpeech repeats the id.",
      repliesWith: ["*"],
      related: ["SpeechRecognizer.ExpectSpeech", "SpeechRecognizer.Recognize"],
      payload: () =>
        z.looseObject({
          text: z.string(),
          explicit: z.boolean().optional().describe("As in ExpectSpeech."),
          speechId: z.string().optional().describe("The expectSpeechId of ExpectSpeech."),
        }),
    }),
  },
);
