// Templates Atmosphere, Humidity and WindSpeed.

import { z } from "zod";
import { defineTemplate, entries } from "./template.js";
import { numeral, openTextOf, percentage, text, uri } from "./value-objects.js";
import { oldBackground, temperatureCode, weatherMembers } from "./weather-members.js";

/** Half days for which the quality of the air is forecast: tomorrow and the day after, before and after noon. */
export const forecastHalfDays = ["내일 오전", "내일 오후", "모레 오전", "모레 오후"] as const;

/** How clean the air is. */
export const atmosphere = defineTemplate("Atmosphere", {
  summary: "How clean the air is, now or in a forecast.",
  members: () => ({
    ...weatherMembers(),
    ...temperatureCode(),
    announcementOfAtmosphere: text().describe("The forecast in words; empty for current readings."),
    concentrationOfAtmosphere: text().describe("The reading in words; empty for a forecast."),
    valueOfAtmosphere: z
      .discriminatedUnion("type", [text(), numeral()])
      .describe("The reading; may be empty. Public examples tag it number."),
    halfDayAtmosphereList: entries({
      durationHalfDay: openTextOf(forecastHalfDays).describe(
        "Which half day, in the user's language.",
      ),
      concentrationOfAtmosphere: text(),
      atmosphereImageUrl: uri(),
    }),
  }),
});

/** How humid the air is. */
export const humidity = defineTemplate("Humidity", {
  summary: "How humid the air is.",
  members: () => ({
    ...weatherMembers(),
    ...oldBackground(),
    ...temperatureCode(),
    humidity: percentage(),
  }),
});

/** How the wind blows. */
export const windSpeed = defineTemplate("WindSpeed", {
  summary: "How the wind blows.",
  members: () => ({
    ...weatherMembers(),
    ...oldBackground(),
    ...temperatureCode(),
    windDirection: text(),
    windSpeed: numeral(),
  }),
});
