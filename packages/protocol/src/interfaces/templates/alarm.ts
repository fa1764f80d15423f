// Templates Alarm and AlarmList.

import { repeatedAlertMembers } from "./alert-members.js";
import { defineTemplate, entries } from "./template.js";

/** One alarm. */
export const alarm = defineTemplate("Alarm", {
  summary: "One alarm.",
  members: repeatedAlertMembers,
});

/** Several alarms. */
export const alarmList = defineTemplate("AlarmList", {
  summary: "Several alarms.",
  members: () => ({ alarmList: entries(repeatedAlertMembers()) }),
});
