// The ways in which dates and times may be written.

import { describe, expect, it } from "vitest";
import { dateTime, templateDate, templateDateTime, timestamp } from "./date-time.js";

describe("a date and time", () => {
  it.each([
    "2017-08-10T20:00:00Z",
    "2017-08-10T20:00:00+09:00",
    "2017-08-10T20:00:00+0900",
    "2017-08-10T20:00:00.123-08:00",
    "2016-12-31T23:59:59Z",
  ])("may be written %s", (text) => {
    expect(dateTime().safeParse(text).success).toBe(true);
    expect(templateDateTime().safeParse(text).success).toBe(true);
  });

  it.each([
    "",
    "2017-08-10",
    "2017-08-10T20:00:00",
    "2017-08-10 20:00:00Z",
    "2017-8-10T20:00:00Z",
    "2017-00-10T20:00:00Z",
    "2017-08-32T20:00:00Z",
    "2017-08-10T24:00:00Z",
    "2017-08-10T20:60:00Z",
    "2017-08-10T20:00:00Z\n",
    " 2017-08-10T20:00:00Z",
  ])("may not be written %j", (text) => {
    expect(dateTime().safeParse(text).success).toBe(false);
  });
});

describe("dates and times of templates", () => {
  it("may be compact, or empty where there is none", () => {
    for (const text of ["", "20170810 20:00"]) {
      expect(templateDateTime().safeParse(text).success).toBe(true);
    }
    for (const text of ["", "2017-08-10", "20170810"]) {
      expect(templateDate().safeParse(text).success).toBe(true);
    }
    for (const text of ["2017-08-10", "20170810 24:00", "20:00", " "]) {
      expect(templateDateTime().safeParse(text).success).toBe(false);
    }
    for (const text of ["2017-0810", "20171310", "today", "2017-08-10T20:00:00Z"]) {
      expect(templateDate().safeParse(text).success).toBe(false);
    }
  });
});

describe("a timestamp", () => {
  it("is 14 digits that make a time", () => {
    expect(timestamp().safeParse("20210131235959").success).toBe(true);
    for (const text of ["2021013123595", "202101312359590", "20211331235959", "2021013124595a"]) {
      expect(timestamp().safeParse(text).success).toBe(false);
    }
  });
});
