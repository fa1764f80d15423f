// The ways in which messages write dates and times.

import type { z } from "zod";
import { patterned } from "./members.js";

const day = "\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])";
const compactDay = "\\d{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])";
const hour = "(?:[01]\\d|2[0-3])";
const minute = "[0-5]\\d";
const fraction = "(?:\\.\\d{1,9})?";
const zone = "(?:Z|[+-]\\d{2}:?\\d{2})";

const instant = `${day}T${hour}:${minute}:${minute}${fraction}${zone}`;

/**
 * A point in time such as `2017-08-10T20:00:00Z` or `2017-08-10T20:00:00+09:00`. The public guides write `Z` in some
 * places and an offset in others, and clients do as they like: both are taken everywhere.
 * @see https://www.rfc-editor.org/rfc/rfc3339#section-5.6
 */
export function dateTime(): z.ZodString {
  return patterned(
    new RegExp(`^${instant}$`),
    "a date and time such as 2017-08-10T20:00:00Z or 2017-08-10T20:00:00+09:00",
  );
}

/** A time as digits alone: `YYYYMMDDhhmmss`. */
export function timestamp(): z.ZodString {
  return patterned(
    new RegExp(`^${compactDay}${hour}${minute}${minute}$`),
    "a time of 14 digits, YYYYMMDDhhmmss",
  );
}

/** A day as templates write it; empty where there is none. */
export function templateDate(): z.ZodString {
  return patterned(
    new RegExp(`^(?:|${day}|${compactDay})$`),
    "a date, YYYY-MM-DD or YYYYMMDD, or empty",
  );
}

/** A point in time as templates write it; empty where there is none. */
export function templateDateTime(): z.ZodString {
  return patterned(
    new RegExp(`^(?:|${instant}|${compactDay} ${hour}:${minute})$`),
    "a date and time, YYYY-MM-DDThh:mm:ssZ or YYYYMMDD hh:mm, or empty",
  );
}
