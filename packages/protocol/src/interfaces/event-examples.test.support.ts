// Right and wrong payloads of every event. The type makes sure that none is forgotten.

import {
  type Example,
  alert,
  changed,
  nothing,
  playbackState,
  stream,
  without,
} from "./examples.test.support.js";
import type { EventName, EventPayload } from "./payloads.js";

const reference = { token: alert.token, type: alert.type };

const aboutAlert: Example<EventPayload<"Alerts.AlertStarted">> = {
  right: [reference],
  wrong: [
    [{ type: "ALARM" }, "token"],
    [{ token: "t", type: "EGG" }, "type"],
    [{ token: 7, type: "ALARM" }, "token"],
  ],
};

const aboutStream: Example<EventPayload<"AudioPlayer.PlayStarted">> = {
  right: [
    { token: "stream-1", offsetInMilliseconds: 10 },
    { token: "stream-1", offsetInMilliseconds: 0 },
  ],
  wrong: [
    [{ token: "stream-1", offsetInMilliseconds: -1 }, "offsetInMilliseconds"],
    [{ token: "stream-1", offsetInMilliseconds: 0.5 }, "offsetInMilliseconds"],
    [{ offsetInMilliseconds: 0 }, "token"],
  ],
};

const aboutItem: Example<EventPayload<"TemplateRuntime.LikeCommandIssued">> = {
  right: [{ token: "item-1" }],
  wrong: [[{}, "token"]],
};

const aboutSpeech: Example<EventPayload<"SpeechSynthesizer.SpeechStarted">> = {
  right: [{ token: "speech-1" }],
  wrong: [[{ token: null }, "token"]],
};

const command: Example<EventPayload<"PlaybackController.PauseCommandIssued">> = {
  right: [
    { deviceId: "device-1", source: { namespace: "AudioPlayer" } },
    { source: { namespace: "MediaPlayer" } },
    {},
  ],
  wrong: [
    [{ source: { namespace: "Speaker" } }, "source.namespace"],
    [{ source: {} }, "source.namespace"],
    [{ deviceId: 1 }, "deviceId"],
  ],
};

const reported = { ...playbackState, token: stream.token };

const wakeWord = {
  name: "hey_clova",
  confidence: 1,
  indices: { startIndexInSamples: 0, endIndexInSamples: 4_800 },
} as const;

const spoken: EventPayload<"SpeechRecognizer.Recognize"> = {
  lang: "ko",
  explicit: true,
  speechId: "speech-1",
  format: "AUDIO_L16_RATE_16000_CHANNELS_1",
  profile: "CLOSE_TALK",
  initiator: {
    type: "WAKEWORD",
    inputSource: "SELF",
    payload: { deviceUUID: "f003eb34-0d4f-4ea8-9c2c-b8ae7f8b4f1b", wakeWord },
  },
};

const spokenBy = (initiator: object) => changed(spoken, { initiator });

const awoken = (word: object) =>
  spokenBy({
    type: "WAKEWORD",
    inputSource: "SELF",
    payload: { deviceUUID: "u", wakeWord: { ...wakeWord, ...word } },
  });

export const eventExamples: { readonly [Name in EventName]: Example<EventPayload<Name>> } = {
  "Alerts.AlertStarted": aboutAlert,
  "Alerts.AlertStopped": {
    right: [{ ...reference, scheduledTime: alert.scheduledTime }, reference],
    wrong: [
      [{ ...reference, scheduledTime: "tomorrow" }, "scheduledTime"],
      [{ token: "t" }, "type"],
    ],
  },
  "Alerts.DeleteAlertFailed": aboutAlert,
  "Alerts.DeleteAlertSucceeded": aboutAlert,
  "Alerts.RequestAlertStop": aboutAlert,
  "Alerts.RequestDeleteAlert": aboutAlert,
  "Alerts.RequestSynchronizeAlert": nothing,
  "Alerts.SetAlertFailed": aboutAlert,
  "Alerts.SetAlertSucceeded": aboutAlert,

  "AudioPlayer.PlayFinished": aboutStream,
  "AudioPlayer.PlayPaused": aboutStream,
  "AudioPlayer.PlayResumed": aboutStream,
  "AudioPlayer.PlayStarted": aboutStream,
  "AudioPlayer.PlayStopped": aboutStream,
  "AudioPlayer.PlaybackQueueCleared": {
    right: [{ clearBehavior: "CLEAR_ALL" }, { clearBehavior: "CLEAR_ENQUEUED" }],
    wrong: [[{ clearBehavior: "CLEAR" }, "clearBehavior"]],
  },
  "AudioPlayer.ProgressReportDelayPassed": aboutStream,
  "AudioPlayer.ProgressReportIntervalPassed": aboutStream,
  "AudioPlayer.ProgressReportPositionPassed": aboutStream,
  "AudioPlayer.ReportPlaybackState": {
    right: [reported, { playerActivity: "IDLE", repeatMode: "REPEAT_ONE" }],
    wrong: [
      [changed(reported, { playerActivity: "PAUSE" }), "playerActivity"],
      [without(reported, "token"), "token"],
      [without(reported, "stream"), "stream"],
      [without(reported, "offsetInMilliseconds"), "offsetInMilliseconds"],
      [changed(reported, { repeatMode: undefined }), "repeatMode"],
    ],
  },
  "AudioPlayer.RequestPlaybackState": {
    right: [{ deviceId: "device-1" }, {}],
    wrong: [[{ deviceId: null }, "deviceId"]],
  },
  "AudioPlayer.StreamRequested": {
    right: [{ audioItemId: "item-1", audioStream: stream }],
    wrong: [
      [{ audioItemId: "item-1" }, "audioStream"],
      [
        {
          audioItemId: "item-1",
          audioStream: changed(stream, { beginAtInMilliseconds: null }),
        },
        "audioStream.beginAtInMilliseconds",
      ],
    ],
  },

  "Clova.ProcessDelegatedEvent": {
    right: [{ delegationId: "delegation-1" }],
    wrong: [[{}, "delegationId"]],
  },

  "DeviceControl.ActionExecuted": {
    right: [
      { target: "volume", command: "SetValue" },
      { target: "bluetooth", command: "BtRescan" },
      { target: "ring", command: "TurnOn" },
    ],
    wrong: [
      [{ target: "volume", command: "LaunchApp" }, "command"],
      [{ target: "toaster", command: "TurnOn" }, "target"],
    ],
  },
  "DeviceControl.ActionFailed": {
    right: [
      { target: "app", command: "LaunchApp" },
      { target: "home", command: "Open" },
    ],
    wrong: [
      [{ target: "app", command: "Launch" }, "command"],
      [{ command: "Open" }, "target"],
    ],
  },
  "DeviceControl.BtRequestForPINCode": {
    right: [{ deviceName: "Car" }],
    wrong: [[{}, "deviceName"]],
  },
  "DeviceControl.BtRequestToCancelPINCodeInput": nothing,
  "DeviceControl.ReportState": nothing,
  "DeviceControl.RequestDeviceList": nothing,
  "DeviceControl.RequestStateSynchronization": {
    right: [{ deviceId: "device-1" }, {}],
    wrong: [[{ deviceId: false }, "deviceId"]],
  },

  "PlaybackController.CustomCommandIssued": {
    right: [{ button: "red" }],
    wrong: [[{}, "button"]],
  },
  "PlaybackController.NextCommandIssued": command,
  "PlaybackController.PauseCommandIssued": command,
  "PlaybackController.PlayCommandIssued": {
    right: [
      {
        deviceId: "device-2",
        token: "item-1",
        handover: { deviceId: "device-1", customData: "opaque" },
      },
      {},
    ],
    wrong: [
      [{ handover: { deviceId: "device-1" } }, "handover.customData"],
      [{ token: 5 }, "token"],
    ],
  },
  "PlaybackController.PreviousCommandIssued": command,
  "PlaybackController.ResumeCommandIssued": command,
  "PlaybackController.SetRepeatModeCommandIssued": {
    right: [{ deviceId: "device-1", repeatMode: "REPEAT_ONE" }, { repeatMode: "NONE" }],
    wrong: [[{ repeatMode: "REPEAT_ALL" }, "repeatMode"]],
  },
  "PlaybackController.StopCommandIssued": command,

  "Settings.Report": {
    right: [{ configuration: { VoiceType: "V001", Volume: "3" } }, { configuration: {} }],
    wrong: [
      [{ configuration: { Volume: 3 } }, "configuration.Volume"],
      [{ configuration: [] }, "configuration"],
      [{}, "configuration"],
    ],
  },
  "Settings.RequestVersionSpec": nothing,

  "SpeechRecognizer.Recognize": {
    right: [
      spoken,
      { lang: "en" },
      { lang: "ja", initiator: { type: "TAP", inputSource: "CUSTOM_remote-1" } },
    ],
    wrong: [
      [without(spoken, "lang"), "lang"],
      [changed(spoken, { lang: "fr" }), "lang"],
      [changed(spoken, { format: "AUDIO_MPEG" }), "format"],
      [spokenBy({ type: "TAP", inputSource: "OTHER" }), "initiator.inputSource"],
      [spokenBy({ type: "TAP", inputSource: "CUSTOM_" }), "initiator.inputSource"],
      [spokenBy({ inputSource: "SELF" }), "initiator.type"],
      [spokenBy({ type: "TAP", inputSource: "SELF", payload: {} }), "initiator.payload.deviceUUID"],
      [awoken({ confidence: 1.01 }), "initiator.payload.wakeWord.confidence"],
      [awoken({ confidence: -0.01 }), "initiator.payload.wakeWord.confidence"],
      [awoken({ indices: undefined }), "initiator.payload.wakeWord.indices"],
      [
        awoken({ indices: { startIndexInSamples: 5, endIndexInSamples: 5 } }),
        "initiator.payload.wakeWord.indices.endIndexInSamples",
      ],
      [
        awoken({ indices: { startIndexInSamples: -1, endIndexInSamples: 5 } }),
        "initiator.payload.wakeWord.indices.startIndexInSamples",
      ],
    ],
  },

  "SpeechSynthesizer.Request": {
    right: [{ text: "Hello", lang: "zh" }],
    wrong: [
      [{ text: "Hello", lang: "fr" }, "lang"],
      [{ lang: "ko" }, "text"],
    ],
  },
  "SpeechSynthesizer.SpeechFinished": aboutSpeech,
  "SpeechSynthesizer.SpeechStarted": aboutSpeech,
  "SpeechSynthesizer.SpeechStopped": aboutSpeech,

  "System.RequestSynchronizeState": nothing,

  "TemplateRuntime.LikeCommandIssued": aboutItem,
  "TemplateRuntime.MoreCommandIssued": aboutItem,
  "TemplateRuntime.RequestPlayerInfo": {
    right: [
      { token: "item-1", range: { before: 1, after: 20 } },
      { token: "item-1", range: {} },
      { token: "item-1" },
    ],
    wrong: [
      [{ token: "item-1", range: { before: 0 } }, "range.before"],
      [{ token: "item-1", range: { after: 0 } }, "range.after"],
      [{ range: {} }, "token"],
    ],
  },
  "TemplateRuntime.SelectCommandIssued": aboutItem,
  "TemplateRuntime.SubscribeCommandIssued": aboutItem,
  "TemplateRuntime.UnlikeCommandIssued": aboutItem,
  "TemplateRuntime.UnsubscribeCommandIssued": aboutItem,

  "TextRecognizer.Recognize": {
    right: [{ text: "What is the time?", explicit: false, speechId: "speech-1" }, { text: "" }],
    wrong: [
      [{ explicit: false }, "text"],
      [{ text: "yes", explicit: "true" }, "explicit"],
    ],
  },
};
