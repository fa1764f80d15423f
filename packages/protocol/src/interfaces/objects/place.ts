// A place on the map.

import { z } from "zod";
import { dateTime } from "../date-time.js";
import { once } from "../definition.js";

/** A place, and when it was found. */
export const place = once(() =>
  z.looseObject({
    latitude: z.string().describe("Degrees, as a text."),
    longitude: z.string().describe("Degrees, as a text."),
    refreshedAt: dateTime().describe("When the place was found."),
  }),
);
