// A device's features, Bluetooth, settings, voice and messages to others, by the flows of docs/protocol.md.
import * as fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { IncomingAttachment } from "../directives/attachment.js";
import { TrefoilError } from "@trefoil/protocol/errors";
import { Bench } from "./fake-link.test.support.js";
import { type DeviceState, controlled } from "./features.js";
import { loudspeaker } from "./options.js";

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});

const settle = () => new Promise((resolve) => setImmediate(resolve));
const outcomes = () =>
  bench.sent.splice(0).map(({ name, payload }) => [name.split(".")[1], payload]);
const volume = () => bench.contextOf("Speaker.VolumeState");

describe("device control", () => {
  it.each([
    ["Increase", undefined, 6],
    ["Increase", "3", 8],
    ["Increase", "50", 10],
    ["Decrease", undefined, 4],
    ["Decrease", "7", 0],
    ["SetValue", "9", 9],
    ["SetValue", "-4", 0],
  ] as const)("%s %s leaves the volume at %i, and is answered with it", (command, value, level) => {
    const payload = { target: "volume", ...(value === undefined ? {} : { value }) } as const;
    bench.give(`DeviceControl.${command}`, payload);
    const [sent] = bench.sent;
    expect(sent).toMatchObject({
      name: "DeviceControl.ActionExecuted",
      payload: { target: "volume", command },
    });
    expect(bench.contextOf("Device.DeviceState", [...sent!.context])).toMatchObject({
      volume: { value: level },
    });
    expect(bench.sent).toHaveLength(1);
    expect(volume()).toEqual({ volume: level, muted: false });
  });

  it.each([
    ["a value that is none", "DeviceControl.SetValue", { target: "volume", value: "loud" }],
    ["a feature that it lacks", "DeviceControl.TurnOn", { target: "gps" }],
    ["an action that its feature lacks", "DeviceControl.TurnOff", { target: "wifi" }],
    ["a screen that it lacks", "DeviceControl.Open", { target: "home" }],
    ["the older form of it", "DeviceControl.OpenScreen", { target: "settings" }],
  ] as const)("fails for %s", (_, name, payload) => {
    bench.give(name, payload);
    const command = name.split(".")[1];
    expect(outcomes()).toEqual([["ActionFailed", { target: payload.target, command }]]);
  });

  it("answers LaunchApp only because it fails", () => {
    bench.give("DeviceControl.LaunchApp", { target: "browser" });
    expect(outcomes()).toEqual([["ActionFailed", { target: "app", command: "LaunchApp" }]]);
  });

  it("understands both vocabularies, and the modes of sound", () => {
    const on = { actions: ["TurnOn", "TurnOff"], state: "off" } as const;
    const state: DeviceState = {
      energySavingMode: on,
      soundMode: { actions: ["TurnOn", "TurnOff"], state: "ring" },
    };
    const after = (name: "TurnOn" | "TurnOff", target: string, from = state) => {
      const outcome = controlled(from, name, target);
      return outcome.kind === "executed" ? outcome.state : undefined;
    };
    expect(after("TurnOn", "powersave")?.energySavingMode?.state).toBe("on");
    expect(after("TurnOn", "energysave")?.energySavingMode?.state).toBe("on");
    expect(after("TurnOn", "silent")?.soundMode?.state).toBe("silent");
    expect(after("TurnOn", "vibrate")?.soundMode?.state).toBe("vibrate");
    expect(after("TurnOff", "vibrate")?.soundMode?.state).toBe("ring");
    expect(after("TurnOff", "soundmode")?.soundMode?.state).toBe("silent");
  });

  it("never leaves a level outside its bounds, and changes nothing when it fails", () => {
    const names = fc.constantFrom("TurnOn", "TurnOff", "Increase", "Decrease", "SetValue");
    const targets = fc.oneof(fc.constantFrom("volume", "power", "wifi", "gps"), fc.string());
    const values = fc.option(fc.oneof(fc.integer().map(String), fc.string()), { nil: undefined });
    fc.assert(
      fc.property(fc.array(fc.tuple(names, targets, values)), (commands) => {
        let state = loudspeaker;
        for (const [name, target, value] of commands) {
          const outcome = controlled(state, name, target, value);
          if (outcome.kind === "executed") ({ state } = outcome);
        }
        const level = state.volume!.value;
        expect(Number.isInteger(level) && level >= 0 && level <= 10).toBe(true);
        expect(["active", "idle"]).toContain(state.power!.state);
      }),
    );
  });

  it("mutes, and whoever changes the volume hears it again", () => {
    bench.give("PlaybackController.Mute", {});
    expect(volume()).toEqual({ volume: 5, muted: true });
    bench.give("PlaybackController.VolumeUp", {});
    expect(volume()).toEqual({ volume: 6, muted: false });
    bench.device.setVolume(3);
    expect(outcomes()).toEqual([["ReportState", {}]]);
  });

  it("reports its state at once, and again until the time is over", () => {
    bench.give("DeviceControl.ExpectReportState", {});
    bench.clock.advance(60_000);
    expect(bench.sent.splice(0).map(({ at }) => at)).toEqual([0]);
    bench.give("DeviceControl.ExpectReportState", { durationInSeconds: 10, intervalInSeconds: 4 });
    bench.clock.advance(60_000);
    expect(bench.sent.map(({ at }) => at - 60_000)).toEqual([0, 4_000, 8_000]);
    expect(bench.clock.pendingTimers).toBe(0);
  });
});

describe("Bluetooth", () => {
  const headset = { address: "02:00:00:00:00:b1", name: "Headset", role: "sink" } as const;
  const telephone = { address: "02:00:00:00:00:b2", name: "Telephone", role: "source" } as const;
  const bluetooth = () => bench.device.state.bluetooth!;
  const executed = (command: string) => ["ActionExecuted", { target: "bluetooth", command }];
  const failed = (command: string) => ["ActionFailed", { target: "bluetooth", command }];

  it("finds peers, and says so when it has", () => {
    bench.give("DeviceControl.BtStartPairing", {});
    expect(bluetooth()).toMatchObject({ pairing: "on", scanning: "on" });
    expect(bench.sent).toEqual([]);
    bench.clock.advance(2_000);
    const found = bench.contextOf("Device.DeviceState", [...bench.sent[0]!.context]);
    expect(found).toMatchObject({ bluetooth: { scanning: "off", scanlist: [headset, telephone] } });
    expect(outcomes()).toEqual([executed("BtStartPairing")]);
    bench.give("DeviceControl.BtStopPairing", {});
    expect(bluetooth()).toMatchObject({ pairing: "off", scanlist: [] });
  });

  it("connects, plays, disconnects and forgets a peer", () => {
    bench.give("DeviceControl.BtConnect", { ...headset, connected: false });
    expect(bluetooth().connecting).toBe("on");
    bench.clock.advance(1_000);
    expect(outcomes()).toEqual([executed("BtConnect"), ["ReportState", {}]]);
    expect(bluetooth()).toMatchObject({ connecting: "off", btlist: [{ connected: true }] });
    bench.give("DeviceControl.BtPlay", {});
    expect(outcomes()).toEqual([["ResumeCommandIssued", {}], executed("BtPlay")]);
    bench.give("DeviceControl.BtDisconnect", {});
    expect(bluetooth().btlist).toMatchObject([{ connected: false }]);
    bench.give("DeviceControl.BtConnect", {});
    bench.clock.advance(1_000);
    expect(bluetooth().btlist).toMatchObject([{ connected: true }]);
    bench.take();
    bench.give("DeviceControl.BtDelete", { ...headset, connected: true });
    bench.give("DeviceControl.BtDelete", { ...headset, connected: true });
    bench.give("DeviceControl.BtPlay", {});
    expect(outcomes()).toEqual([executed("BtDelete"), failed("BtDelete"), failed("BtPlay")]);
  });

  it.each([
    ["0000", [executed("BtConnectByPINCode"), ["ReportState", {}]], 1],
    ["1234", [failed("BtConnectByPINCode"), ["ReportState", {}]], 0],
    ["", [executed("BtConnectByPINCode"), ["ReportState", {}]], 0],
  ])("asks for the PIN, and with %j ends as it should", (pinCode, events, paired) => {
    bench.give("DeviceControl.BtConnect", { ...telephone, connected: false });
    expect(outcomes()).toEqual([
      executed("BtConnect"),
      ["BtRequestForPINCode", { deviceName: "Telephone" }],
    ]);
    bench.give("DeviceControl.BtConnectByPINCode", { pinCode });
    bench.clock.advance(60_000);
    expect(outcomes()).toEqual(events);
    expect(bluetooth()).toMatchObject({ connecting: "off" });
    expect(bluetooth().btlist).toHaveLength(paired);
  });

  it("takes the question for the PIN back when the peer waits no longer", () => {
    bench.give("DeviceControl.BtConnect", { ...telephone, connected: false });
    bench.take();
    bench.clock.advance(30_000);
    expect(bench.take()).toEqual([
      "DeviceControl.BtRequestToCancelPINCodeInput",
      "DeviceControl.ReportState",
    ]);
    bench.give("DeviceControl.BtConnectByPINCode", { pinCode: "0000" });
    expect(outcomes()[0]).toEqual(failed("BtConnectByPINCode"));
  });

  it("fails while it is switched off, and for a peer that is not there", () => {
    bench.give("DeviceControl.BtConnect", { role: "sink" });
    expect(outcomes()).toEqual([failed("BtConnect"), ["ReportState", {}]]);
    bench.give("DeviceControl.TurnOff", { target: "bluetooth" });
    bench.give("DeviceControl.BtStartPairing", {});
    expect(outcomes().at(-1)).toEqual(failed("BtStartPairing"));
  });
});

describe("settings", () => {
  it("are reported when asked, and whole after each change", () => {
    bench = new Bench({ settings: { VoiceTypeChange: "V001", Other: "on" } });
    bench.give("Settings.ExpectReport", {});
    bench.give("Settings.Update", { configuration: { VoiceTypeChange: "V002" } });
    bench.device.settings.update({ New: "1", Wrong: 1, Long: "x".repeat(10_000) });
    expect(bench.takeWith("configuration")).toEqual([
      ["Report", { VoiceTypeChange: "V001", Other: "on" }],
      ["Report", { VoiceTypeChange: "V002", Other: "on" }],
      ["Report", { VoiceTypeChange: "V002", Other: "on", New: "1" }],
    ]);
  });
});

describe("speech", () => {
  const speak = { format: "AUDIO_MPEG", token: "t", url: "cid:a" } as const;
  const speaking = () => bench.contextOf("SpeechSynthesizer.SpeechState");

  it("sounds as long as its bytes, with a report at each end", async () => {
    const incoming = new IncomingAttachment("a", {});
    const { done } = bench.give("SpeechSynthesizer.Speak", speak, incoming.attachment);
    await settle();
    expect(bench.take()).toEqual(["SpeechSynthesizer.SpeechStarted"]);
    expect(speaking()).toEqual({ token: "t", playerActivity: "PLAYING" });
    incoming.begin("application/octet-stream");
    incoming.push(new Uint8Array(6_000));
    incoming.end();
    await settle();
    bench.clock.advance(999);
    await settle();
    expect(bench.take()).toEqual([]);
    bench.clock.advance(1);
    await done;
    expect(bench.take()).toEqual(["SpeechSynthesizer.SpeechFinished"]);
    expect(speaking()).toEqual({ token: "t", playerActivity: "FINISHED" });
  });

  it("is stopped by a newer request, and by a cut", async () => {
    const first = bench.give("SpeechSynthesizer.Speak", { ...speak, url: "https://speech.test" });
    await settle();
    first.directive.abandon();
    await first.done;
    expect(bench.take().at(-1)).toBe("SpeechSynthesizer.SpeechStopped");
    const incoming = new IncomingAttachment("a", {});
    const second = bench.give("SpeechSynthesizer.Speak", speak, incoming.attachment);
    await settle();
    incoming.fail(new TrefoilError("unavailable", "cut"));
    await second.done;
    expect(bench.take().at(-1)).toBe("SpeechSynthesizer.SpeechStopped");
    expect(speaking()).toEqual({ token: "t", playerActivity: "STOPPED" });
    expect(bench.clock.pendingTimers).toBe(0);
  });
});

describe("other messages", () => {
  it("a delegated request is taken over with its id", () => {
    bench.give("Clova.HandleDelegatedEvent", { delegationId: "d" });
    expect(outcomes()).toEqual([["ProcessDelegatedEvent", { delegationId: "d" }]]);
  });

  it("the light goes on and off, and what is to be shown is kept", () => {
    bench.give("Clova.RenderText", { text: "hello" });
    expect(bench.device.shown).toEqual({ name: "Clova.RenderText", payload: { text: "hello" } });
    bench.give("Notifier.ClearIndicator", {});
    expect(bench.device.indicator).toEqual({ kind: "off" });
  });
});

describe("a device that is disposed of", () => {
  it("says nothing any more, and leaves no timer", () => {
    bench.give("DeviceControl.BtStartPairing", {});
    bench.give("Alerts.SetAlert", {
      token: "a",
      type: "ALARM",
      scheduledTime: "2025-01-01T00:01:00Z",
    });
    bench.take();
    bench.device.dispose();
    expect(bench.clock.pendingTimers).toBe(0);
    expect(bench.contextOf("Device.DeviceState")).toBeUndefined();
  });
});
