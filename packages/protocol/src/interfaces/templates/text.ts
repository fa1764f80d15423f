// Template Text.

import { z } from "zod";
import { linkedReference } from "./sources.js";
import { defineTemplate, entries } from "./template.js";
import { nullableNumeral, nullableText, phoneNumber, text, uri } from "./value-objects.js";

/** A text, long or short, with or without a table. */
export const textTemplate = defineTemplate("Text", {
  summary: "A text, long or short, with or without a picture and a table.",
  members: () => ({
    ...linkedReference(),
    mainText: text().describe("May be empty."),
    subText: text().describe("May be empty."),
    highlightText: z
      .discriminatedUnion("type", [nullableText(), nullableNumeral()])
      .describe("What matters most, such as a result; the value may be empty or null."),
    sentenceText: text().describe("May be empty."),
    paragraphText: text().describe("May be empty."),
    tableList: entries({
      item1: text().describe("May be empty."),
      item2: text().describe("May be empty."),
      item2Link: z.discriminatedUnion("type", [uri(), phoneNumber()]).describe("May be empty."),
      item3: text().describe("May be empty or absent."),
    }),
    imageUrl: uri().describe("May be empty."),
    bgUrl: uri().describe("A picture for the background; may be empty."),
    emotionCode: text().describe("How the assistant's face is to look."),
    motionCode: text().describe("How the assistant's face is to move."),
  }),
});
