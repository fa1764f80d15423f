// Templates Schedule and ScheduleList.

import { z } from "zod";
import { repetition } from "./alert-members.js";
import { defineTemplate, entries } from "./template.js";
import { entryTime, text } from "./value-objects.js";

const members = () => ({
  ...repetition(),
  token: text().describe("Names the entry."),
  content: text(),
  start: entryTime(),
  end: entryTime(),
});

/** One entry of a calendar. */
export const schedule = defineTemplate("Schedule", {
  summary: "One entry of a calendar.",
  members,
});

/** Several entries of a calendar. */
export const scheduleList = defineTemplate("ScheduleList", {
  summary: "Several entries of a calendar.",
  members: () => ({
    scheduleList: entries({
      ...members(),
      type: z.literal("Schedule").describe("Seen in an example only."),
    }),
  }),
});
