// Objects that recur in several messages, by the names under which references speak of them.

import type { z } from "zod";
import {
  action,
  celsius,
  currency,
  date,
  dateAndTime,
  fahrenheit,
  numeral,
  percentage,
  phoneNumber,
  text,
  uri,
} from "./templates/value-objects.js";
import { alert, alertInfo } from "./objects/alert.js";
import { audioStream } from "./objects/audio-stream.js";
import { bluetooth } from "./objects/bluetooth.js";
import { deviceState } from "./objects/device-state.js";

/** An object that recurs. Its schema carries the name as its title. */
export interface RecurringObject {
  /** What it is, in a sentence. */
  readonly summary: string;
  readonly schema: () => z.ZodType;
}

/** All of them. */
export const recurringObjects = {
  Alert: {
    summary: "An alert as the platform sets it: all that the device needs to ring without it.",
    schema: alert,
  },
  AlertInfoObject: { summary: "An alert as the device reports it.", schema: alertInfo },
  AudioStreamInfoObject: {
    summary: "One stream of audio, and how its playing is to be reported.",
    schema: audioStream,
  },
  BluetoothInfoObject: { summary: "The state of a device's Bluetooth.", schema: bluetooth },
  DeviceState: {
    summary: "What a device can do and how it is set: a member for each feature that it has.",
    schema: deviceState,
  },
  ActionObject: { summary: "In templates: a URI to open of one's own accord.", schema: action },
  CurrencyObject: { summary: "In templates: an amount of money, as a text.", schema: currency },
  DateObject: { summary: "In templates: a day.", schema: date },
  DateTimeObject: { summary: "In templates: a point in time.", schema: dateAndTime },
  NumberObject: { summary: "In templates: a number, as a text.", schema: numeral },
  PercentageObject: { summary: "In templates: per cent.", schema: percentage },
  PhoneNumberObject: { summary: "In templates: a telephone number.", schema: phoneNumber },
  StringObject: { summary: "In templates: a text; empty for none.", schema: text },
  TemperatureCObject: { summary: "In templates: degrees Celsius.", schema: celsius },
  TemperatureFObject: { summary: "In templates: degrees Fahrenheit.", schema: fahrenheit },
  URIObject: { summary: "In templates: a URI; empty for none.", schema: uri },
} as const satisfies Record<string, RecurringObject>;
