// What a device can do and how it is set: one object a feature. Sent as the context Device.DeviceState, and passed on to
// the account's other devices by DeviceControl.SynchronizeState.

import { z } from "zod";
import { dateTime } from "../date-time.js";
import { once } from "../definition.js";
import { list } from "../members.js";
import { bluetooth } from "./bluetooth.js";

const supported = "Directives that the device carries out here.";

const switchActions = once(() => list(z.enum(["TurnOff", "TurnOn"])).describe(supported));
const levelActions = once(() =>
  list(z.enum(["Decrease", "Increase", "SetValue"])).describe(supported),
);

/** A feature that is on or off. */
const onOffFeature = once(() =>
  z.looseObject({ actions: switchActions(), state: z.enum(["off", "on"]) }),
);

interface Level {
  min: number;
  max: number;
  value: number;
}

const levelInside = (level: Level) => level.min <= level.value && level.value <= level.max;

/** Screen brightness (ScreenBrightnessInfoObject). */
const screenBrightness = once(() =>
  z
    .looseObject({
      actions: levelActions(),
      min: z.int().describe("Less than max; 0 is recommended."),
      max: z.int().describe("Greater than min; 100 is recommended."),
      value: z.int().describe("From min to max."),
    })
    .refine((level) => level.min < level.max, { path: ["max"], error: "must be greater than min" })
    .refine(levelInside, { path: ["value"], error: "must lie from min to max" }),
);

/** Volume of the speaker (VolumeInfoObject). */
const volume = once(() =>
  z
    .looseObject({
      actions: levelActions(),
      min: z.int().describe("Less than max; 0 is recommended."),
      max: z.int().describe("Greater than min; 10 is recommended."),
      value: z.int().describe("From min to max."),
      warning: z
        .int()
        .optional()
        .describe("From min to max: at or above it the platform asks back before turning up."),
    })
    .refine((level) => level.min < level.max, { path: ["max"], error: "must be greater than min" })
    .refine(levelInside, { path: ["value"], error: "must lie from min to max" })
    .refine(
      ({ min, max, warning }) => warning === undefined || (min <= warning && warning <= max),
      { path: ["warning"], error: "must lie from min to max" },
    ),
);

/** The state of a device: a member for each feature that it has. */
export const deviceState = once(() =>
  z
    .looseObject({
      airplane: onOffFeature().optional().describe("Airplane mode."),
      battery: z
        .looseObject({
          actions: list(z.string()).describe("Empty: nothing can be done with a battery."),
          charging: z.boolean(),
          value: z.int().min(0).max(100).describe("Charge in percent."),
        })
        .optional(),
      bluetooth: bluetooth().optional(),
      cellular: onOffFeature().optional().describe("Mobile network."),
      channel: z
        .looseObject({ actions: levelActions() })
        .optional()
        .describe("Television channel."),
      energySavingMode: onOffFeature().optional(),
      flashLight: onOffFeature().optional(),
      gps: onOffFeature().optional(),
      localTime: dateTime().optional().describe("The device's clock, with its offset from UTC."),
      power: z
        .looseObject({ actions: switchActions(), state: z.enum(["active", "idle"]) })
        .optional(),
      screenAutoBrightness: onOffFeature()
        .optional()
        .describe("Whether the screen follows the light around it. Only in the newer guide."),
      screenBrightness: screenBrightness().optional(),
      soundMode: z
        .looseObject({ actions: switchActions(), state: z.enum(["ring", "silent", "vibrate"]) })
        .optional(),
      soundOutput: z
        .looseObject({ type: z.enum(["builtin", "aux", "bluetooth", "airplay"]) })
        .optional()
        .describe("Where sound comes out."),
      volume: volume().optional(),
      wifi: z
        .looseObject({
          actions: switchActions(),
          state: z.enum(["off", "on"]),
          networks: list(z.looseObject({ name: z.string(), connected: z.boolean() })).describe(
            "Networks in reach.",
          ),
        })
        .optional(),
    })
    .meta({ title: "DeviceState" }),
);
