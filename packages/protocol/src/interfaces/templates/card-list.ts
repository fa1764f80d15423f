// Template CardList, and which members each type of card uses.

import { z } from "zod";
import { list } from "../members.js";
import { reference } from "./sources.js";
import { defineTemplate, entries } from "./template.js";
import { date, text, uri } from "./value-objects.js";

/** Which members each type of card shows. */
export const cardListFields = {
  Type1: ["description", "imageUrl", "referenceText", "referenceUrl", "title"],
  Type2: ["description", "imageUrl", "linkUrl", "referenceText", "referenceUrl", "title"],
  Type3: ["imageUrl", "referenceText", "referenceUrl", "title", "videoUrl"],
  Type4: ["description", "press", "pressIconUrl", "publishDate", "title"],
  Type5: ["description", "imageUrl", "title", "videoUrl"],
  Type6: ["imageUrl", "linkUrl"],
} as const;

/** Cards to leaf through. */
export const cardList = defineTemplate("CardList", {
  summary: "Cards to leaf through: articles, films, places, products.",
  members: () => ({
    subType: z
      .enum(["", "Type1", "Type2", "Type3", "Type4", "Type5", "Type6"])
      .describe("The type of the cards. The original platform sends Type4, or nothing at all."),
    noticeText: text().describe("To be shown unless empty."),
    noticeLink: uri().describe(
      "To be linked where noticeText is shown; may be empty. Only in the newer guide.",
    ),
    cardList: entries({
      ...reference(),
      title: text(),
      description: list(text()),
      contentProviderText: text().describe("May be empty."),
      imageUrl: uri().describe("May be empty."),
      linkUrl: uri().describe("May be empty."),
      videoUrl: uri().describe("May be empty."),
      press: text().describe("Who published it; may be empty."),
      pressIconUrl: uri().describe("May be empty."),
      publishDate: date().describe("May be empty."),
    }),
  }),
});
