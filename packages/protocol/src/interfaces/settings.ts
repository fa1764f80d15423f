// Settings: reading and changing a client's own settings from the companion app.

import { z } from "zod";
import { timestamp } from "./date-time.js";
import { defineInterface, directive, event } from "./definition.js";
import { dictionary, list } from "./members.js";

const voice = () => z.looseObject({ key: z.string(), name: z.string() });

/** A client's own settings. */
export const settings = defineInterface(
  "Settings",
  "Reading and changing a client's own settings from the companion app.",
  {
    ExpectReport: directive({
      summary: "Report your settings.",
      via: "downchannel",
      dialogRequestId: "never",
      answeredBy: ["Settings.Report"],
    }),

    Report: event({
      summary:
        "The client's settings: as asked for, after an update, or because the user changed one.",
      notes: ["The platform passes them on to the companion app, by a message of its own."],
      related: ["Settings.ExpectReport", "Settings.Update"],
      payload: () =>
        z.looseObject({
          configuration: dictionary(z.string()).describe(
            "All settings. The keys are agreed on per client; every value is a string.",
          ),
        }),
    }),

    RequestVersionSpec: event({
      summary: "The client asks which settings its version is to offer.",
      repliesWith: ["Settings.UpdateVersionSpec"],
      onlyIn: "newer",
    }),

    Update: directive({
      summary: "Change settings.",
      via: "downchannel",
      dialogRequestId: "never",
      answeredBy: ["Settings.Report"],
      payload: () =>
        z.looseObject({
          configuration: dictionary(z.string()).describe(
            "The settings to change. The keys are agreed on per client, such as VoiceTypeChange; every value is a string.",
          ),
        }),
    }),

    UpdateVersionSpec: directive({
      summary: "The settings that a client of this version is to offer.",
      via: "response",
      dialogRequestId: "never",
      onlyIn: "newer",
      related: ["Settings.RequestVersionSpec"],
      payload: () =>
        z.looseObject({
          clientName: z.string(),
          os: z.string(),
          deviceVersion: z.string().describe("The oldest firmware that can use the settings."),
          specVersion: timestamp().describe("The latest unless a version was asked for."),
          spec: z.looseObject({
            voiceType: z
              .looseObject({
                name: z.string().describe("What to call the setting."),
                list: list(voice()).describe("Voices to choose from."),
                default: voice(),
              })
              .optional()
              .describe("The voice of the assistant."),
          }),
        }),
    }),
  },
);
