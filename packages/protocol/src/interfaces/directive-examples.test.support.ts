// Right and wrong payloads of every directive. The type makes sure that none is forgotten.

import {
  type Example,
  alert,
  changed,
  deviceState,
  nothing,
  playbackState,
  stream,
  without,
} from "./examples.test.support.js";
import type { DirectiveName, DirectivePayload } from "./payloads.js";
import { templateExamples } from "./template-examples.test.support.js";

const aboutAlert: Example<DirectivePayload<"Alerts.DeleteAlert">> = {
  right: [{ token: "alert-1", type: "TIMER" }],
  wrong: [
    [{ token: "alert-1" }, "type"],
    [{ token: "alert-1", type: "timer" }, "type"],
  ],
};

const allAlerts: Example<DirectivePayload<"Alerts.SynchronizeAlert">> = {
  right: [
    {
      allAlerts: [alert, { token: "t", type: "ALARM", scheduledTime: "2021-01-31T23:59:59+0900" }],
    },
    { allAlerts: [] },
  ],
  wrong: [
    [{}, "allAlerts"],
    [{ allAlerts: alert }, "allAlerts"],
    [{ allAlerts: [alert, without(alert, "token")] }, "allAlerts[1].token"],
  ],
};

const play: DirectivePayload<"AudioPlayer.Play"> = {
  audioItem: {
    audioItemId: "item-1",
    type: "Custom",
    titleText: "Title",
    titleSubText1: "Artist",
    titleSubText2: "Album",
    headerText: "Header",
    artImageUrl: "https://music.example/art",
    stream,
    episodeId: 12,
    title: "Title",
    album: { albumId: "album-1", title: "Album", genres: ["Folk"] },
  },
  playBehavior: "REPLACE_ALL",
  source: { name: "Music", logoUrl: "https://music.example/logo" },
};

const playing = (members: Record<string, unknown>) =>
  changed(play, { audioItem: changed(play.audioItem, { stream: changed(stream, members) }) });

const extension: Example<DirectivePayload<"Clova.StartExtension">> = {
  right: [{ extension: "com.example.quiz" }],
  wrong: [[{}, "extension"]],
};

const step: Example<DirectivePayload<"DeviceControl.Increase">> = {
  right: [{ target: "volume", value: "2" }, { target: "channel" }],
  wrong: [
    [{ target: "wifi" }, "target"],
    [{ target: "volume", value: 2 }, "value"],
  ],
};

const switching: Example<DirectivePayload<"DeviceControl.TurnOn">> = {
  right: [{ target: "wifi" }, { target: "powersave" }, { target: "energysave" }],
  wrong: [
    [{ target: "volume" }, "target"],
    [{}, "target"],
  ],
};

const peer = {
  address: "11:22:33:aa:bb:cc",
  connected: false,
  name: "Car",
  role: "source",
} as const;

const notification: Example<DirectivePayload<"Notifier.Notify">> = {
  right: [
    {
      light: "DEFAULT",
      assets: [{ assetId: "ring", url: "clova://notifier/sound/default" }],
      assetPlayOrder: ["ring"],
    },
  ],
  wrong: [
    [{ light: "RED", assets: [], assetPlayOrder: [] }, "light"],
    [{ light: "NONE", assets: [{ url: "u" }], assetPlayOrder: [] }, "assets[0].assetId"],
    [{ light: "NONE", assets: [], assetPlayOrder: [1] }, "assetPlayOrder[0]"],
  ],
};

const forPlayer: Example<DirectivePayload<"PlaybackController.Pause">> = {
  right: [{ target: { namespace: "MediaPlayer" } }, {}],
  wrong: [[{ target: {} }, "target.namespace"]],
};

const device: DirectivePayload<"DeviceControl.RenderDeviceList">["deviceList"][number] = {
  deviceId: "device-1",
  deviceName: "Kitchen",
  modelId: "model-1",
  clientId: "client-1",
  clientName: "Speaker",
  bindTime: "2021-01-31T23:59:59Z",
  availabilities: [{ name: "DELEGATION", available: true }],
  configuration: { DeviceInfoDefinedName: "Kitchen" },
  companionAppUrl: null,
  deviceImageUrl: "https://maker.example/device",
  is3rdParty: true,
  manufacturerName: null,
  userGuideUrl: null,
  websiteUrl: "https://maker.example",
};

const speak: DirectivePayload<"SpeechSynthesizer.Speak"> = {
  format: "AUDIO_MPEG",
  token: "speech-1",
  url: "cid:1f2a",
  contentType: "application/vnd.apple.mpegurl",
  ttsLang: "ja",
  "x-clova-pause-before": 0,
};

const voice = { key: "V001", name: "Mijin" };

const versionSpec: DirectivePayload<"Settings.UpdateVersionSpec"> = {
  clientName: "Speaker",
  os: "linux",
  deviceVersion: "1.2.3",
  specVersion: "20210131235959",
  spec: { voiceType: { name: "Voice", list: [voice], default: voice } },
};

const control = { name: "NEXT", type: "BUTTON", enabled: true, selected: false } as const;

const playerInfo: DirectivePayload<"TemplateRuntime.RenderPlayerInfo"> = {
  displayType: "list",
  controls: [control],
  playableItems: [
    {
      token: "item-1",
      titleText: "Title",
      titleSubText1: "Artist",
      titleSubText2: "Album",
      headerText: "Header",
      artImageUrl: "https://music.example/art",
      isLive: false,
      showAdultIcon: false,
      controls: [{ ...control, name: "LIKE_DISLIKE" }],
      lyrics: [
        { format: "PLAIN", data: "la la", url: null },
        { format: "LRC", url: "https://music.example/lyrics" },
      ],
    },
  ],
  provider: { name: "Music", logoUrl: "https://a.example", smallLogoUrl: "https://b.example" },
};

const [playableItem] = playerInfo.playableItems;

const playlist: DirectivePayload<"TemplateRuntime.RenderPlaylist"> = {
  title: "Lists",
  items: [
    {
      token: "item-1",
      type: "playlist",
      titleText: "Title",
      titleSubText1: "Artist",
      titleSubText2: "Album",
      imageUri: "https://music.example/art",
      showAdultIcon: false,
    },
  ],
};

const suggestion = {
  type: "0",
  label: "Weather",
  query: "What is the weather?",
  meta: "",
} as const;

export const directiveExamples: {
  readonly [Name in DirectiveName]: Example<DirectivePayload<Name>>;
} = {
  "Alerts.DeleteAlert": aboutAlert,
  "Alerts.SetAlert": {
    right: [alert, { token: "t", type: "ALARM", scheduledTime: "2017-08-10T20:00:00.5+09:00" }],
    wrong: [
      [without(alert, "scheduledTime"), "scheduledTime"],
      [changed(alert, { scheduledTime: "2017-13-10T20:00:00Z" }), "scheduledTime"],
      [changed(alert, { scheduledTime: "2017-08-10T20:00:00" }), "scheduledTime"],
      [changed(alert, { assets: [{ assetId: "ring" }] }), "assets[0].url"],
      [changed(alert, { assetPlayOrder: "ring" }), "assetPlayOrder"],
    ],
  },
  "Alerts.StopAlert": aboutAlert,
  "Alerts.SynchronizeAlert": allAlerts,

  "AudioPlayer.ClearQueue": {
    right: [{ clearBehavior: "CLEAR_ENQUEUED" }],
    wrong: [[{}, "clearBehavior"]],
  },
  "AudioPlayer.ExpectReportPlaybackState": nothing,
  "AudioPlayer.Play": {
    right: [play, { ...play, playBehavior: "ENQUEUE" }],
    wrong: [
      [changed(play, { playBehavior: "REPLACE" }), "playBehavior"],
      [without(play, "source"), "source"],
      [playing({ token: "t".repeat(2049) }), "audioItem.stream.token"],
      [playing({ url: "u".repeat(2049) }), "audioItem.stream.url"],
      [playing({ urlPlayable: "false" }), "audioItem.stream.urlPlayable"],
      [playing({ format: "audio/ogg" }), "audioItem.stream.format"],
      [playing({ beginAtInMilliseconds: -1 }), "audioItem.stream.beginAtInMilliseconds"],
      [playing({ durationInMilliseconds: null }), "audioItem.stream.durationInMilliseconds"],
      [
        playing({ progressReport: { progressReportDelayInMilliseconds: -1 } }),
        "audioItem.stream.progressReport.progressReportDelayInMilliseconds",
      ],
    ],
  },
  "AudioPlayer.StreamDeliver": {
    right: [
      { audioItemId: "item-1", audioStream: stream },
      {
        audioItemId: "item-1",
        audioStream: {
          token: "t",
          url: "u",
          urlPlayable: true,
          beginAtInMilliseconds: null,
          durationInMilliseconds: null,
          format: null,
          customData: null,
          progressReport: null,
        },
      },
      { audioItemId: "item-1", audioStream: { token: "t", url: "u", urlPlayable: true } },
    ],
    wrong: [
      [{ audioItemId: "item-1", audioStream: without(stream, "url") }, "audioStream.url"],
      [
        { audioItemId: "item-1", audioStream: changed(stream, { beginAtInMilliseconds: -1 }) },
        "audioStream.beginAtInMilliseconds",
      ],
    ],
  },
  "AudioPlayer.SynchronizePlaybackState": {
    right: [
      {
        deviceId: "device-1",
        event: "PlayPaused",
        playbackState: { ...playbackState, token: "t" },
      },
      { deviceId: "device-1", playbackState: { playerActivity: "IDLE", repeatMode: "NONE" } },
    ],
    wrong: [
      [{ deviceId: "device-1", event: "Play" }, "event"],
      [{ deviceId: "device-1", playbackState }, "playbackState.token"],
    ],
  },

  "Clova.ExpectLogin": {
    right: [{ guideInfo: { useDefault: false, message: "Please sign in." } }, {}],
    wrong: [
      [{ guideInfo: { useDefault: "false" } }, "guideInfo.useDefault"],
      [{ guideInfo: {} }, "guideInfo.useDefault"],
    ],
  },
  "Clova.FinishExtension": extension,
  "Clova.HandleDelegatedEvent": {
    right: [{ delegationId: "delegation-1" }],
    wrong: [[{ delegationId: 1 }, "delegationId"]],
  },
  "Clova.Hello": nothing,
  "Clova.Help": nothing,
  "Clova.LaunchURI": {
    right: [
      {
        targets: [
          {
            uri: "https://a.example",
            title: "A",
            description: "A page",
            iconImageUrl: "https://a.example/icon",
            packageName: "example.a",
            marketUrl: "market://a",
          },
        ],
      },
    ],
    wrong: [[{ targets: [{ uri: "https://a.example" }] }, "targets[0].title"]],
  },
  "Clova.RenderSuggestion": {
    right: [
      {
        suggestions: [{ ...suggestion, area: "a", index: "0", url: "clova://guide/talking" }],
        topic: "",
        referenceId: "r",
      },
    ],
    wrong: [
      [{ suggestions: [changed(suggestion, { type: 0 })] }, "suggestions[0].type"],
      [{ suggestions: [changed(suggestion, { type: "2" })] }, "suggestions[0].type"],
    ],
  },
  "Clova.RenderTemplate": {
    right: [templateExamples.Text.right[0], templateExamples.Popup.right[0]],
    wrong: [
      [{ type: "Letter" }, "type"],
      [{}, "type"],
      [without(templateExamples.Text.right[0], "failureMessage"), "failureMessage"],
    ],
  },
  "Clova.RenderText": { right: [{ text: "" }], wrong: [[{ text: null }, "text"]] },
  "Clova.StartExtension": extension,

  "DeviceControl.BtConnect": {
    right: [peer, { role: "sink" }, {}],
    wrong: [
      [{ address: peer.address }, ""],
      [without(peer, "name"), ""],
      [{ role: "both" }, "role"],
      [changed(peer, { connected: "no" }), "connected"],
    ],
  },
  "DeviceControl.BtConnectByPINCode": {
    right: [{ pinCode: "0000" }, { pinCode: "" }],
    wrong: [[{ pinCode: 0 }, "pinCode"]],
  },
  "DeviceControl.BtDelete": { right: [peer], wrong: [[without(peer, "role"), "role"]] },
  "DeviceControl.BtDisconnect": { right: [peer, {}], wrong: [[{ role: "sink" }, ""]] },
  "DeviceControl.BtPlay": nothing,
  "DeviceControl.BtRescan": nothing,
  "DeviceControl.BtStartPairing": nothing,
  "DeviceControl.BtStopPairing": nothing,
  "DeviceControl.Decrease": step,
  "DeviceControl.ExpectReportState": {
    right: [{ durationInSeconds: 600, intervalInSeconds: 60 }, { durationInSeconds: 0 }, {}],
    wrong: [
      [{ intervalInSeconds: 60 }, "durationInSeconds"],
      [{ durationInSeconds: -1 }, "durationInSeconds"],
    ],
  },
  "DeviceControl.Increase": step,
  "DeviceControl.LaunchApp": { right: [{ target: "music" }], wrong: [[{}, "target"]] },
  "DeviceControl.Open": { right: [{ target: "home" }], wrong: [[{ target: "door" }, "target"]] },
  "DeviceControl.OpenScreen": {
    right: [{ target: "settings" }],
    wrong: [[{ target: "home" }, "target"]],
  },
  "DeviceControl.RenderDeviceList": {
    right: [{ deviceList: [device] }, { deviceList: [] }],
    wrong: [
      [{ deviceList: [without(device, "bindTime")] }, "deviceList[0].bindTime"],
      [{ deviceList: [changed(device, { configuration: "{}" })] }, "deviceList[0].configuration"],
      [
        { deviceList: [changed(device, { availabilities: [{ name: "CALL", available: true }] })] },
        "deviceList[0].availabilities[0].name",
      ],
      [{ deviceList: [changed(device, { deviceName: null })] }, "deviceList[0].deviceName"],
    ],
  },
  "DeviceControl.SetValue": {
    right: [{ target: "screenbrightness", value: "50" }],
    wrong: [
      [{ target: "volume" }, "value"],
      [{ target: "volume", value: 5 }, "value"],
    ],
  },
  "DeviceControl.SynchronizeState": {
    right: [{ deviceId: "device-1", deviceState }, { deviceId: "device-1" }],
    wrong: [
      [{ deviceState }, "deviceId"],
      [
        { deviceId: "device-1", deviceState: { airplane: { state: "on" } } },
        "deviceState.airplane.actions",
      ],
    ],
  },
  "DeviceControl.TurnOff": switching,
  "DeviceControl.TurnOn": switching,

  "Notifier.ClearIndicator": nothing,
  "Notifier.Notify": notification,
  "Notifier.SetIndicator": {
    right: [{ ...notification.right[0], new: true }],
    wrong: [[notification.right[0], "new"]],
  },

  "PlaybackController.ExpectNextCommand": forPlayer,
  "PlaybackController.ExpectPauseCommand": forPlayer,
  "PlaybackController.ExpectPlayCommand": {
    right: [{ token: "t", handover: { deviceId: "device-1", customData: "opaque" } }, {}],
    wrong: [[{ handover: { customData: "opaque" } }, "handover.deviceId"]],
  },
  "PlaybackController.ExpectPreviousCommand": forPlayer,
  "PlaybackController.ExpectResumeCommand": forPlayer,
  "PlaybackController.ExpectStopCommand": forPlayer,
  "PlaybackController.Mute": nothing,
  "PlaybackController.Next": nothing,
  "PlaybackController.Pause": forPlayer,
  "PlaybackController.Previous": nothing,
  "PlaybackController.Replay": nothing,
  "PlaybackController.Resume": forPlayer,
  "PlaybackController.SetRepeatMode": {
    right: [{ repeatMode: "NONE" }],
    wrong: [[{ repeatMode: "none" }, "repeatMode"]],
  },
  "PlaybackController.Stop": forPlayer,
  "PlaybackController.TurnOffRepeatMode": nothing,
  "PlaybackController.TurnOnRepeatMode": nothing,
  "PlaybackController.Unmute": nothing,
  "PlaybackController.VolumeDown": nothing,
  "PlaybackController.VolumeUp": nothing,

  "Settings.ExpectReport": nothing,
  "Settings.Update": {
    right: [{ configuration: { VoiceTypeChange: "V002" } }],
    wrong: [[{ configuration: { VoiceTypeChange: true } }, "configuration.VoiceTypeChange"]],
  },
  "Settings.UpdateVersionSpec": {
    right: [versionSpec, { ...versionSpec, spec: {} }],
    wrong: [
      [changed(versionSpec, { specVersion: "2021-01-31" }), "specVersion"],
      [changed(versionSpec, { spec: { voiceType: "V001" } }), "spec.voiceType"],
    ],
  },

  "SpeechRecognizer.ExpectSpeech": {
    right: [
      {
        expectSpeechId: "speech-1",
        explicit: true,
        timeoutInMilliseconds: 0,
        expectContentType: "audio/l16",
      },
    ],
    wrong: [
      [{ expectSpeechId: "s", explicit: true, timeoutInMilliseconds: -1 }, "timeoutInMilliseconds"],
      [{ expectSpeechId: "s", timeoutInMilliseconds: 1 }, "explicit"],
    ],
  },
  "SpeechRecognizer.KeepRecording": nothing,
  "SpeechRecognizer.ShowRecognizedText": {
    right: [{ text: "What is" }],
    wrong: [[{}, "text"]],
  },
  "SpeechRecognizer.StopCapture": {
    right: [{ recognizedText: "What is the time" }, {}],
    wrong: [[{ recognizedText: 1 }, "recognizedText"]],
  },

  "SpeechSynthesizer.Speak": {
    right: [speak, { format: "AUDIO_MPEG", token: "t", url: "u".repeat(2048) }],
    wrong: [
      [changed(speak, { url: "u".repeat(2049) }), "url"],
      [changed(speak, { token: "é".repeat(1025) }), "token"],
      [changed(speak, { format: "AUDIO_L16" }), "format"],
      [changed(speak, { "x-clova-pause-before": 1.5 }), "x-clova-pause-before"],
      [changed(speak, { contentType: "audio/mpeg" }), "contentType"],
    ],
  },

  "System.Exception": {
    right: [{ code: 401, description: "The token has expired." }],
    wrong: [
      [{ code: "401", description: "" }, "code"],
      [{ code: 401.5, description: "" }, "code"],
    ],
  },
  "System.SynchronizeState": allAlerts,

  "TemplateRuntime.ExpectRequestPlayerInfo": nothing,
  "TemplateRuntime.RenderPlayerInfo": {
    right: [playerInfo, { displayType: "single", controls: [], playableItems: [] }],
    wrong: [
      [changed(playerInfo, { controls: [{ ...control, name: "MORE" }] }), "controls[0].name"],
      [
        changed(playerInfo, {
          playableItems: [changed(playableItem!, { lyrics: [{ format: "LRC" }] })],
        }),
        "playableItems[0].lyrics[0].data",
      ],
      [
        changed(playerInfo, { playableItems: [without(playableItem!, "showAdultIcon")] }),
        "playableItems[0].showAdultIcon",
      ],
    ],
  },
  "TemplateRuntime.RenderPlaylist": {
    right: [playlist],
    wrong: [
      [changed(playlist, { items: [{ token: "t", type: "song" }] }), "items[0].type"],
      [without(playlist, "title"), "title"],
    ],
  },
  "TemplateRuntime.UpdateLike": {
    right: [{ token: "item-1", like: true }],
    wrong: [[{ token: "item-1", like: 1 }, "like"]],
  },
  "TemplateRuntime.UpdateSubscribe": {
    right: [{ token: "item-1", subscribe: false }],
    wrong: [[{ token: "item-1" }, "subscribe"]],
  },
};
