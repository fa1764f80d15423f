// Templates TodayWeather, TomorrowWeather and WeeklyWeather.

import { defineTemplate, entries } from "./template.js";
import { celsius, date, text, uri } from "./value-objects.js";
import { hourlyWeather, oldBackground, weatherCode, weatherMembers } from "./weather-members.js";

/** The weather of today. */
export const todayWeather = defineTemplate("TodayWeather", {
  summary: "The weather of today, hour by hour.",
  members: () => ({
    ...weatherMembers(),
    ...hourlyWeather(),
    nowWeather: text(),
    nowTemperature: celsius(),
    nowTemperatureImageCode: weatherCode(),
    nowTemperatureImageUrl: uri(),
    concentrationOfFineDust: text(),
  }),
});

/** The weather of tomorrow. */
export const tomorrowWeather = defineTemplate("TomorrowWeather", {
  summary: "The weather of tomorrow, hour by hour.",
  members: () => ({
    ...weatherMembers(),
    ...hourlyWeather(),
    highTemperature: celsius(),
    highTempWeather: text().describe("The weather when it is warmest."),
    lowTemperature: celsius(),
    lowTempWeather: text().describe("The weather when it is coldest."),
  }),
});

/** The weather of a week. */
export const weeklyWeather = defineTemplate("WeeklyWeather", {
  summary: "The weather of a week, day by day.",
  members: () => ({
    ...weatherMembers(),
    ...oldBackground(),
    description: text(),
    dailyWeatherList: entries({
      date: date(),
      highTemperature: celsius(),
      lowTemperature: celsius(),
      iconImageCode: weatherCode(),
      iconImageUrl: uri(),
    }),
  }),
});
