// Right and wrong payloads of every context object. The type makes sure that none is forgotten.

import {
  type Example,
  changed,
  deviceState,
  playbackState,
  without,
} from "./examples.test.support.js";
import type { ContextName, ContextPayload } from "./payloads.js";

const info = { token: "alert-1", type: "ALARM", scheduledTime: "2017-08-10T20:00:00Z" } as const;

const place = {
  latitude: "37.3595",
  longitude: "127.1052",
  refreshedAt: "2017-08-10T20:00:00+09:00",
} as const;

const codec = { mimeType: "audio/aac", audioCodec: "AAC", fileExtension: "3GP,AAC, M4A" } as const;

const display: ContextPayload<"Device.Display"> = {
  size: "custom",
  dpi: 96,
  orientation: "landscape",
  contentLayer: { width: 640, height: 360 },
};

const level = { actions: [], min: 0, max: 10, value: 5 };

export const contextExamples: {
  readonly [Name in ContextName]: Example<ContextPayload<Name>>;
} = {
  "Alerts.AlertsState": {
    right: [
      { allAlerts: [info], activeAlerts: [info] },
      { allAlerts: [], activeAlerts: [] },
    ],
    wrong: [
      [{ allAlerts: [] }, "activeAlerts"],
      [
        { allAlerts: [without(info, "scheduledTime")], activeAlerts: [] },
        "allAlerts[0].scheduledTime",
      ],
      [{ allAlerts: [null], activeAlerts: [] }, "allAlerts[0]"],
    ],
  },
  "AudioPlayer.PlaybackState": {
    right: [playbackState, { playerActivity: "IDLE", repeatMode: "NONE" }],
    wrong: [
      [without(playbackState, "stream"), "stream"],
      [without(playbackState, "offsetInMilliseconds"), "offsetInMilliseconds"],
      [changed(playbackState, { totalInMilliseconds: -1 }), "totalInMilliseconds"],
      [{ playerActivity: "IDLE" }, "repeatMode"],
    ],
  },
  "Clova.Location": {
    right: [place],
    wrong: [
      [changed(place, { latitude: 37.3595 }), "latitude"],
      [changed(place, { refreshedAt: "2017-08-10 20:00" }), "refreshedAt"],
    ],
  },
  "Clova.SavedPlace": {
    right: [
      {
        places: [
          { ...place, name: "집" },
          { ...place, name: "自宅" },
        ],
      },
      { places: [] },
    ],
    wrong: [[{ places: [place] }, "places[0].name"]],
  },
  "Device.Audio": {
    right: [
      { acceptContentType: [{ ...codec, container: "MP4" }] },
      { acceptContentType: [{ ...codec, fileExtension: "MP3" }] },
    ],
    wrong: [
      [
        { acceptContentType: [changed(codec, { fileExtension: "MP3,OGG" })] },
        "acceptContentType[0].fileExtension",
      ],
      [
        { acceptContentType: [changed(codec, { fileExtension: "MP3," })] },
        "acceptContentType[0].fileExtension",
      ],
      [
        { acceptContentType: [changed(codec, { audioCodec: "OPUS" })] },
        "acceptContentType[0].audioCodec",
      ],
    ],
  },
  "Device.DeviceState": {
    right: [deviceState, {}],
    wrong: [
      [{ battery: { actions: [], charging: false, value: 101 } }, "battery.value"],
      [{ battery: { actions: [], charging: false, value: -1 } }, "battery.value"],
      [{ gps: { actions: ["SetValue"], state: "on" } }, "gps.actions[0]"],
      [{ gps: { actions: [], state: "active" } }, "gps.state"],
      [{ power: { actions: [], state: "on" } }, "power.state"],
      [{ volume: { ...level, value: 11 } }, "volume.value"],
      [{ volume: { ...level, min: 10 } }, "volume.max"],
      [{ volume: { ...level, warning: 11 } }, "volume.warning"],
      [{ screenBrightness: { ...level, value: -1 } }, "screenBrightness.value"],
      [{ localTime: "20:00" }, "localTime"],
      [
        { wifi: { actions: [], state: "on", networks: [{ name: "home" }] } },
        "wifi.networks[0].connected",
      ],
      [{ soundOutput: { type: "hdmi" } }, "soundOutput.type"],
    ],
  },
  "Device.Display": {
    right: [display, { size: "l100", dpi: 96, orientation: "portrait" }, { size: "none" }],
    wrong: [
      [without(display, "contentLayer"), "contentLayer"],
      [without(display, "dpi"), "dpi"],
      [without(display, "orientation"), "orientation"],
      [changed(display, { size: "xxl" }), "size"],
      [changed(display, { contentLayer: { width: 640.5, height: 360 } }), "contentLayer.width"],
    ],
  },
  "Speaker.VolumeState": {
    right: [
      { volume: 0, muted: false },
      { volume: 11, muted: true },
    ],
    wrong: [
      [{ volume: -1, muted: false }, "volume"],
      [{ volume: 5 }, "muted"],
    ],
  },
  "SpeechSynthesizer.SpeechState": {
    right: [{ token: "speech-1", playerActivity: "FINISHED" }],
    wrong: [
      [{ token: "speech-1", playerActivity: "IDLE" }, "playerActivity"],
      [{ playerActivity: "PLAYING" }, "token"],
    ],
  },
};
