// The members that all templates about the weather have in common.

import { linkedReference } from "./sources.js";
import { entries } from "./template.js";
import { celsius, dateAndTime, nullablePercentage, text, uri } from "./value-objects.js";

const codeIn = "A key of weatherCodes";

/** Where and when, whose figures, and what to show behind them. */
export const weatherMembers = () => ({
  ...linkedReference(),
  location: text().describe("Where; may be empty in WindSpeed."),
  contentProviderText: text().describe("Whose figures these are; may be empty."),
  lastUpdate: dateAndTime().describe("When the figures were made; may be empty."),
  bgClipUrl: uri().describe("A film for the background."),
  bgDefaultUrl: uri().describe("A picture for the background. Only in the newer guide."),
});

/** The picture for the background, as some public examples call it. */
export const oldBackground = () => ({
  bgImageUrl: uri().describe("bgDefaultUrl under another name, seen in an example only."),
});

/** A code that stands for a kind of weather. */
export const temperatureCode = () => ({
  temperatureCode: text().describe(`${codeIn}; may be empty.`),
});

/** A code that stands for a kind of weather, and a picture of it. */
export const weatherCode = () => text().describe(`${codeIn}.`);

/** The weather of the coming hours. */
export const hourlyWeather = () => ({
  hourlyWeatherList: entries({
    hourlyTime: dateAndTime(),
    hourlyTemperature: celsius(),
    rainfallProbability: nullablePercentage().describe("The value may be null."),
    temperatureImageCode: weatherCode(),
    temperatureImageUrl: uri(),
  }),
});
