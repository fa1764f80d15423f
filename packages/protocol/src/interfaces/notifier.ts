// Notifier: telling the user by light and sound that something new waits.

import { z } from "zod";
import { defineInterface, directive } from "./definition.js";
import { list, openEnum } from "./members.js";

const notification = () =>
  z.looseObject({
    light: z.enum(["DEFAULT", "NONE"]).describe("DEFAULT: the device's own light for news."),
    assets: list(
      z.looseObject({
        assetId: z.string().describe("Names the sound in assetPlayOrder."),
        url: openEnum(["clova://notifier/sound/default"]).describe(
          "Where the sound is; clova://notifier/sound/default is the device's own.",
        ),
      }),
    ),
    assetPlayOrder: list(z.string()).describe("The assetIds in the order of playing."),
  });

/** Telling the user that something new waits. */
export const notifier = defineInterface(
  "Notifier",
  "Telling the user by light and sound that something new waits.",
  {
    ClearIndicator: directive({
      summary: "Nothing new waits any more: put the light out.",
      via: "downchannel",
      dialogRequestId: "never",
      broadcast: true,
      related: ["Notifier.Notify", "Notifier.SetIndicator"],
    }),

    Notify: directive({
      summary: "Tell the user now, by light and sound.",
      via: "downchannel",
      dialogRequestId: "never",
      related: ["Notifier.ClearIndicator", "Notifier.SetIndicator"],
      payload: notification,
    }),

    SetIndicator: directive({
      summary: "Show that something waits until it was dealt with.",
      via: "downchannel",
      dialogRequestId: "never",
      related: ["Notifier.ClearIndicator", "Notifier.Notify"],
      payload: () =>
        notification().extend({
          new: z.boolean().describe("Whether it is news, or only what already waited."),
        }),
    }),
  },
);
