// What can be done to a device: the targets of device control and the commands whose outcome is reported.

import { z } from "zod";
import { once } from "../definition.js";

/** Features that are switched on and off. The public guides use two vocabularies; both are taken. */
export const switchTarget = once(() =>
  z.enum([
    "airplane",
    "bluetooth",
    "cellular",
    "energysave",
    "flashlight",
    "gps",
    "power",
    "ring",
    "silent",
    "vibrate",
    "wifi",
    // Named by the guide on handling device control, and by the device's state.
    "powersave",
    "soundmode",
    "screenautobrightness",
  ]),
);

/** Features that have a level. */
export const levelTarget = once(() => z.enum(["channel", "screenbrightness", "volume"]));

/** Screens that can be opened. */
export const openTarget = once(() => z.enum(["home", "settings"]));

const targets = [
  "airplane",
  "app",
  "bluetooth",
  "cellular",
  "channel",
  "flashlight",
  "gps",
  "powersave",
  "screenautobrightness",
  "screenbrightness",
  "soundmode",
  "volume",
  "wifi",
  // A report repeats the target of its directive, so these must be allowed too.
  "energysave",
  "power",
  "ring",
  "silent",
  "vibrate",
  "home",
  "settings",
] as const;

const commands = [
  "BtConnect",
  "BtConnectByPINCode",
  "BtDisconnect",
  "BtStartPairing",
  "BtStopPairing",
  "Decrease",
  "Increase",
  "Open",
  "SetValue",
  "TurnOn",
  "TurnOff",
  // Missing from the guides' table, yet these directives must be answered.
  "BtDelete",
  "BtPlay",
  "BtRescan",
  "OpenScreen",
] as const;

const target = once(() => z.enum(targets).describe("The target of the directive."));

/** A directive that was carried out. */
export const executedAction = once(() =>
  z.looseObject({
    target: target(),
    command: z.enum(commands).describe("The name of the directive."),
  }),
);

/** A directive that could not be carried out. LaunchApp is answered only in this case. */
export const failedAction = once(() =>
  z.looseObject({
    target: target(),
    command: z.enum([...commands, "LaunchApp"]).describe("The name of the directive."),
  }),
);
