// What a device's audio player is doing: sent as context, reported on demand, and passed on to other devices.

import { z } from "zod";
import { once } from "../definition.js";
import { count } from "../members.js";
import { audioStream } from "./audio-stream.js";

/** What the player is doing. */
export const playerActivity = once(() => z.enum(["IDLE", "PLAYING", "PAUSED", "STOPPED"]));

/** Whether one item is repeated. */
export const repeatMode = once(() => z.enum(["NONE", "REPEAT_ONE"]));

/** Whether a player that has something in hand says what: only an idle one may leave it out. */
const needed = (state: { playerActivity: string }, member: unknown) =>
  state.playerActivity === "IDLE" || member !== undefined;

const unlessIdle = "is missing; it may be absent only when playerActivity is IDLE";

/** The player's state as context. */
export const playbackState = once(() =>
  z
    .looseObject({
      playerActivity: playerActivity(),
      repeatMode: repeatMode(),
      stream: audioStream()
        .optional()
        .describe(
          "What is in the player, with what StreamDeliver changed. May be absent only when playerActivity is IDLE.",
        ),
      offsetInMilliseconds: count()
        .optional()
        .describe("How far it has come. May be absent only when playerActivity is IDLE."),
      totalInMilliseconds: count()
        .optional()
        .describe(
          "beginAtInMilliseconds + durationInMilliseconds. May be absent when playerActivity is IDLE, and where the stream has no duration.",
        ),
    })
    .refine((state) => needed(state, state.stream), { path: ["stream"], error: unlessIdle })
    .refine((state) => needed(state, state.offsetInMilliseconds), {
      path: ["offsetInMilliseconds"],
      error: unlessIdle,
    }),
);

/** The player's state as reported on demand: with the stream's token beside it. */
export const reportedPlaybackState = once(() =>
  playbackState()
    .safeExtend({
      token: z
        .string()
        .optional()
        .describe("The stream's token. May be absent only when playerActivity is IDLE."),
    })
    .refine((state) => needed(state, state.token), { path: ["token"], error: unlessIdle }),
);
