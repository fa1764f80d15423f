// Template ImageList.

import { reference } from "./sources.js";
import { defineTemplate, entries } from "./template.js";
import { text, uri } from "./value-objects.js";

/** Pictures. */
export const imageList = defineTemplate("ImageList", {
  summary: "Pictures.",
  members: () => ({
    thumbImageUrlList: entries({
      ...reference(),
      thumbImageUrl: uri().describe("The small picture; may be empty."),
      imageUrl: uri().describe("The large picture; may be empty."),
      imageTitle: text().describe("May be empty."),
      imageReference: text().describe("Where the picture is from; may be empty."),
    }),
  }),
});
