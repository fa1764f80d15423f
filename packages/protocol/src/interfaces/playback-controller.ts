// PlaybackController: play, pause and their like, by voice, by button and from another device.

import { z } from "zod";
import { type DirectiveFacts, defineInterface, directive, event } from "./definition.js";
import { commandSource, commandTarget, handover } from "./objects/playback-command.js";
import { repeatMode } from "./objects/playback-state.js";

const byRemote = {
  dialogRequestId: "either",
  dialogueNote:
    "The public examples carry an id; sent on the downchannel for a remote control it has none, or the device would drop it.",
} as const satisfies Omit<DirectiveFacts, "summary">;

/** Play, pause and their like. */
export const playbackController = defineInterface(
  "PlaybackController",
  "Play, pause and their like: by voice, by a button of the device, and by remote control from the companion app.",
  {
    CustomCommandIssued: event({
      summary: "The user pressed a button of the client's own.",
      repliesWith: ["*"],
      payload: () => z.looseObject({ button: z.string().describe("Which button.") }),
    }),

    ExpectNextCommand: directive({
      summary: "Act as if the user had pressed Next.",
      ...byRemote,
      answeredBy: ["PlaybackController.NextCommandIssued"],
      payload: commandTarget,
    }),

    ExpectPauseCommand: directive({
      summary: "Act as if the user had pressed Pause.",
      ...byRemote,
      answeredBy: ["PlaybackController.PauseCommandIssued"],
      payload: commandTarget,
    }),

    ExpectPlayCommand: directive({
      summary:
        "Act as if the user had chosen an item; used to take playing over from another device.",
      ...byRemote,
      answeredBy: ["PlaybackController.PlayCommandIssued"],
      payload: () =>
        z.looseObject({
          handover: handover().optional().describe("Present when playing is taken over."),
          token: z
            .string()
            .optional()
            .describe("The stream to go on with; present when playing is taken over."),
        }),
    }),

    ExpectPreviousCommand: directive({
      summary: "Act as if the user had pressed Previous.",
      ...byRemote,
      answeredBy: ["PlaybackController.PreviousCommandIssued"],
      payload: commandTarget,
    }),

    ExpectResumeCommand: directive({
      summary: "Act as if the user had pressed Play.",
      ...byRemote,
      answeredBy: ["PlaybackController.ResumeCommandIssued"],
      payload: commandTarget,
    }),

    ExpectStopCommand: directive({
      summary: "Act as if the user had pressed Stop.",
      ...byRemote,
      answeredBy: ["PlaybackController.StopCommandIssued"],
      payload: commandTarget,
    }),

    Mute: directive({ summary: "Mute the speaker.", dialogRequestId: "always" }),

    Next: directive({
      summary: "Play the next item.",
      dialogRequestId: "always",
      related: ["PlaybackController.Previous"],
    }),

    NextCommandIssued: event({
      summary: "The user pressed Next.",
      repliesWith: ["*"],
      notes: ["Mostly answered by PlaybackController.Next or AudioPlayer.Play."],
      related: ["PlaybackController.ExpectNextCommand", "PlaybackController.Next"],
      payload: commandSource,
    }),

    Pause: directive({
      summary: "Pause playing.",
      dialogRequestId: "always",
      answeredBy: ["AudioPlayer.PlayPaused"],
      related: ["PlaybackController.Resume"],
      payload: commandTarget,
    }),

    PauseCommandIssued: event({
      summary: "The user pressed Pause.",
      repliesWith: ["PlaybackController.Pause"],
      notes: ["The device pauses only when Pause has come."],
      related: ["PlaybackController.ExpectPauseCommand"],
      payload: commandSource,
    }),

    PlayCommandIssued: event({
      summary: "The user chose an item to play, or playing is to be taken over.",
      repliesWith: ["*"],
      notes: [
        "Mostly answered by AudioPlayer.Play. A plain Play button sends ResumeCommandIssued.",
      ],
      related: ["AudioPlayer.Play", "PlaybackController.ExpectPlayCommand"],
      payload: () =>
        z.looseObject({
          deviceId: z
            .string()
            .optional()
            .describe("The device that is to play, when playing is handed to another one."),
          handover: handover().optional().describe("As in ExpectPlayCommand."),
          token: z
            .string()
            .optional()
            .describe("The token of the item chosen, or that of ExpectPlayCommand."),
        }),
    }),

    Previous: directive({
      summary: "Play the previous item.",
      dialogRequestId: "always",
      related: ["PlaybackController.Next"],
    }),

    PreviousCommandIssued: event({
      summary: "The user pressed Previous.",
      repliesWith: ["*"],
      notes: ["Mostly answered by PlaybackController.Previous or AudioPlayer.Play."],
      related: ["PlaybackController.ExpectPreviousCommand", "PlaybackController.Previous"],
      payload: commandSource,
    }),

    Replay: directive({
      summary: "Play the same item once more.",
      dialogRequestId: "always",
      related: ["PlaybackController.Pause", "PlaybackController.Resume"],
    }),

    Resume: directive({
      summary: "Go on playing.",
      dialogRequestId: "always",
      answeredBy: ["AudioPlayer.PlayResumed"],
      related: ["PlaybackController.Pause"],
      payload: commandTarget,
    }),

    ResumeCommandIssued: event({
      summary: "The user pressed Play.",
      repliesWith: ["*"],
      notes: ["Mostly answered by PlaybackController.Resume."],
      related: ["PlaybackController.ExpectResumeCommand", "PlaybackController.Resume"],
      payload: commandSource,
    }),

    SetRepeatMode: directive({
      summary: "Repeat one item, or stop repeating.",
      ...byRemote,
      related: ["PlaybackController.SetRepeatModeCommandIssued"],
      notes: ["The device shows the mode as repeatMode of AudioPlayer.PlaybackState."],
      payload: () => z.looseObject({ repeatMode: repeatMode() }),
    }),

    SetRepeatModeCommandIssued: event({
      summary: "The user changed the repeat mode.",
      fanout: [
        { message: "PlaybackController.SetRepeatMode", to: "the device of payload.deviceId" },
      ],
      related: ["PlaybackController.SetRepeatMode"],
      payload: () =>
        z.looseObject({
          deviceId: z
            .string()
            .optional()
            .describe("The device to control, when it is another one."),
          repeatMode: repeatMode(),
        }),
    }),

    Stop: directive({
      summary: "Stop playing.",
      dialogRequestId: "always",
      answeredBy: ["AudioPlayer.PlayStopped"],
      payload: commandTarget,
    }),

    StopCommandIssued: event({
      summary: "The user pressed Stop.",
      repliesWith: ["*"],
      notes: ["Mostly answered by PlaybackController.Stop."],
      related: ["PlaybackController.ExpectStopCommand", "PlaybackController.Stop"],
      payload: commandSource,
    }),

    TurnOffRepeatMode: directive({
      summary: "Stop repeating.",
      dialogRequestId: "always",
      deprecated: true,
      supersededBy: "PlaybackController.SetRepeatMode",
    }),

    TurnOnRepeatMode: directive({
      summary: "Repeat one item.",
      dialogRequestId: "always",
      deprecated: true,
      supersededBy: "PlaybackController.SetRepeatMode",
    }),

    Unmute: directive({ summary: "Unmute the speaker.", dialogRequestId: "always" }),

    VolumeDown: directive({
      summary: "Turn the volume down.",
      dialogRequestId: "always",
      deprecated: true,
      supersededBy: "DeviceControl.Decrease",
    }),

    VolumeUp: directive({
      summary: "Turn the volume up.",
      dialogRequestId: "always",
      deprecated: true,
      supersededBy: "DeviceControl.Increase",
    }),
  },
);
