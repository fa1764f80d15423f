// Codes that templates use in place of words.

/** Kinds of weather, by the code that weather templates carry as a text. */
export const weatherCodes = {
  "1": "clear day",
  "2": "clear night",
  "3": "few clouds day",
  "4": "few clouds night",
  "5": "mostly cloudy day",
  "6": "mostly cloudy night",
  "7": "overcast",
  "8": "light rain",
  "9": "rain",
  "10": "heavy rain",
  "11": "light snow",
  "12": "snow",
  "13": "heavy snow",
  "14": "sleet",
  "15": "shower",
  "16": "snow shower",
  "17": "fog",
  "18": "thunderstorm",
  "19": "hail",
  "20": "yellow dust",
  "21": "rain or snow",
  "22": "occasional rain",
  "23": "occasional snow",
  "24": "occasional rain or snow",
  "25": "overcast then clear",
  "26": "storm then clear",
  "27": "rain then clear",
  "28": "snow then clear",
  "29": "clouding to rain",
  "30": "clouding to snow",
} as const;

/** Numbers of underground lines that answers about Korean public transport name. */
export const subwayLines = [
  1, 2, 3, 4, 5, 6, 7, 8, 9, 21, 31, 41, 42, 51, 71, 72, 73, 74, 78, 79, 100, 101, 103, 104, 107,
  108, 109, 110, 111,
] as const;

/** Numbers of kinds of bus that answers about Korean public transport name. */
export const busTypes = [1, 2, 3, 4, 5, 6, 10, 11, 12, 13, 14, 15, 20, 21, 22, 26] as const;
