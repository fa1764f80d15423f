// Templates Memo and MemoList.

import { defineTemplate, entries } from "./template.js";
import { dateAndTime, text } from "./value-objects.js";

/** One memo. */
export const memo = defineTemplate("Memo", {
  summary: "One memo.",
  members: () => ({
    token: text().describe("Names the memo."),
    content: text(),
    timestamp: dateAndTime().describe("When it was written."),
  }),
});

/** Several memos. */
export const memoList = defineTemplate("MemoList", {
  summary: "Several memos.",
  members: () => ({
    memoList: entries({
      token: text().describe("Names the memo."),
      content: text(),
      lastModified: dateAndTime(),
    }),
  }),
});
