// Device.Audio: the kinds of audio that the device can play.

import { z } from "zod";
import { defineContext } from "../definition.js";
import { joined, list } from "../members.js";
import { streamFormats } from "../objects/audio-stream.js";

/** The kinds of audio that a device can play. */
export const audio = defineContext("Device.Audio", {
  summary: "The kinds of audio that the device can play.",
  onlyIn: "newer",
  payload: () =>
    z.looseObject({
      acceptContentType: list(
        z.looseObject({
          mimeType: z.enum(streamFormats),
          audioCodec: z.enum(["AAC", "MP3"]),
          fileExtension: joined(",", ["3GP", "AAC", "M4A", "MP3", "MP4", "TS"]).describe(
            "One extension, or several joined by commas.",
          ),
          container: z
            .string()
            .optional()
            .describe("An earlier name of fileExtension, seen in an example only."),
        }),
      ).describe("The best one first."),
    }),
});
