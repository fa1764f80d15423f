// Right and wrong payloads of every template. The type makes sure that none is forgotten.

import { type Example, without } from "./examples.test.support.js";
import type { TemplatePayload } from "./payloads.js";
import type { TemplateName } from "./templates/index.js";

const text = (value = "") => ({ type: "string", value }) as const;
const uri = (value = "") => ({ type: "url", value }) as const;
const day = (value: string) => ({ type: "date", value }) as const;
const time = (value: string) => ({ type: "datetime", value }) as const;
const warm = { type: "temperature-c", value: 21 } as const;
const percent = { type: "percentage", value: "60" } as const;

const common = {
  failureMessage: text("I cannot show this."),
  meta: { version: text("1.0") },
  subtitle: text(),
  emoji: text("☀"),
  actionList: [{ type: "action", value: "clova://ttsRepeat?lang=ko" }],
} as const;

const repetition = { repeatPeriod: text("weekly"), repeatDay: [text("Mon")] };
const alert = { token: text("alert-1"), scheduledTime: time("2017-08-10T20:00:00Z") };
const repeated = { ...alert, ...repetition, repeatPeriod: { type: "string", value: "" } } as const;
const reference = { referenceText: text("Source"), referenceUrl: uri("https://a.example") };
const linked = { ...reference, linkUrl: uri() };

const actionTimer = { ...repeated, action: text("Turn on the light"), label: text() };

const reminder = {
  ...repeated,
  label: text("Water"),
  content: text("Water"),
  status: { type: "string", value: "TODO" },
} as const;

const entry = {
  token: text("entry-1"),
  content: text("Holidays"),
  start: { ...day("2017-08-10"), dateTime: "" },
  end: { type: "datetime", dateTime: "2017-08-11T20:00:00+09:00", value: "20170811 20:00" },
  repeatDay: [text("Mon")],
  repeatPeriod: { type: "string", value: "daily" },
} as const;

const weather = {
  ...linked,
  location: text("Seoul"),
  contentProviderText: text(),
  lastUpdate: time(""),
  bgClipUrl: uri(),
  bgDefaultUrl: uri(),
};

const hourly = {
  hourlyWeatherList: [
    {
      hourlyTime: time("20170810 20:00"),
      hourlyTemperature: { type: "temperature", value: "21" },
      rainfallProbability: { type: "percentage", value: null },
      temperatureImageCode: text("1"),
      temperatureImageUrl: uri(),
    },
  ],
} as const;

const code = { temperatureCode: text("30") };
const oldBackground = { bgImageUrl: uri() };

/** A template with no members but those that it must have, and these. */
const only = (type: TemplateName, members: object) => ({
  type,
  failureMessage: text(),
  meta: { version: text("1.0") },
  ...members,
});

export const templateExamples: {
  readonly [Name in TemplateName]: Example<TemplatePayload<Name>>;
} = {
  ActionTimer: {
    right: [{ type: "ActionTimer", ...common, ...actionTimer }],
    wrong: [
      [only("ActionTimer", { action: text(), label: "tea" }), "label"],
      [only("ActionTimer", { repeatPeriod: text("monthly") }), "repeatPeriod.value"],
    ],
  },
  ActionTimerList: {
    right: [{ type: "ActionTimerList", ...common, actionTimerList: [actionTimer] }],
    wrong: [
      [only("ActionTimerList", { actionTimerList: [{ token: "t" }] }), "actionTimerList[0].token"],
    ],
  },
  Alarm: {
    right: [{ type: "Alarm", ...common, ...repeated }],
    wrong: [
      [only("Alarm", { scheduledTime: time("8 o'clock") }), "scheduledTime.value"],
      [without(only("Alarm", {}), "meta"), "meta"],
    ],
  },
  AlarmList: {
    right: [{ type: "AlarmList", ...common, alarmList: [repeated] }],
    wrong: [[only("AlarmList", { alarmList: [repeated, 3] }), "alarmList[1]"]],
  },
  Atmosphere: {
    right: [
      {
        type: "Atmosphere",
        ...common,
        ...weather,
        ...code,
        announcementOfAtmosphere: text(),
        concentrationOfAtmosphere: text("good"),
        valueOfAtmosphere: { type: "number", value: "24" },
        halfDayAtmosphereList: [
          {
            durationHalfDay: text("내일 오전"),
            concentrationOfAtmosphere: text("good"),
            atmosphereImageUrl: uri(),
          },
        ],
      },
    ],
    wrong: [[only("Atmosphere", { valueOfAtmosphere: uri() }), "valueOfAtmosphere.type"]],
  },
  CardList: {
    right: [
      {
        type: "CardList",
        ...common,
        subType: "Type4",
        noticeText: text(),
        noticeLink: uri(),
        cardList: [
          {
            ...reference,
            title: text("News"),
            description: [text("a"), text("b")],
            contentProviderText: text(),
            imageUrl: uri(),
            linkUrl: uri(),
            videoUrl: uri(),
            press: text("Press"),
            pressIconUrl: uri(),
            publishDate: day("20170810"),
          },
        ],
      },
    ],
    wrong: [
      [only("CardList", { subType: "Type7" }), "subType"],
      [
        only("CardList", { cardList: [{ publishDate: day("yesterday") }] }),
        "cardList[0].publishDate.value",
      ],
    ],
  },
  Humidity: {
    right: [
      { type: "Humidity", ...common, ...weather, ...oldBackground, ...code, humidity: percent },
    ],
    wrong: [
      [only("Humidity", { humidity: { type: "percentage", value: null } }), "humidity.value"],
    ],
  },
  ImageList: {
    right: [
      {
        type: "ImageList",
        ...common,
        thumbImageUrlList: [
          {
            ...reference,
            thumbImageUrl: uri(),
            imageUrl: uri(),
            imageTitle: text(),
            imageReference: text(),
          },
        ],
      },
    ],
    wrong: [
      [
        only("ImageList", { thumbImageUrlList: [{ imageUrl: text() }] }),
        "thumbImageUrlList[0].imageUrl.type",
      ],
    ],
  },
  ImageText: {
    right: [
      {
        type: "ImageText",
        ...common,
        ...linked,
        mainText: text("Ada"),
        subTextList: [text()],
        subText: text(),
        imageUrl: uri(),
        thumbImageUrl: uri(),
        thumbImageType: text("人物"),
        appLinkUrl: uri(),
        display: {
          ...reference,
          leftImageUrl: uri(),
          leftMainTextA: text(),
          leftMainTextB: text(),
          leftSubTextList: [text()],
          rightMainTextA: text(),
          rightMainTextB: text(),
          rightSubTextList: [text()],
          listItems: [{ anything: 1 }],
        },
      },
    ],
    wrong: [
      [only("ImageText", { display: { listItems: ["a"] } }), "display.listItems[0]"],
      [only("ImageText", { thumbImageType: { type: "string" } }), "thumbImageType.value"],
    ],
  },
  Memo: {
    right: [
      {
        type: "Memo",
        ...common,
        token: text("memo-1"),
        content: text("Milk"),
        timestamp: time("20170810 20:00"),
      },
    ],
    wrong: [[only("Memo", { timestamp: day("2017-08-10") }), "timestamp.type"]],
  },
  MemoList: {
    right: [
      {
        type: "MemoList",
        ...common,
        memoList: [
          { token: text("memo-1"), content: text("Milk"), lastModified: time("20170810 20:00") },
        ],
      },
    ],
    wrong: [[only("MemoList", { memoList: {} }), "memoList"]],
  },
  Popup: {
    right: [
      {
        type: "Popup",
        ...common,
        displayType: "TOAST",
        title: text(),
        mainText: text(),
        positiveButtonText: text(),
        positiveButtonUrl: uri(),
        negativeButtonText: text(),
        negativeButtonUrl: uri(),
        alertText: text(),
        toastText: text("Done"),
        toastLinkText: text(),
        toastLinkUrl: uri(),
      },
    ],
    wrong: [[only("Popup", { displayType: "BANNER" }), "displayType"]],
  },
  Reminder: {
    right: [{ type: "Reminder", ...common, ...reminder }],
    wrong: [[only("Reminder", { status: text("LATER") }), "status.value"]],
  },
  ReminderList: {
    right: [{ type: "ReminderList", ...common, reminderList: [reminder] }],
    wrong: [
      [
        only("ReminderList", { reminderList: [{ status: text() }] }),
        "reminderList[0].status.value",
      ],
    ],
  },
  Schedule: {
    right: [{ type: "Schedule", ...common, ...entry }],
    wrong: [
      [only("Schedule", { start: { type: "date" } }), "start.value"],
      [only("Schedule", { end: { type: "string", value: "" } }), "end.type"],
    ],
  },
  ScheduleList: {
    right: [{ type: "ScheduleList", ...common, scheduleList: [{ ...entry, type: "Schedule" }] }],
    wrong: [[only("ScheduleList", { scheduleList: [{ type: "Alarm" }] }), "scheduleList[0].type"]],
  },
  Text: {
    right: [
      {
        type: "Text",
        ...common,
        ...linked,
        mainText: text("Hello"),
        subText: text(),
        highlightText: { type: "number", value: "42" },
        sentenceText: text(),
        paragraphText: text(),
        tableList: [
          {
            item1: text("a"),
            item2: text("b"),
            item2Link: { type: "phoneNum", value: "02-123" },
            item3: text(),
          },
        ],
        imageUrl: uri(),
        bgUrl: uri(),
        emotionCode: text(),
        motionCode: text(),
      },
      { ...only("Text", {}), type: "Text", highlightText: { type: "string", value: null } },
    ],
    wrong: [
      [only("Text", { highlightText: { type: "number", value: 42 } }), "highlightText.value"],
      [only("Text", { mainText: { type: "string", value: null } }), "mainText.value"],
      [only("Text", { tableList: [{ item2Link: text() }] }), "tableList[0].item2Link.type"],
    ],
  },
  Timer: {
    right: [{ type: "Timer", ...common, ...alert }],
    wrong: [[only("Timer", { token: { value: "t" } }), "token.type"]],
  },
  TimerList: {
    right: [
      {
        type: "TimerList",
        ...common,
        timerList: [{ ...alert, label: { type: "string", value: null } }],
      },
    ],
    wrong: [[only("TimerList", { timerList: [{ label: null }] }), "timerList[0].label"]],
  },
  TodayWeather: {
    right: [
      {
        type: "TodayWeather",
        ...common,
        ...weather,
        ...hourly,
        nowWeather: text("clear"),
        nowTemperature: warm,
        nowTemperatureImageCode: text("1"),
        nowTemperatureImageUrl: uri(),
        concentrationOfFineDust: text("good"),
      },
    ],
    wrong: [
      [
        only("TodayWeather", { nowTemperature: { type: "temperature-f", value: 70 } }),
        "nowTemperature.type",
      ],
      [only("TodayWeather", { lastUpdate: time("now") }), "lastUpdate.value"],
    ],
  },
  TomorrowWeather: {
    right: [
      {
        type: "TomorrowWeather",
        ...common,
        ...weather,
        ...hourly,
        highTemperature: warm,
        highTempWeather: text("clear"),
        lowTemperature: warm,
        lowTempWeather: text("fog"),
      },
    ],
    wrong: [
      [
        only("TomorrowWeather", { hourlyWeatherList: [{ rainfallProbability: null }] }),
        "hourlyWeatherList[0].rainfallProbability",
      ],
    ],
  },
  WeeklyWeather: {
    right: [
      {
        type: "WeeklyWeather",
        ...common,
        ...weather,
        ...oldBackground,
        description: text(),
        dailyWeatherList: [
          {
            date: day("2017-08-10"),
            highTemperature: warm,
            lowTemperature: warm,
            iconImageCode: text("7"),
            iconImageUrl: uri(),
          },
        ],
      },
    ],
    wrong: [
      [
        only("WeeklyWeather", { dailyWeatherList: [{ date: time("") }] }),
        "dailyWeatherList[0].date.type",
      ],
    ],
  },
  WindSpeed: {
    right: [
      {
        type: "WindSpeed",
        ...common,
        ...weather,
        ...oldBackground,
        ...code,
        windDirection: text("NW"),
        windSpeed: { type: "number", value: "3" },
      },
    ],
    wrong: [[only("WindSpeed", { windSpeed: { type: "number", value: 3 } }), "windSpeed.value"]],
  },
};
