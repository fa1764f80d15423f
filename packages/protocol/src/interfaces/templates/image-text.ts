// Template ImageText.

import { z } from "zod";
import { list } from "../members.js";
import { linkedReference, reference } from "./sources.js";
import { defineTemplate } from "./template.js";
import { openTextOf, text, uri } from "./value-objects.js";

/** Kinds of picture known from the public guides: a person, a book, an album. Each language has its own words. */
export const thumbImageTypes = ["인물", "책", "앨범", "", "People", "Book", "Album"] as const;

/** A member that no table of the public guides has, but an example. */
const display = () =>
  z
    .looseObject({
      ...reference(),
      leftImageUrl: uri(),
      leftMainTextA: text(),
      leftMainTextB: text(),
      leftSubTextList: list(text()),
      rightMainTextA: text(),
      rightMainTextB: text(),
      rightSubTextList: list(text()),
      listItems: list(z.looseObject({})),
    })
    .partial()
    .describe("Two columns, seen in an example only.");

/** A picture with a text. */
export const imageText = defineTemplate("ImageText", {
  summary: "A picture with a text.",
  members: () => ({
    ...linkedReference(),
    mainText: text().describe("May be empty."),
    subTextList: list(text()).describe("May be empty."),
    subText: text().describe("Seen in an example only."),
    imageUrl: uri().describe("May be empty."),
    thumbImageUrl: uri().describe("May be empty."),
    thumbImageType: openTextOf(thumbImageTypes).describe(
      "What the small picture shows, in the user's language; may be empty.",
    ),
    appLinkUrl: uri().describe("What to open in an app; may be empty."),
    display: display(),
  }),
});
