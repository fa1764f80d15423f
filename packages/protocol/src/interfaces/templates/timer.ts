// Templates Timer and TimerList.

import { alertMembers } from "./alert-members.js";
import { defineTemplate, entries } from "./template.js";
import { nullableText } from "./value-objects.js";

/** One timer. */
export const timer = defineTemplate("Timer", {
  summary: "One timer.",
  members: alertMembers,
});

/** Several timers. */
export const timerList = defineTemplate("TimerList", {
  summary: "Several timers.",
  notes: ["A public example gives its type as Timer."],
  members: () => ({
    timerList: entries({
      ...alertMembers(),
      label: nullableText().describe("What it is called. Only in the newer guide."),
    }),
  }),
});
