// All context objects by name. A client sends along with every event those that describe its state.

import { alertsState } from "./alerts-state.js";
import { audio } from "./audio.js";
import { deviceState } from "./device-state.js";
import { display } from "./display.js";
import { location } from "./location.js";
import { playbackState } from "./playback-state.js";
import { savedPlace } from "./saved-place.js";
import { speechState } from "./speech-state.js";
import { volumeState } from "./volume-state.js";

/** All context objects. Every event should carry each of them that applies to the device. */
export const contexts = {
  "Alerts.AlertsState": alertsState,
  "AudioPlayer.PlaybackState": playbackState,
  "Clova.Location": location,
  "Clova.SavedPlace": savedPlace,
  "Device.Audio": audio,
  "Device.DeviceState": deviceState,
  "Device.Display": display,
  "Speaker.VolumeState": volumeState,
  "SpeechSynthesizer.SpeechState": speechState,
} as const;
