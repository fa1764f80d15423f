// AudioPlayer: music, radio and other streams, and the reports of how far their playing has come.

import { z } from "zod";
import { defineInterface, directive, event } from "./definition.js";
import { list } from "./members.js";
import { audioStream, deliveredStream } from "./objects/audio-stream.js";
import { reportedPlaybackState } from "./objects/playback-state.js";
import { clearBehavior, playReport } from "./objects/play-report.js";

/** Music, radio and other streams. */
export const audioPlayer = defineInterface(
  "AudioPlayer",
  "Music, radio and other streams, and the reports of how far their playing has come.",
  {
    ClearQueue: directive({
      summary: "Empty the queue of streams.",
      dialogRequestId: "always",
      answeredBy: ["AudioPlayer.PlaybackQueueCleared"],
      related: ["AudioPlayer.Play", "AudioPlayer.PlayStarted", "AudioPlayer.PlayStopped"],
      payload: () =>
        z.looseObject({
          clearBehavior: clearBehavior().describe(
            "CLEAR_ALL stops what is playing and empties the queue; CLEAR_ENQUEUED keeps what is playing.",
          ),
        }),
    }),

    ExpectReportPlaybackState: directive({
      summary: "Report what the player is doing.",
      via: "downchannel",
      dialogRequestId: "never",
      dialogueNote:
        "A public example shows an id; a client would drop the directive for it, so none is sent.",
      answeredBy: ["AudioPlayer.ReportPlaybackState"],
    }),

    Play: directive({
      summary: "Play a stream, or put it into the queue.",
      dialogRequestId: "always",
      answeredBy: [
        "AudioPlayer.StreamRequested",
        "AudioPlayer.PlayStarted",
        "AudioPlayer.ProgressReportDelayPassed",
        "AudioPlayer.ProgressReportIntervalPassed",
        "AudioPlayer.ProgressReportPositionPassed",
        "AudioPlayer.PlayFinished",
      ],
      notes: [
        "StreamRequested only where urlPlayable is false; each progress report only where its time is given and not null.",
      ],
      related: ["AudioPlayer.PlayPaused", "AudioPlayer.PlayResumed", "AudioPlayer.PlayStopped"],
      payload: () =>
        z.looseObject({
          audioItem: z.looseObject({
            audioItemId: z.string().describe("A second Play with the same id is the same item."),
            type: z
              .string()
              .meta({ description: "Kind of item; of no use any more.", deprecated: true }),
            titleText: z.string(),
            titleSubText1: z.string().describe("Mostly the artist."),
            titleSubText2: z.string().optional().describe("Mostly the album."),
            headerText: z.string().optional(),
            artImageUrl: z.string().optional(),
            stream: audioStream(),
            episodeId: z.number().optional().describe("Seen in an example only."),
            title: z.string().optional().describe("Seen in an example only."),
            album: z
              .looseObject({
                albumId: z.string().optional(),
                title: z.string().optional(),
                genres: list(z.string()).optional(),
              })
              .optional()
              .describe("Seen in an example only."),
          }),
          playBehavior: z
            .enum(["REPLACE_ALL", "ENQUEUE"])
            .describe("REPLACE_ALL empties the queue and plays at once; ENQUEUE appends."),
          source: z
            .looseObject({ name: z.string(), logoUrl: z.string().optional() })
            .describe("Who provides the audio."),
        }),
    }),

    PlayFinished: event({
      summary: "The stream was played to its end.",
      related: ["AudioPlayer.Play"],
      payload: playReport,
    }),

    PlayPaused: event({
      summary: "Playing was paused.",
      related: ["AudioPlayer.Play", "AudioPlayer.PlayResumed", "PlaybackController.Pause"],
      payload: playReport,
    }),

    PlayResumed: event({
      summary: "Playing went on after a pause.",
      related: ["AudioPlayer.Play", "AudioPlayer.PlayPaused", "PlaybackController.Resume"],
      payload: playReport,
    }),

    PlayStarted: event({
      summary: "Playing began.",
      related: ["AudioPlayer.Play", "AudioPlayer.PlayStopped"],
      payload: playReport,
    }),

    PlayStopped: event({
      summary: "Playing was stopped.",
      related: ["AudioPlayer.Play", "AudioPlayer.PlayStarted", "PlaybackController.Stop"],
      payload: playReport,
    }),

    PlaybackQueueCleared: event({
      summary: "The queue was emptied.",
      related: ["AudioPlayer.ClearQueue"],
      payload: () =>
        z.looseObject({ clearBehavior: clearBehavior().describe("As in ClearQueue.") }),
    }),

    ProgressReportDelayPassed: event({
      summary: "The time of progressReportDelayInMilliseconds has passed since the start.",
      related: [
        "AudioPlayer.Play",
        "AudioPlayer.ProgressReportIntervalPassed",
        "AudioPlayer.ProgressReportPositionPassed",
      ],
      payload: playReport,
    }),

    ProgressReportIntervalPassed: event({
      summary: "The time of progressReportIntervalInMilliseconds has passed once more.",
      related: [
        "AudioPlayer.Play",
        "AudioPlayer.ProgressReportDelayPassed",
        "AudioPlayer.ProgressReportPositionPassed",
      ],
      payload: playReport,
    }),

    ProgressReportPositionPassed: event({
      summary: "The place of progressReportPositionInMilliseconds was crossed.",
      notes: [
        "Seeking across the place counts: report at once, with the place itself as the offset. After seeking back the next crossing is reported again.",
      ],
      related: [
        "AudioPlayer.Play",
        "AudioPlayer.ProgressReportDelayPassed",
        "AudioPlayer.ProgressReportIntervalPassed",
      ],
      payload: playReport,
    }),

    ReportPlaybackState: event({
      summary: "What the player is doing, as asked for.",
      fanout: [{ message: "AudioPlayer.SynchronizePlaybackState", to: "the device that asked" }],
      related: ["AudioPlayer.ExpectReportPlaybackState", "AudioPlayer.Play"],
      payload: reportedPlaybackState,
    }),

    RequestPlaybackState: event({
      summary: "An app asks what the players of the account are doing.",
      repliesWith: ["AudioPlayer.SynchronizePlaybackState"],
      fanout: [
        {
          message: "AudioPlayer.ExpectReportPlaybackState",
          to: "all devices of the account, or the one of payload.deviceId",
          via: "downchannel",
        },
      ],
      internal: true,
      onlyIn: "older",
      related: ["AudioPlayer.ExpectReportPlaybackState", "AudioPlayer.Play"],
      payload: () =>
        z.looseObject({
          deviceId: z.string().optional().describe("Absent: every device of the account."),
        }),
    }),

    StreamDeliver: directive({
      summary: "The real URL of a stream that was not playable as it stood.",
      via: "response",
      dialogRequestId: "always",
      answeredBy: ["AudioPlayer.PlayStarted"],
      notes: ["Laid over the stream of Play: what is null or absent keeps the value from Play."],
      related: ["AudioPlayer.Play", "AudioPlayer.StreamRequested"],
      payload: () =>
        z.looseObject({
          audioItemId: z.string().describe("As in Play."),
          audioStream: deliveredStream(),
        }),
    }),

    StreamRequested: event({
      summary: "The device is about to play a stream and asks for its real URL.",
      repliesWith: ["AudioPlayer.StreamDeliver"],
      related: ["AudioPlayer.Play"],
      payload: () =>
        z.looseObject({
          audioItemId: z.string().describe("As in Play."),
          audioStream: audioStream().describe("The stream of Play, unchanged."),
        }),
    }),

    SynchronizePlaybackState: directive({
      summary: "What the player of another device is doing.",
      dialogRequestId: "either",
      dialogueNote:
        "The public example carries an id; sent on the downchannel it has none, or the client would drop it.",
      notes: ["`event` names what happened, where it was not merely asked for."],
      internal: true,
      onlyIn: "older",
      related: ["AudioPlayer.ReportPlaybackState"],
      payload: () =>
        z.looseObject({
          deviceId: z.string().describe("Whose player it is."),
          event: z
            .enum(["PlayFinished", "PlayPaused", "PlayResumed", "PlayStarted", "PlayStopped"])
            .optional()
            .describe("What happened."),
          playbackState: reportedPlaybackState().optional(),
        }),
    }),
  },
);
