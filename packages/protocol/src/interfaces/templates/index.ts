// All templates by the `type` of their payload, and the schema of a payload that may be any of them.

import { z } from "zod";
import { once } from "../definition.js";
import { actionTimer, actionTimerList } from "./action-timer.js";
import { atmosphere, humidity, windSpeed } from "./air.js";
import { alarm, alarmList } from "./alarm.js";
import { cardList } from "./card-list.js";
import { imageList } from "./image-list.js";
import { imageText } from "./image-text.js";
import { memo, memoList } from "./memo.js";
import { popup } from "./popup.js";
import { reminder, reminderList } from "./reminder.js";
import { schedule, scheduleList } from "./schedule.js";
import type { TemplateDefinition } from "./template.js";
import { textTemplate } from "./text.js";
import { timer, timerList } from "./timer.js";
import { todayWeather, tomorrowWeather, weeklyWeather } from "./weather.js";

/** All templates. */
export const templates = {
  ActionTimer: actionTimer,
  ActionTimerList: actionTimerList,
  Alarm: alarm,
  AlarmList: alarmList,
  Atmosphere: atmosphere,
  CardList: cardList,
  Humidity: humidity,
  ImageList: imageList,
  ImageText: imageText,
  Memo: memo,
  MemoList: memoList,
  Popup: popup,
  Reminder: reminder,
  ReminderList: reminderList,
  Schedule: schedule,
  ScheduleList: scheduleList,
  Text: textTemplate,
  Timer: timer,
  TimerList: timerList,
  TodayWeather: todayWeather,
  TomorrowWeather: tomorrowWeather,
  WeeklyWeather: weeklyWeather,
  WindSpeed: windSpeed,
} as const;

/** The `type` of a template. */
export type TemplateName = keyof typeof templates;

/** What any template may hold. */
export type AnyTemplatePayload = z.output<(typeof templates)[TemplateName]["payload"]>;

/** The schema of any template. An interface, so that declarations name it and do not spell it out. */
export interface AnyTemplateSchema extends z.ZodType<AnyTemplatePayload> {}

/** Any template, told apart by `type`. */
export const anyTemplate = once((): AnyTemplateSchema => {
  const [first, ...others] = Object.values<TemplateDefinition>(templates).map(
    (template) => template.payload as z.ZodObject,
  );
  const schema: unknown = z.discriminatedUnion("type", [first!, ...others]);
  return schema as AnyTemplateSchema;
});
