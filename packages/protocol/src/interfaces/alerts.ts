// Alerts: alarms, timers, reminders and action timers.

import { z } from "zod";
import { dateTime } from "./date-time.js";
import { defineInterface, directive, event } from "./definition.js";
import { list } from "./members.js";
import { alert, alertReference } from "./objects/alert.js";

const voiceOrPush =
  "Answers the user's request in its response; comes on the downchannel without an id when a button or the companion app was used.";

/** Alarms, timers, reminders and action timers. */
export const alerts = defineInterface(
  "Alerts",
  "Alarms, timers, reminders and action timers, kept and rung by the device itself.",
  {
    AlertStarted: event({
      summary: "An alert began to ring.",
      related: ["Alerts.AlertStopped"],
      payload: alertReference,
    }),

    AlertStopped: event({
      summary: "An alert stopped ringing.",
      repliesWith: ["Alerts.DeleteAlert", "Alerts.SetAlert"],
      notes: [
        "DeleteAlert answers for a one-off alert, SetAlert with the next occurrence for a repeating one; an action timer also brings the directives of its reserved action.",
      ],
      dialogueNote: "One public example carries an id; none is needed.",
      related: ["Alerts.AlertStarted"],
      payload: () =>
        alertReference().extend({
          scheduledTime: dateTime().optional().describe("Seen in an example only."),
        }),
    }),

    DeleteAlert: directive({
      summary: "Delete an alert.",
      via: "either",
      dialogRequestId: "either",
      dialogueNote: voiceOrPush,
      answeredBy: ["Alerts.DeleteAlertSucceeded", "Alerts.DeleteAlertFailed"],
      notes: ["Exactly one of the two events answers, after the deletion was tried."],
      payload: alertReference,
    }),

    DeleteAlertFailed: event({
      summary: "An alert could not be deleted.",
      related: ["Alerts.DeleteAlert", "Alerts.DeleteAlertSucceeded"],
      payload: alertReference,
    }),

    DeleteAlertSucceeded: event({
      summary: "An alert was deleted.",
      related: ["Alerts.DeleteAlert", "Alerts.DeleteAlertFailed"],
      payload: alertReference,
    }),

    RequestAlertStop: event({
      summary: "The user asked by a button that a ringing alert be stopped.",
      repliesWith: ["Alerts.StopAlert"],
      notes: [
        "The device may fall silent at once, but the alert ends only when StopAlert has come.",
      ],
      payload: alertReference,
    }),

    RequestDeleteAlert: event({
      summary: "The user asked by a button that an alert be deleted.",
      repliesWith: ["Alerts.DeleteAlert"],
      onlyIn: "newer",
      payload: alertReference,
    }),

    RequestSynchronizeAlert: event({
      summary: "The device asks for all alerts of the account.",
      repliesWith: ["Alerts.SynchronizeAlert"],
      notes: [
        "Sent when the device was added, has reconnected, changed its account or was paired again.",
      ],
    }),

    SetAlert: directive({
      summary: "Set an alert, or change the one that has this token.",
      via: "either",
      dialogRequestId: "either",
      dialogueNote: voiceOrPush,
      answeredBy: ["Alerts.SetAlertSucceeded", "Alerts.SetAlertFailed"],
      notes: [
        "Exactly one of the two events answers.",
        "An unknown token adds an alert, a known one changes it. Of a repeating alert only the next occurrence is ever on the device.",
      ],
      payload: alert,
    }),

    SetAlertFailed: event({
      summary: "An alert could not be set.",
      repliesWith: ["SpeechSynthesizer.Speak"],
      related: ["Alerts.SetAlert", "Alerts.SetAlertSucceeded"],
      payload: alertReference,
    }),

    SetAlertSucceeded: event({
      summary: "An alert was set.",
      repliesWith: ["SpeechSynthesizer.Speak", "Clova.RenderTemplate"],
      related: ["Alerts.SetAlert", "Alerts.SetAlertFailed"],
      payload: alertReference,
    }),

    StopAlert: directive({
      summary: "Stop a ringing alert.",
      via: "either",
      dialogRequestId: "either",
      dialogueNote: voiceOrPush,
      answeredBy: ["Alerts.AlertStopped"],
      payload: alertReference,
    }),

    SynchronizeAlert: directive({
      summary: "All alerts of the account; the device replaces its own by them.",
      dialogRequestId: "never",
      related: ["Alerts.RequestSynchronizeAlert"],
      payload: () =>
        z.looseObject({ allAlerts: list(alert()).describe("Each as SetAlert would carry it.") }),
    }),
  },
);
