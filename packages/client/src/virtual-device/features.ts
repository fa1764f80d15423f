// What device control does to a device's state: pure functions from state and directive to state and outcome.

import type { ContextPayload, EventPayload } from "@trefoil/protocol/interfaces";

/** The context `Device.DeviceState`. */
export type DeviceState = ContextPayload<"Device.DeviceState">;

/** What a report of an action names. */
export type ActionTarget = EventPayload<"DeviceControl.ActionExecuted">["target"];

/** What came of a directive. */
export type ControlOutcome =
  | { readonly kind: "executed"; readonly state: DeviceState }
  | { readonly kind: "failed" };

/** The directives that act on a feature. */
export type ControlName = "TurnOn" | "TurnOff" | "Increase" | "Decrease" | "SetValue";

/** Features that are on or off, by their targets. The guides have two vocabularies. */
const switches: Readonly<Record<string, keyof DeviceState>> = {
  airplane: "airplane",
  bluetooth: "bluetooth",
  cellular: "cellular",
  energysave: "energySavingMode",
  powersave: "energySavingMode",
  flashlight: "flashLight",
  gps: "gps",
  power: "power",
  ring: "soundMode",
  screenautobrightness: "screenAutoBrightness",
  silent: "soundMode",
  soundmode: "soundMode",
  vibrate: "soundMode",
  wifi: "wifi",
};

/** Features that have a level. */
const levels: Readonly<Record<string, "channel" | "screenBrightness" | "volume">> = {
  channel: "channel",
  screenbrightness: "screenBrightness",
  volume: "volume",
};

/**
 * Carries a directive out.
 * @param value of `SetValue`, `Increase` and `Decrease`: a whole number as text
 * @returns `failed` where the device has no such feature, its `actions` do not allow it or the value is none; levels stay
 *   between `min` and `max`
 */
export function controlled(
  state: DeviceState,
  name: ControlName,
  target: string,
  value?: string,
): ControlOutcome {
  switch (name) {
    case "TurnOn":
    case "TurnOff":
      return switched(state, name, target);
    case "Increase":
    case "Decrease":
    case "SetValue":
      return levelled(state, name, target, value);
  }
}

function switched(state: DeviceState, name: "TurnOn" | "TurnOff", target: string): ControlOutcome {
  const key = own(switches, target);
  const feature = key === undefined ? undefined : (state[key] as Feature | undefined);
  if (key === undefined || feature === undefined) return failed;
  if (!feature.actions.includes(name)) return failed;
  return executed(state, key, { ...feature, state: switchedState(key, name, target) });
}

function switchedState(key: keyof DeviceState, name: "TurnOn" | "TurnOff", target: string): string {
  const on = name === "TurnOn";
  if (key === "power") return on ? "active" : "idle";
  if (key !== "soundMode") return on ? "on" : "off";
  // Switching a mode off leaves the plain one: sound, or none where sound itself was switched off.
  if (target === "silent" || target === "vibrate") return on ? target : "ring";
  return on ? "ring" : "silent";
}

function levelled(
  state: DeviceState,
  name: "Increase" | "Decrease" | "SetValue",
  target: string,
  text: string | undefined,
): ControlOutcome {
  const key = own(levels, target);
  const feature = key === undefined ? undefined : (state[key] as Feature | undefined);
  if (key === undefined || feature === undefined || !feature.actions.includes(name)) return failed;
  if (text === undefined ? name === "SetValue" : !/^-?\d{1,9}$/.test(text)) return failed;
  const { min, max, value: before } = feature;
  // A channel has no level that others see.
  if (min === undefined || max === undefined || before === undefined) {
    return { kind: "executed", state };
  }
  const amount = text === undefined ? stepOf(min, max) : Number(text);
  const wanted = { Increase: before + amount, Decrease: before - amount, SetValue: amount }[name];
  return executed(state, key, { ...feature, value: Math.min(Math.max(wanted, min), max) });
}

/** The device's own step: a tenth of the range. */
function stepOf(min: number, max: number): number {
  return Math.max(1, Math.round((max - min) / 10));
}

interface Feature {
  readonly actions: readonly string[];
  readonly state?: string;
  readonly min?: number;
  readonly max?: number;
  readonly value?: number;
}

const failed = { kind: "failed" } as const;

function executed(state: DeviceState, key: keyof DeviceState, feature: Feature): ControlOutcome {
  return { kind: "executed", state: { ...state, [key]: feature } };
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
