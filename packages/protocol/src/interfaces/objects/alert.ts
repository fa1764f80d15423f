// Alarms, timers, reminders and action timers: the objects that the Alerts messages, the alert context and System share.

import { z } from "zod";
import { dateTime } from "../date-time.js";
import { once } from "../definition.js";
import { list, openEnum } from "../members.js";

/** What kind of alert it is. An action timer carries out a request when its time comes. */
export const alertType = once(() => z.enum(["ACTIONTIMER", "ALARM", "REMINDER", "TIMER"]));

/** What names one alert in every message about it. */
export const alertReference = once(() =>
  z.looseObject({
    token: z.string().describe("Names the alert."),
    type: alertType(),
  }),
);

/** An alert as the device reports it (AlertInfoObject). */
export const alertInfo = once(() =>
  alertReference()
    .extend({ scheduledTime: dateTime().describe("When it rings.") })
    .meta({ title: "AlertInfoObject" }),
);

/** An alert as the platform sets it: everything that the device needs to ring without the network. */
export const alert = once(() =>
  alertInfo()
    .extend({
      label: z.string().optional().describe("The words of a REMINDER or an ACTIONTIMER."),
      assets: list(
        z.looseObject({
          assetId: z.string().describe("Names the sound in assetPlayOrder."),
          url: openEnum(["clova://alert/bell/reminder"]).describe(
            "Where the sound is. clova://alert/bell/{type} is the device's own ring for that type; an http or https URL is to be fetched.",
          ),
        }),
      )
        .optional()
        .describe("Sounds to ring with. Only for REMINDER, ACTIONTIMER and TIMER."),
      assetPlayOrder: list(z.string())
        .optional()
        .describe(
          "The assetIds in the order of playing. REMINDER and TIMER repeat it until stopped.",
        ),
    })
    .meta({ title: "Alert" }),
);
