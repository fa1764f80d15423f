// One stream of audio and how its playing is to be reported (AudioStreamInfoObject).

import { z } from "zod";
import { once } from "../definition.js";
import { boundedText, count } from "../members.js";

/** How many bytes a stream's token or URL may take. */
export const streamTextLimit = 2048;

/** Formats that a stream may come in. */
export const streamFormats = [
  "audio/mpeg",
  "audio/mpegurl",
  "audio/aac",
  "application/vnd.apple.mpegurl",
] as const;

/** When the device is to report how far it has come; null switches that report off. */
export const progressReport = once(() =>
  z.looseObject({
    progressReportDelayInMilliseconds: count()
      .nullish()
      .describe("Report once, this long after the start. Null: no such report."),
    progressReportIntervalInMilliseconds: count()
      .nullish()
      .describe("Report again and again, this far apart. Null: no such report."),
    progressReportPositionInMilliseconds: count()
      .nullish()
      .describe("Report whenever this place is crossed. Null: no such report."),
  }),
);

/** A stream as Play, StreamRequested and the playback state carry it. */
export const audioStream = once(() =>
  z
    .looseObject({
      token: boundedText(streamTextLimit).describe("Names the stream in every report about it."),
      url: boundedText(streamTextLimit).describe("Where the audio is."),
      urlPlayable: z
        .boolean()
        .describe(
          "False: ask for the real URL with StreamRequested just before playing, not earlier.",
        ),
      beginAtInMilliseconds: count().describe("Where to begin."),
      durationInMilliseconds: count()
        .optional()
        .describe("How long to play from there; seeking stays inside. Absent: to the end."),
      format: z.enum(streamFormats).optional().describe("audio/mpeg when absent."),
      customData: z
        .string()
        .optional()
        .describe("The content provider's own; sent back unchanged in the playback state."),
      progressReport: progressReport().optional(),
    })
    .meta({ title: "AudioStreamInfoObject" }),
);

/**
 * A stream as StreamDeliver carries it. It is laid over the one from Play: what is null or absent keeps the earlier
 * value.
 */
export const deliveredStream = once(() => {
  const { shape } = audioStream();
  return audioStream().extend({
    beginAtInMilliseconds: count().nullish().describe("Where to begin."),
    durationInMilliseconds: shape.durationInMilliseconds.nullable(),
    format: shape.format.nullable(),
    customData: shape.customData.nullable(),
    progressReport: shape.progressReport.nullable(),
  });
});
