// Everything in one object: the source from which lookups, types, the reference in docs/messages.md and the console are made.

import { actionUriSchemes } from "./action-uris.js";
import { alerts } from "./alerts.js";
import { audioPlayer } from "./audio-player.js";
import { clova } from "./clova.js";
import { contexts } from "./context/index.js";
import { deviceControl } from "./device-control.js";
import { notifier } from "./notifier.js";
import { playbackController } from "./playback-controller.js";
import { recurringObjects } from "./recurring-objects.js";
import { settings } from "./settings.js";
import { speechRecognizer } from "./speech-recognizer.js";
import { speechSynthesizer } from "./speech-synthesizer.js";
import { system } from "./system.js";
import { templateRuntime } from "./template-runtime.js";
import { templates } from "./templates/index.js";
import { textRecognizer } from "./text-recognizer.js";

/** All interfaces, by namespace. */
export interface Interfaces {
  readonly Alerts: typeof alerts;
  readonly AudioPlayer: typeof audioPlayer;
  readonly Clova: typeof clova;
  readonly DeviceControl: typeof deviceControl;
  readonly Notifier: typeof notifier;
  readonly PlaybackController: typeof playbackController;
  readonly Settings: typeof settings;
  readonly SpeechRecognizer: typeof speechRecognizer;
  readonly SpeechSynthesizer: typeof speechSynthesizer;
  readonly System: typeof system;
  readonly TemplateRuntime: typeof templateRuntime;
  readonly TextRecognizer: typeof textRecognizer;
}

/** Everything that the protocol's public guides define, as data. */
export interface Catalogue {
  readonly interfaces: Interfaces;
  readonly contexts: typeof contexts;
  readonly templates: typeof templates;
  /** Objects that recur in several messages and templates. */
  readonly objects: typeof recurringObjects;
  readonly actionUriSchemes: typeof actionUriSchemes;
}

/** The catalogue. Schemas in it are built when they are first read. */
export const catalogue: Catalogue = {
  interfaces: {
    Alerts: alerts,
    AudioPlayer: audioPlayer,
    Clova: clova,
    DeviceControl: deviceControl,
    Notifier: notifier,
    PlaybackController: playbackController,
    Settings: settings,
    SpeechRecognizer: speechRecognizer,
    SpeechSynthesizer: speechSynthesizer,
    System: system,
    TemplateRuntime: templateRuntime,
    TextRecognizer: textRecognizer,
  },
  contexts,
  templates,
  objects: recurringObjects,
  actionUriSchemes,
};
