// Templates Reminder and ReminderList.

import { repeatedAlertMembers } from "./alert-members.js";
import { defineTemplate, entries } from "./template.js";
import { text, textOf } from "./value-objects.js";

const members = () => ({
  ...repeatedAlertMembers(),
  label: text().describe("What to remind the user of."),
  status: textOf(["TODO", "DONE"]),
  content: text().meta({ description: "Earlier name of label.", deprecated: true }),
});

/** One reminder. */
export const reminder = defineTemplate("Reminder", { summary: "One reminder.", members });

/** Several reminders. */
export const reminderList = defineTemplate("ReminderList", {
  summary: "Several reminders.",
  members: () => ({ reminderList: entries(members()) }),
});
