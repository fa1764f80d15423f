// What the compiler knows of messages: right payloads compile, wrong ones do not. `tsc -b` is the test; running shows the names.
import { expect, expectTypeOf, it } from "vitest";
import type { Attachment, Client, EventResponse, ReceivedDirective } from "./index.js";

/** Never called: its body is there to be compiled. */
function compiled(client: Client): void {
  void client.send("Alerts.SetAlertSucceeded", { token: "t", type: "ALARM" });
  // @ts-expect-error: `type` is missing.
  void client.send("Alerts.SetAlertSucceeded", { token: "t" });
  // @ts-expect-error: no such type of alert.
  void client.send("Alerts.SetAlertSucceeded", { token: "t", type: "GONG" });
  // @ts-expect-error: a member that is misspelt.
  void client.send("TextRecognizer.Recognize", { text: "hello", txet: "" });
  // @ts-expect-error: a directive is no event; its payload does not help.
  void client.send("Alerts.SetAlertSucceeded", { text: "hello" });
  void client.send("TextRecognizer.Recognize", { text: "hello" });
  // A name that the catalogue does not have takes any payload.
  void client.send("Maker.CustomEvent", { anything: [1] });

  client.on("SpeechSynthesizer.Speak", ({ payload, signal }, attachment) => {
    expectTypeOf(payload.url).toEqualTypeOf<string>();
    expectTypeOf(payload.format).toEqualTypeOf<"AUDIO_MPEG">();
    expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
    expectTypeOf(attachment).toEqualTypeOf<Attachment | undefined>();
    // @ts-expect-error: no such member.
    void payload.uri;
  });
  client.on("Alerts.SetAlert", ({ payload }) => {
    expectTypeOf(payload.type).toEqualTypeOf<"ACTIONTIMER" | "ALARM" | "REMINDER" | "TIMER">();
  });
  client.on("Maker.CustomDirective", ({ payload }) => {
    expectTypeOf(payload).toEqualTypeOf<Readonly<Record<string, unknown>>>();
  });
  client.on("*", (directive) => {
    expectTypeOf(directive).toEqualTypeOf<ReceivedDirective>();
  });
  client.context.provide("Speaker.VolumeState", () => ({ volume: 5, muted: false }));
  // @ts-expect-error: `muted` is missing.
  client.context.provide("Speaker.VolumeState", () => ({ volume: 5 }));
  void client.recognize([] as never, { lang: "ko" });
  // @ts-expect-error: no such language.
  void client.recognize([] as never, { lang: "xx" });
  expectTypeOf(client.send("System.RequestSynchronizeState", {})).toEqualTypeOf<
    Promise<EventResponse>
  >();
}

it("is checked where this file is compiled", () => {
  expect(compiled).toBeTypeOf("function");
});
