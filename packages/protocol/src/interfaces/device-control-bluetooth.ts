// The Bluetooth half of DeviceControl: pairing, connecting, playing through and forgetting peers.

import { z } from "zod";
import { type DirectiveFacts, directive, event } from "./definition.js";
import { variants } from "./members.js";
import { bluetoothPeer } from "./objects/bluetooth.js";

/** What all of them have in common: asked for by voice or in the app, answered by one report. */
const controlled = {
  dialogRequestId: "either",
  dialogueNote: "With an id when it answers the user's request; none when the companion app asked.",
  answeredBy: ["DeviceControl.ActionExecuted", "DeviceControl.ActionFailed"],
  notes: ["Exactly one of the two events answers, with a fresh Device.DeviceState as context."],
} as const satisfies Omit<DirectiveFacts, "summary">;

const connecting = {
  ...controlled,
  answeredBy: [...controlled.answeredBy, "DeviceControl.ReportState"],
  notes: [
    "One of ActionExecuted and ActionFailed answers; ReportState follows with the real outcome of the connection.",
  ],
} as const satisfies Omit<DirectiveFacts, "summary">;

const peerShape = () => bluetoothPeer().shape;

/** The messages about Bluetooth. */
export const bluetoothMessages = {
  BtConnect: directive({
    summary: "Connect to a Bluetooth peer.",
    ...connecting,
    related: ["DeviceControl.BtDisconnect", "DeviceControl.BtStartPairing"],
    payload: () =>
      variants(peerShape(), [[], ["role"], ["address", "connected", "name", "role"]]).describe(
        "With all members: that peer. With role alone: a peer of the client's choice for that role of the client. Empty: a paired peer of the client's choice.",
      ),
  }),

  BtConnectByPINCode: directive({
    summary: "Connect to the peer that asked for a PIN, with this PIN.",
    ...connecting,
    dialogueNote: "Answers an event without an id, so it mostly has none itself.",
    related: ["DeviceControl.BtRequestForPINCode"],
    payload: () => z.looseObject({ pinCode: z.string().describe("Empty: give up the pairing.") }),
  }),

  BtDelete: directive({
    summary: "Forget a paired peer.",
    ...controlled,
    related: ["DeviceControl.BtConnect"],
    payload: bluetoothPeer,
  }),

  BtDisconnect: directive({
    summary: "Disconnect a peer, or all of them.",
    ...controlled,
    related: ["DeviceControl.BtConnect"],
    payload: () =>
      variants(peerShape(), [[], ["address", "connected", "name", "role"]]).describe(
        "With all members: that peer. Empty: all peers.",
      ),
  }),

  BtPlay: directive({
    summary: "Play over Bluetooth.",
    ...controlled,
    notes: [
      ...controlled.notes,
      "A client that is the sink plays the peer's stream; one that is the source goes on with its last or paused stream, or asks for music when it has none.",
    ],
    related: ["DeviceControl.BtConnect"],
  }),

  BtRequestForPINCode: event({
    summary: "A peer wants a PIN before it pairs.",
    repliesWith: ["DeviceControl.BtConnectByPINCode"],
    related: ["DeviceControl.BtConnect", "DeviceControl.BtRequestToCancelPINCodeInput"],
    payload: () => z.looseObject({ deviceName: z.string().describe("The peer's name.") }),
  }),

  BtRequestToCancelPINCodeInput: event({
    summary: "The PIN is no longer wanted: the peer timed out or is gone.",
    aliases: ["BtRequestToCancelPinCodeInput", "BtRequestToCancelPINCode"],
    related: ["DeviceControl.BtRequestForPINCode"],
  }),

  BtRescan: directive({
    summary: "Look for peers again.",
    ...controlled,
    related: ["DeviceControl.BtStartPairing", "DeviceControl.BtStopPairing"],
  }),

  BtStartPairing: directive({
    summary: "Enter pairing mode and look for peers.",
    ...controlled,
    notes: [...controlled.notes, "The peers found are in the scanlist of that context."],
    related: ["DeviceControl.BtConnect", "DeviceControl.BtStopPairing"],
  }),

  BtStopPairing: directive({
    summary: "Leave pairing mode.",
    ...controlled,
    related: ["DeviceControl.BtConnect", "DeviceControl.BtStartPairing"],
  }),
};
