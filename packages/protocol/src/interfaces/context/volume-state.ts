// Speaker.VolumeState: how loud the speaker is.

import { z } from "zod";
import { defineContext } from "../definition.js";
import { count } from "../members.js";

/** How loud a speaker is. */
export const volumeState = defineContext("Speaker.VolumeState", {
  summary: "How loud the speaker is.",
  payload: () =>
    z.looseObject({
      volume: count().describe("From 0; the older guide ended at 10, the newer names no end."),
      muted: z.boolean(),
    }),
});
