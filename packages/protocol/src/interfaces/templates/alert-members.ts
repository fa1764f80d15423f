// The members that alarms, timers, reminders and action timers have in common on the screen.

import { dateAndTime, text, textOf } from "./value-objects.js";
import { list } from "../members.js";

/** One alert: its name and its time. */
export const alertMembers = () => ({
  token: text().describe("Names the alert, as in Alerts.SetAlert."),
  scheduledTime: dateAndTime().describe("When it rings."),
});

/** On which days something is repeated. */
export const repetition = () => ({
  repeatPeriod: textOf(["", "daily", "weekly"]).describe("Empty: it happens once."),
  repeatDay: list(text()).describe("Days of the week on which it is repeated."),
});

/** One alert that may be repeated. */
export const repeatedAlertMembers = () => ({ ...alertMembers(), ...repetition() });
