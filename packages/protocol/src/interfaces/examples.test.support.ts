// For the tests of this room: what an example of a message is, and the parts of which examples are made.

import type { ContextPayload, DirectivePayload } from "./payloads.js";

/** A payload that is not as it should be, and the path that has to be named. */
export type Wrong = readonly [payload: unknown, path: string];

/** Payloads of one message: the first right one has all members. */
export interface Example<Payload> {
  readonly right: readonly [Payload, ...Payload[]];
  readonly wrong: readonly [Wrong, ...Wrong[]];
}

/** A copy of an object with other members. */
export function changed<T extends object>(object: T, members: Record<string, unknown>): unknown {
  return { ...object, ...members };
}

/** A copy of an object without one of its members. */
export function without<T extends object>(object: T, member: keyof T & string): unknown {
  const copy: Partial<T> = { ...object };
  delete copy[member];
  return copy;
}

/** An empty payload, and something that is no object. */
export const nothing: Example<Readonly<Record<string, never>>> = {
  right: [{}],
  wrong: [[[], ""]],
};

export const stream: DirectivePayload<"AudioPlayer.Play">["audioItem"]["stream"] = {
  token: "stream-1",
  url: "https://music.example/1",
  urlPlayable: false,
  beginAtInMilliseconds: 419_704,
  durationInMilliseconds: 1_000,
  format: "audio/mpeg",
  customData: "opaque",
  progressReport: {
    progressReportDelayInMilliseconds: null,
    progressReportIntervalInMilliseconds: 60_000,
    progressReportPositionInMilliseconds: 300_000,
  },
};

export const alert: DirectivePayload<"Alerts.SetAlert"> = {
  token: "alert-1",
  type: "REMINDER",
  scheduledTime: "2017-08-10T20:00:00Z",
  label: "Water the plants",
  assets: [{ assetId: "ring", url: "clova://alert/bell/reminder" }],
  assetPlayOrder: ["ring", "ring"],
};

export const playbackState: ContextPayload<"AudioPlayer.PlaybackState"> = {
  playerActivity: "PLAYING",
  repeatMode: "NONE",
  stream,
  offsetInMilliseconds: 420_000,
  totalInMilliseconds: 420_704,
};

const onOff = { actions: ["TurnOn", "TurnOff"], state: "on" } as const;

export const deviceState: ContextPayload<"Device.DeviceState"> = {
  airplane: onOff,
  battery: { actions: [], charging: true, value: 80 },
  bluetooth: {
    ...onOff,
    actions: ["TurnOn", "TurnOff", "BtConnect", "BtPlay"],
    btlist: [
      {
        address: "11:22:33:aa:bb:cc",
        name: "Headphones",
        role: "sink",
        connected: true,
        availableServiceClassList: ["AudioSink"],
      },
    ],
    scanlist: [{ address: "44:55:66:aa:bb:cc", name: "Phone", role: "source" }],
    connecting: "off",
    pairing: "off",
    scanning: "on",
    playerInfo: { state: "paused", albumTitle: "A", artistName: "B", trackTitle: "C" },
  },
  cellular: onOff,
  channel: { actions: ["Increase"] },
  energySavingMode: onOff,
  flashLight: onOff,
  gps: onOff,
  localTime: "2017-08-10T20:00:00+09:00",
  power: { actions: ["TurnOff"], state: "active" },
  screenAutoBrightness: onOff,
  screenBrightness: { actions: ["SetValue"], min: 0, max: 100, value: 100 },
  soundMode: { actions: ["TurnOn"], state: "vibrate" },
  soundOutput: { type: "airplay" },
  volume: { actions: ["SetValue"], min: 0, max: 10, value: 5, warning: 8 },
  wifi: { ...onOff, networks: [{ name: "home", connected: true }] },
};
