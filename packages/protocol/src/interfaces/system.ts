// System: errors of the platform, and the older way to synchronise alerts.

import { z } from "zod";
import { defineInterface, directive, event } from "./definition.js";
import { list } from "./members.js";
import { alert } from "./objects/alert.js";

/** Errors of the platform, and the older way to synchronise alerts. */
export const system = defineInterface(
  "System",
  "Errors of the platform, and the older way to synchronise alerts.",
  {
    Exception: directive({
      summary: "The request failed: the body of every response that is an error.",
      via: "response",
      dialogRequestId: "never",
      payload: () =>
        z.looseObject({
          code: z.int().describe("The HTTP status of the response, such as 400, 401 or 500."),
          description: z.string().describe("What was wrong, for the client's developer."),
        }),
    }),

    RequestSynchronizeState: event({
      summary: "The device asks for all alerts of the account, in the older way.",
      repliesWith: ["System.SynchronizeState"],
      notes: ["New clients send Alerts.RequestSynchronizeAlert."],
    }),

    SynchronizeState: directive({
      summary: "All alerts of the account, in the older way.",
      dialogRequestId: "never",
      supersededBy: "Alerts.SynchronizeAlert",
      notes: ["The message itself is not deprecated, its allAlerts member is."],
      related: ["System.RequestSynchronizeState"],
      payload: () =>
        z.looseObject({
          allAlerts: list(alert()).meta({
            description: "Each as Alerts.SetAlert would carry it.",
            deprecated: true,
          }),
        }),
    }),
  },
);
