// A Bluetooth peer, and the state of a device's Bluetooth (BluetoothInfoObject).

import { z } from "zod";
import { once } from "../definition.js";
import { list } from "../members.js";

const onOff = once(() => z.enum(["off", "on"]));

/** What a peer is for: a sink takes audio, a source gives it. */
export const bluetoothRole = once(() => z.enum(["sink", "source"]));

/** What is known of a peer that was found but not paired. */
const scannedPeer = once(() =>
  z.looseObject({
    address: z.string().describe("The peer's Bluetooth address."),
    name: z.string(),
    role: bluetoothRole(),
  }),
);

/** A paired peer, as directives name it. */
export const bluetoothPeer = once(() =>
  scannedPeer().extend({ connected: z.boolean().describe("Whether it is connected now.") }),
);

/** The state of a device's Bluetooth. */
export const bluetooth = once(() =>
  z
    .looseObject({
      // The last three are not in the guides' table, but a device must be able to say that it can do what directives ask for.
      actions: list(
        z.enum([
          "TurnOff",
          "TurnOn",
          "BtConnect",
          "BtConnectByPINCode",
          "BtDisconnect",
          "BtStartPairing",
          "BtStopPairing",
          "BtDelete",
          "BtPlay",
          "BtRescan",
        ]),
      ).describe("Directives that the device carries out here."),
      state: onOff(),
      btlist: list(
        bluetoothPeer().extend({
          availableServiceClassList: list(z.string()).describe(
            "Services that the peer offers, such as AudioSource and AudioSink. Only in the newer guide: older clients leave it out.",
          ),
        }),
      ).describe("Paired peers."),
      scanlist: list(scannedPeer()).describe("Peers found while scanning."),
      connecting: onOff().describe("Whether a connection is being made."),
      pairing: onOff().describe("Whether the device is in pairing mode."),
      scanning: onOff().describe("Whether the device is looking for peers."),
      playerInfo: z
        .looseObject({
          state: z.enum(["paused", "playing", "stopped"]).optional(),
          albumTitle: z.string().optional(),
          artistName: z.string().optional(),
          trackTitle: z.string().optional(),
        })
        .optional()
        .describe("What a connected source plays."),
    })
    .meta({ title: "BluetoothInfoObject" }),
);
