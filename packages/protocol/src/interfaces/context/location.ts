// Clova.Location: where the device is.

import { defineContext } from "../definition.js";
import { place } from "../objects/place.js";

/** Where a device is. */
export const location = defineContext("Clova.Location", {
  summary: "Where the device is.",
  payload: place,
});
