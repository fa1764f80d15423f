// The small objects of which templates are made: a value, and the kind of value that it is.

import { z } from "zod";
import { templateDate, templateDateTime } from "../date-time.js";
import { once } from "../definition.js";
import { openEnum } from "../members.js";

const valueObject = <const Type extends string, V extends z.ZodType>(
  title: string,
  type: Type,
  value: V,
) => z.looseObject({ type: z.literal(type), value }).meta({ title });

/** A text to show. It may be empty: then there is nothing to show. */
export const text = once(() => valueObject("StringObject", "string", z.string()));

/** A text, or null where there is none. */
export const nullableText = once(() =>
  valueObject("StringObject", "string", z.string().nullable()),
);

/** A text out of a closed list. */
export const textOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.looseObject({ type: z.literal("string"), value: z.enum(values) });

/** A text out of a list that others may add to. */
export const openTextOf = <const Known extends string>(values: readonly Known[]) =>
  z.looseObject({ type: z.literal("string"), value: openEnum(values) });

/** A URI, often of the scheme clova. It may be empty: then there is nothing to open. */
export const uri = once(() => valueObject("URIObject", "url", z.string()));

/** A URI to open when the user does something; see actionUriSchemes. */
export const action = once(() => valueObject("ActionObject", "action", z.string()));

/** A number, as a text. */
export const numeral = once(() => valueObject("NumberObject", "number", z.string()));

/** A number, as a text, or null where there is none. */
export const nullableNumeral = once(() =>
  valueObject("NumberObject", "number", z.string().nullable()),
);

/** An amount of money, as a text. */
export const currency = once(() => valueObject("CurrencyObject", "currency", z.string()));

/** A telephone number. */
export const phoneNumber = once(() => valueObject("PhoneNumberObject", "phoneNum", z.string()));

/** Per cent. */
export const percentage = once(() =>
  valueObject("PercentageObject", "percentage", z.union([z.number(), z.string()])),
);

/** Per cent, or null where there is no figure. */
export const nullablePercentage = once(() =>
  valueObject("PercentageObject", "percentage", z.union([z.number(), z.string()]).nullable()),
);

/** Degrees Celsius. */
export const celsius = once(() =>
  z
    .looseObject({
      type: z.enum(["temperature-c", "temperature"]),
      value: z.union([z.number(), z.string()]),
    })
    .meta({ title: "TemperatureCObject" }),
);

/** Degrees Fahrenheit. */
export const fahrenheit = once(() =>
  valueObject("TemperatureFObject", "temperature-f", z.number()),
);

/** A day. */
export const date = once(() => valueObject("DateObject", "date", templateDate()));

/** A point in time. */
export const dateAndTime = once(() =>
  valueObject("DateTimeObject", "datetime", templateDateTime()),
);

/** When an entry of a calendar begins or ends: a day for an entry of whole days, otherwise a point in time. */
export const entryTime = once(() => {
  // Public examples write a point in time as dateTime, where their own tables say value.
  const dateTime = templateDateTime().optional().describe("Seen in examples in place of value.");
  const given = (time: { value?: unknown; dateTime?: unknown }) =>
    time.value !== undefined || time.dateTime !== undefined;
  const missing = { path: ["value"], error: "is missing" };
  return z
    .discriminatedUnion("type", [
      z
        .looseObject({
          type: z.literal("datetime"),
          value: templateDateTime().optional(),
          dateTime,
        })
        .refine(given, missing),
      z
        .looseObject({ type: z.literal("date"), value: templateDate().optional(), dateTime })
        .refine(given, missing),
    ])
    .describe("A date for an entry of whole days, otherwise a point in time.");
});
