// The buttons of a device: each sends an event, and what is to happen comes as a directive.

import type { EventPayload } from "@trefoil/protocol/interfaces";
import type { Report } from "./device-link.js";

/** Buttons of the player. */
export type PlayerButton = "next" | "pause" | "play" | "previous" | "stop";

type Source = EventPayload<"PlaybackController.PauseCommandIssued">["source"];

const commands = {
  next: "PlaybackController.NextCommandIssued",
  pause: "PlaybackController.PauseCommandIssued",
  // A plain Play button goes on; PlayCommandIssued is for choosing an item.
  play: "PlaybackController.ResumeCommandIssued",
  previous: "PlaybackController.PreviousCommandIssued",
  stop: "PlaybackController.StopCommandIssued",
} as const satisfies Record<PlayerButton, string>;

/** What each `Expect...Command` directive stands for. */
export const expectedButtons = {
  "PlaybackController.ExpectNextCommand": "next",
  "PlaybackController.ExpectPauseCommand": "pause",
  "PlaybackController.ExpectPreviousCommand": "previous",
  "PlaybackController.ExpectResumeCommand": "play",
  "PlaybackController.ExpectStopCommand": "stop",
} as const satisfies Record<string, PlayerButton>;

/**
 * Presses a button of the player.
 * @param source which player is meant, where a directive said so
 */
export function press(report: Report, button: PlayerButton, source?: Source): void {
  report(commands[button], source === undefined ? {} : { source });
}
