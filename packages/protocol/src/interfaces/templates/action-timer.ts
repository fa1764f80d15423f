// Templates ActionTimer and ActionTimerList.

import { repeatedAlertMembers } from "./alert-members.js";
import { defineTemplate, entries } from "./template.js";
import { text } from "./value-objects.js";

const members = () => ({
  ...repeatedAlertMembers(),
  action: text().describe("The request that is carried out."),
  label: text().describe("What it is called."),
});

/** One action timer. */
export const actionTimer = defineTemplate("ActionTimer", {
  summary: "A request that is carried out at its time.",
  members,
});

/** Several action timers. */
export const actionTimerList = defineTemplate("ActionTimerList", {
  summary: "Several requests, each carried out at its time.",
  members: () => ({ actionTimerList: entries(members()) }),
});
