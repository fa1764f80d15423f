// Clova.SavedPlace: places that the user gave a name.

import { z } from "zod";
import { defineContext } from "../definition.js";
import { list, openEnum } from "../members.js";
import { place } from "../objects/place.js";

/** Labels of places that are known from the public guides; each language has its own. */
export const savedPlaceNames = ["회사", "집", "Work", "Home"] as const;

/** Places that the user gave a name. */
export const savedPlace = defineContext("Clova.SavedPlace", {
  summary: "Places that the user gave a name, such as home and work.",
  payload: () =>
    z.looseObject({
      places: list(
        place().extend({
          name: openEnum(savedPlaceNames).describe("The label, in the user's language."),
        }),
      ),
    }),
});
