// SpeechSynthesizer.SpeechState: what the device is saying.

import { z } from "zod";
import { defineContext } from "../definition.js";

/** What a device is saying. */
export const speechState = defineContext("SpeechSynthesizer.SpeechState", {
  summary: "What the device is saying, or said last.",
  payload: () =>
    z.looseObject({
      token: z.string().describe("The token of Speak."),
      playerActivity: z.enum(["PLAYING", "STOPPED", "FINISHED"]),
    }),
});
