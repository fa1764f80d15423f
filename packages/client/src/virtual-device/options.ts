// What a virtual device is made with, and what it is where nothing was said: a loudspeaker with Bluetooth.

import type { Clock } from "@trefoil/protocol/clock";
import type { ContextPayload } from "@trefoil/protocol/interfaces";
import type { BluetoothTimes, NearbyPeer } from "./bluetooth.js";
import type { DeviceState } from "./features.js";

/** What a virtual device can be told. */
export interface VirtualDeviceOptions {
  /** Time, for alerts, music and everything else. Default: real time. */
  readonly clock?: Clock;
  /** Its features, over those of a loudspeaker: a member that is undefined takes the feature away. */
  readonly state?: { readonly [Feature in keyof DeviceState]?: DeviceState[Feature] | undefined };
  /** Its settings. Default: none. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Bluetooth peers in reach. Default: a headset that pairs at once and a telephone with the PIN 0000. */
  readonly nearby?: readonly NearbyPeer[];
  /** How long Bluetooth takes. Default: 2 s for a scan, 1 s for a connection, 30 s for a PIN. */
  readonly bluetoothTimes?: Partial<BluetoothTimes>;
  /** Screens that it can open. Default: none. */
  readonly screens?: readonly ("home" | "settings")[];
  /** Its screen. Default: none. */
  readonly display?: ContextPayload<"Device.Display">;
  /** Where it is. Default: it does not say. */
  readonly location?: ContextPayload<"Clova.Location">;
  /** Length of a stream without a duration, in milliseconds. Default 180,000. */
  readonly trackLength?: number;
  /**
   * How long speech of so many bytes sounds, in milliseconds; undefined bytes where it is a stream of its own. Default: as MP3 of
   * 48 kbit/s, and 3 s for a stream.
   */
  readonly speechLength?: (bytes: number | undefined) => number;
  /** Speech as it arrives, for a real loudspeaker. */
  readonly onSpeech?: (token: string, bytes: Uint8Array) => void;
  /** Something about the device is another thing now: read it again. */
  readonly onChange?: () => void;
  /** An event could not be sent. Default: nobody is told. */
  readonly onFailure?: (name: string, error: unknown) => void;
}

/** Peers that are near unless others are named. */
export const defaultNearby: readonly NearbyPeer[] = [
  { address: "02:00:00:00:00:b1", name: "Headset", role: "sink" },
  { address: "02:00:00:00:00:b2", name: "Telephone", role: "source", pinCode: "0000" },
];

export const defaultTimes: BluetoothTimes = { scan: 2_000, connect: 1_000, pin: 30_000 };

/** The features of a loudspeaker. */
export const loudspeaker: DeviceState = {
  power: { actions: ["TurnOn", "TurnOff"], state: "active" },
  volume: { actions: ["Increase", "Decrease", "SetValue"], min: 0, max: 10, value: 5 },
  wifi: { actions: [], state: "on", networks: [{ name: "Home", connected: true }] },
  bluetooth: {
    actions: [
      "TurnOn",
      "TurnOff",
      "BtConnect",
      "BtConnectByPINCode",
      "BtDisconnect",
      "BtStartPairing",
      "BtStopPairing",
      "BtDelete",
      "BtPlay",
      "BtRescan",
    ],
    state: "on",
    btlist: [],
    scanlist: [],
    connecting: "off",
    pairing: "off",
    scanning: "off",
  },
};

/** MP3 of 48 kbit/s has six bytes a millisecond. */
export function defaultSpeechLength(bytes: number | undefined): number {
  return bytes === undefined ? 3_000 : Math.ceil(bytes / 6);
}
