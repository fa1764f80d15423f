// AudioPlayer.PlaybackState: what the audio player is doing.

import { defineContext } from "../definition.js";
import { playbackState as payload } from "../objects/playback-state.js";

/** What an audio player is doing. */
export const playbackState = defineContext("AudioPlayer.PlaybackState", {
  summary: "What the audio player is doing.",
  aliases: ["AudioPlayer.PlayerState"],
  notes: ["Some public examples call it AudioPlayer.PlayerState."],
  payload,
});
