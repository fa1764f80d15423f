// Finding messages by name, and checking payloads: what must hold of any name and any payload.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { catalogue } from "./catalogue.js";
import type { MessageDefinition } from "./definition.js";
import {
  checkContextPayload,
  checkDirectivePayload,
  checkEventPayload,
  findContext,
  findDirective,
  findEvent,
  findTemplate,
} from "./lookup.js";

const messages = Object.values(catalogue.interfaces).flatMap((of) =>
  Object.values<MessageDefinition>(of.messages),
);

/** Names that an object used as a table would be fooled by. */
const treacherous = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "Alerts.__proto__",
  "Alerts.constructor",
  "__proto__.AlertStarted",
  "",
  ".",
  "Alerts",
  "Alerts.",
  "alerts.alertstarted",
];

describe("finding a message", () => {
  it("finds each message under its own name, and only as what it is", () => {
    for (const message of messages) {
      const [found, other] =
        message.kind === "event"
          ? [findEvent(message.name), findDirective(message.name)]
          : [findDirective(message.name), findEvent(message.name)];
      expect(found).toBe(message);
      expect(other).toBeUndefined();
    }
  });

  it("finds a message under its other spellings, and tells the one to go by", () => {
    for (const alias of ["BtRequestToCancelPinCodeInput", "BtRequestToCancelPINCode"]) {
      expect(findEvent(`DeviceControl.${alias}`)?.name).toBe(
        "DeviceControl.BtRequestToCancelPINCodeInput",
      );
      expect(checkEventPayload(`DeviceControl.${alias}`, {})).toEqual({ kind: "valid" });
    }
    expect(findContext("AudioPlayer.PlayerState")?.name).toBe("AudioPlayer.PlaybackState");
  });

  it("finds context objects and templates", () => {
    expect(findContext("Device.Display")).toBe(catalogue.contexts["Device.Display"]);
    expect(findTemplate("Text")).toBe(catalogue.templates.Text);
  });

  it.each(treacherous)("does not know %j", (name) => {
    expect(findEvent(name)).toBeUndefined();
    expect(findDirective(name)).toBeUndefined();
    expect(findContext(name)).toBeUndefined();
    expect(findTemplate(name)).toBeUndefined();
    expect(checkEventPayload(name, {})).toEqual({ kind: "unknown" });
    expect(checkDirectivePayload(name, {})).toEqual({ kind: "unknown" });
    expect(checkContextPayload(name, {})).toEqual({ kind: "unknown" });
  });
});

describe("checking a payload", () => {
  it("never throws and never changes the payload, whatever it is", () => {
    fc.assert(
      fc.property(fc.constantFrom(...messages), fc.jsonValue(), (message, payload) => {
        const before = JSON.stringify(payload);
        const check = message.kind === "event" ? checkEventPayload : checkDirectivePayload;
        expect(["valid", "invalid"]).toContain(check(message.name, payload).kind);
        expect(JSON.stringify(payload)).toBe(before);
      }),
    );
  });

  it("takes a frozen payload", () => {
    const payload = Object.freeze({ token: "t", type: "ALARM", extra: Object.freeze([1]) });
    expect(checkEventPayload("Alerts.AlertStarted", payload)).toEqual({ kind: "valid" });
  });

  it("is not fooled by a member named __proto__", () => {
    const payload: unknown = JSON.parse('{"__proto__": {"token": "t", "type": "ALARM"}}');
    expect(checkEventPayload("Alerts.AlertStarted", payload)).toMatchObject({ path: "token" });
    const extra: unknown = JSON.parse('{"token": "t", "type": "ALARM", "__proto__": {"token": 1}}');
    expect(checkEventPayload("Alerts.AlertStarted", extra)).toEqual({ kind: "valid" });
  });

  it("looks at free keys that an object has of its own, __proto__ among them", () => {
    const payload: unknown = JSON.parse('{"configuration": {"__proto__": 1}}');
    expect(checkEventPayload("Settings.Report", payload)).toMatchObject({
      kind: "invalid",
      path: "configuration.__proto__",
    });
  });

  it("never repeats a value of the payload, since it may be secret", () => {
    const secret = "hunter2";
    const attempts = [
      checkEventPayload("Alerts.AlertStarted", { token: { secret }, type: secret }),
      checkEventPayload("Alerts.AlertStarted", { token: "t", type: secret }),
      checkEventPayload("SpeechRecognizer.Recognize", {
        lang: "ko",
        initiator: { type: "TAP", inputSource: secret },
      }),
      checkDirectivePayload("Clova.RenderTemplate", { type: secret }),
      checkDirectivePayload("DeviceControl.BtConnect", { name: secret }),
      checkContextPayload("Device.Audio", {
        acceptContentType: [
          { mimeType: "audio/aac", audioCodec: "AAC", fileExtension: `MP3,${secret}` },
        ],
      }),
    ];
    for (const verdict of attempts) {
      expect(verdict.kind).toBe("invalid");
      expect(JSON.stringify(verdict)).not.toContain(secret);
    }
  });

  it("stops at the first wrong element, so that garbage costs no more than a message", () => {
    const wrong = Array.from({ length: 100_000 }, () => 1);
    const alerts = findContext("Alerts.AlertsState")!.payload.safeParse({
      allAlerts: wrong,
      activeAlerts: wrong,
    });
    expect(alerts.error?.issues).toHaveLength(2);
    const settings = findEvent("Settings.Report")!.payload.safeParse({
      configuration: Object.fromEntries(wrong.map((value, index) => [`key${index}`, value])),
    });
    expect(settings.error?.issues).toHaveLength(1);
  });
});
