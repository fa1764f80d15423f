// Which player a command is for, and what is handed over when playing moves to another device.

import { z } from "zod";
import { once } from "../definition.js";

/** The interface whose player is meant. MediaPlayer has no public messages, but its commands travel the same way. */
const playerNamespace = once(() => z.enum(["AudioPlayer", "MediaPlayer"]));

/** The payload of directives that may say which player they are for. */
export const commandTarget = once(() =>
  z.looseObject({
    target: z
      .looseObject({
        namespace: playerNamespace().describe("Which player. The event repeats it as source."),
      })
      .optional()
      .describe("Absent: the one that plays."),
  }),
);

/** The payload of events that report a command of the user. */
export const commandSource = once(() =>
  z.looseObject({
    deviceId: z.string().optional().describe("The device to control, when it is another one."),
    source: z
      .looseObject({ namespace: playerNamespace() })
      .optional()
      .describe("The target of the Expect directive; mandatory when that had one."),
  }),
);

/** What goes along when playing moves from one device to another. */
export const handover = once(() =>
  z.looseObject({
    deviceId: z.string().describe("The device that gives up playing."),
    customData: z.string().describe("The content provider's own; passed on unchanged."),
  }),
);
