// Which directive does what to the player.

import type { DirectivePayload } from "@trefoil/protocol/interfaces";
import { expectedButtons, press } from "./buttons.js";
import type { Report, TakeDirective } from "./device-link.js";
import type { Player } from "./player.js";

/** Has a player carry out what the platform says. */
export function takePlayerDirectives(on: TakeDirective, player: Player, report: Report): void {
  on("AudioPlayer.Play", ({ payload }) => player.play(payload));
  on("AudioPlayer.StreamDeliver", ({ payload }) => player.deliver(payload));
  on("AudioPlayer.ClearQueue", ({ payload }) => player.clearQueue(payload));
  on("AudioPlayer.ExpectReportPlaybackState", () =>
    report("AudioPlayer.ReportPlaybackState", player.reportState()),
  );
  on("PlaybackController.Pause", ({ payload }) => isOurs(payload) && player.pause());
  on("PlaybackController.Resume", ({ payload }) => isOurs(payload) && player.resume());
  on("PlaybackController.Stop", ({ payload }) => isOurs(payload) && player.stop());
  on("PlaybackController.Next", () => player.next());
  on("PlaybackController.Previous", () => player.previous());
  on("PlaybackController.Replay", () => player.replay());
  on("PlaybackController.SetRepeatMode", ({ payload }) => player.repeat(payload.repeatMode));
  on("PlaybackController.TurnOnRepeatMode", () => player.repeat("REPEAT_ONE"));
  on("PlaybackController.TurnOffRepeatMode", () => player.repeat("NONE"));
  for (const [name, button] of Object.entries(expectedButtons)) {
    on(name as keyof typeof expectedButtons, ({ payload }) =>
      press(report, button, payload.target),
    );
  }
  on("PlaybackController.ExpectPlayCommand", ({ payload: { handover, token } }) =>
    report("PlaybackController.PlayCommandIssued", {
      ...(handover === undefined ? {} : { handover }),
      ...(token === undefined ? {} : { token }),
    }),
  );
  on("TemplateRuntime.ExpectRequestPlayerInfo", () => {
    const token = player.item?.stream.token;
    if (token !== undefined) report("TemplateRuntime.RequestPlayerInfo", { token });
  });
}

/** Whether a command is for this player: another one is named MediaPlayer. */
function isOurs({ target }: DirectivePayload<"PlaybackController.Pause">): boolean {
  return target === undefined || target.namespace === "AudioPlayer";
}
