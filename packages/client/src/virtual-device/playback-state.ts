// What the player says of itself: the context `AudioPlayer.PlaybackState`, and the same as an event.

import type { ContextPayload, EventPayload } from "@trefoil/protocol/interfaces";
import type { Playback } from "./playback.js";

/** Whether one item is played again and again. */
export type RepeatMode = "NONE" | "REPEAT_ONE";

const activities = {
  requesting: "PLAYING",
  playing: "PLAYING",
  paused: "PAUSED",
  stopped: "STOPPED",
} as const;

/** The context `AudioPlayer.PlaybackState`. */
export function playbackState(
  { kind, item, offset }: Pick<Playback, "kind" | "item" | "offset">,
  repeatMode: RepeatMode,
): ContextPayload<"AudioPlayer.PlaybackState"> {
  if (kind === "idle" || item === undefined) return { playerActivity: "IDLE", repeatMode };
  const { beginAtInMilliseconds: begin, durationInMilliseconds: duration } = item.stream;
  return {
    playerActivity: activities[kind],
    repeatMode,
    stream: item.stream,
    offsetInMilliseconds: Math.round(offset),
    ...(duration === undefined ? {} : { totalInMilliseconds: begin + duration }),
  };
}

/** The payload of `AudioPlayer.ReportPlaybackState`. */
export function playbackReport(
  state: ContextPayload<"AudioPlayer.PlaybackState">,
): EventPayload<"AudioPlayer.ReportPlaybackState"> {
  return state.stream === undefined ? state : { ...state, token: state.stream.token };
}
