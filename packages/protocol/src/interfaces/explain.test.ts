// The sentences that a client developer gets to read.

import { describe, expect, it } from "vitest";
import { checkContextPayload, checkDirectivePayload, checkEventPayload } from "./lookup.js";

const display = { size: "l100", dpi: 96, orientation: "portrait" };
const template = {
  failureMessage: { type: "string", value: "" },
  meta: { version: { type: "string", value: "1.0" } },
};

describe("what is said of a payload that is not as it should be", () => {
  it.each([
    [
      checkEventPayload,
      "TextRecognizer.Recognize",
      {},
      "payload.text is missing; it must be a string",
    ],
    [
      checkEventPayload,
      "TextRecognizer.Recognize",
      { text: 7 },
      "payload.text must be a string, not a number",
    ],
    [
      checkEventPayload,
      "TextRecognizer.Recognize",
      { text: null },
      "payload.text must be a string, not null",
    ],
    [
      checkEventPayload,
      "TextRecognizer.Recognize",
      { text: ["a"] },
      "payload.text must be a string, not an array",
    ],
    [checkEventPayload, "TextRecognizer.Recognize", [], "payload must be an object, not an array"],
    [
      checkEventPayload,
      "TextRecognizer.Recognize",
      undefined,
      "payload is missing; it must be an object",
    ],
    [
      checkEventPayload,
      "SpeechSynthesizer.Request",
      { text: "a", lang: "fr" },
      "payload.lang must be one of en, ja, ko, zh",
    ],
    [
      checkEventPayload,
      "SpeechSynthesizer.Request",
      { text: "a" },
      "payload.lang is missing; it must be one of en, ja, ko, zh",
    ],
    [
      checkEventPayload,
      "SpeechSynthesizer.Request",
      { text: "a", lang: 3 },
      "payload.lang must be one of en, ja, ko, zh, not a number",
    ],
    [
      checkEventPayload,
      "AudioPlayer.PlayStarted",
      { token: "t", offsetInMilliseconds: 1.5 },
      "payload.offsetInMilliseconds must be a whole number",
    ],
    [
      checkEventPayload,
      "AudioPlayer.PlayStarted",
      { token: "t", offsetInMilliseconds: "1" },
      "payload.offsetInMilliseconds must be a number, not a string",
    ],
    [
      checkEventPayload,
      "AudioPlayer.PlayStarted",
      { token: "t", offsetInMilliseconds: -1 },
      "payload.offsetInMilliseconds must be 0 or more",
    ],
    [
      checkEventPayload,
      "Settings.Report",
      { configuration: [] },
      "payload.configuration must be an object, not an array",
    ],
    [
      checkDirectivePayload,
      "Clova.RenderText",
      { text: true },
      "payload.text must be a string, not a boolean",
    ],
    [
      checkDirectivePayload,
      "DeviceControl.OpenScreen",
      { target: "home" },
      "payload.target must be settings",
    ],
    [
      checkDirectivePayload,
      "DeviceControl.BtDisconnect",
      { role: "sink" },
      "payload must hold none of its members; or address, connected, name, role together",
    ],
    [
      checkDirectivePayload,
      "SpeechSynthesizer.Speak",
      { format: "AUDIO_MPEG", token: "t", url: "u".repeat(2049) },
      "payload.url must be at most 2048 bytes long in UTF-8",
    ],
    [
      checkDirectivePayload,
      "Alerts.SynchronizeAlert",
      { allAlerts: [{ token: "t" }] },
      "payload.allAlerts[0].type is missing; it must be one of ACTIONTIMER, ALARM, REMINDER, TIMER",
    ],
    [
      checkContextPayload,
      "Device.Display",
      { ...display, size: "custom" },
      "payload.contentLayer is missing; it is mandatory when size is custom",
    ],
    [
      checkDirectivePayload,
      "Clova.RenderTemplate",
      { ...template, type: "Humidity", humidity: { type: "percentage", value: true } },
      "payload.humidity.value must be a number or a string, not a boolean",
    ],
    [
      checkDirectivePayload,
      "Clova.RenderTemplate",
      { ...template, type: "CardList", subType: "x" },
      'payload.subType must be one of "", Type1, Type2, Type3, Type4, Type5, Type6',
    ],
    [
      checkDirectivePayload,
      "Clova.RenderTemplate",
      { ...template, type: "Text", highlightText: {} },
      "payload.highlightText.type is missing; it must be one of string, number",
    ],
  ])("%o of %s", (check, name, payload, message) => {
    expect(check(name, payload)).toMatchObject({ kind: "invalid", message });
  });

  it("names the kinds of template where the type is not one of them", () => {
    const verdict = checkDirectivePayload("Clova.RenderTemplate", { type: "Letter" });
    expect(verdict).toMatchObject({
      path: "type",
      message: expect.stringMatching(/^payload\.type must be one of ActionTimer, .*, WindSpeed$/),
    });
  });

  it("quotes a key that would blur the path, and cuts a long one", () => {
    const key = `a b"\n${"k".repeat(10_000)}`;
    const verdict = checkEventPayload("Settings.Report", { configuration: { [key]: 1 } });
    const quoted = JSON.stringify(key.slice(0, 64));
    expect(verdict).toEqual({
      kind: "invalid",
      path: `configuration[${quoted}]`,
      message: `payload.configuration[${quoted}] must be a string, not a number`,
    });
  });
});
