// The types of names and payloads: what compiles and what must not.

import { describe, expect, expectTypeOf, it } from "vitest";
import type { Payload } from "../messages/index.js";
import { checkDirectivePayload } from "./lookup.js";
import type {
  ContextName,
  ContextPayload,
  DirectiveName,
  DirectivePayload,
  EmptyPayload,
  EventName,
  EventPayload,
  TemplatePayload,
} from "./payloads.js";

type AlertType = "ACTIONTIMER" | "ALARM" | "REMINDER" | "TIMER";

describe("the types of names", () => {
  it("are the names of the catalogue, each of its own kind", () => {
    expectTypeOf<"Alerts.AlertStarted">().toExtend<EventName>();
    expectTypeOf<"Alerts.SetAlert">().toExtend<DirectiveName>();
    expectTypeOf<"Device.Display">().toExtend<ContextName>();
    expectTypeOf<"Alerts.SetAlert">().not.toExtend<EventName>();
    expectTypeOf<"Alerts.AlertStarted">().not.toExtend<DirectiveName>();
    expectTypeOf<"Alerts.Nothing">().not.toExtend<EventName>();
    expectTypeOf<string>().not.toExtend<EventName>();
    expectTypeOf<"Alerts.AlertsState">().not.toExtend<EventName | DirectiveName>();
  });
});

describe("the types of payloads", () => {
  it("have the members of the schema and no others", () => {
    expectTypeOf<EventPayload<"Alerts.AlertStarted">>().toEqualTypeOf<{
      readonly token: string;
      readonly type: AlertType;
    }>();
    expectTypeOf<EventPayload<"TemplateRuntime.RequestPlayerInfo">>().toEqualTypeOf<{
      readonly token: string;
      readonly range?:
        | { readonly before?: number | undefined; readonly after?: number | undefined }
        | undefined;
    }>();
    expectTypeOf<keyof DirectivePayload<"Clova.RenderText">>().toEqualTypeOf<"text">();
  });

  it("reach all the way down", () => {
    type Stream = DirectivePayload<"AudioPlayer.Play">["audioItem"]["stream"];
    expectTypeOf<keyof Stream>().toEqualTypeOf<
      | "token"
      | "url"
      | "urlPlayable"
      | "beginAtInMilliseconds"
      | "durationInMilliseconds"
      | "format"
      | "customData"
      | "progressReport"
    >();
    type Alerts = DirectivePayload<"Alerts.SynchronizeAlert">["allAlerts"];
    expectTypeOf<Alerts[number]["type"]>().toEqualTypeOf<AlertType>();
    expectTypeOf<ContextPayload<"Device.DeviceState">["volume"]>().toEqualTypeOf<
      | {
          readonly actions: readonly ("Decrease" | "Increase" | "SetValue")[];
          readonly min: number;
          readonly max: number;
          readonly value: number;
          readonly warning?: number | undefined;
        }
      | undefined
    >();
  });

  it("tell null, absence and open lists apart", () => {
    type Device = DirectivePayload<"DeviceControl.RenderDeviceList">["deviceList"][number];
    expectTypeOf<Device["companionAppUrl"]>().toEqualTypeOf<string | null | undefined>();
    expectTypeOf<Device["deviceName"]>().toEqualTypeOf<string>();
    expectTypeOf<"집">().toExtend<ContextPayload<"Clova.SavedPlace">["places"][number]["name"]>();
    expectTypeOf<string>().toExtend<ContextPayload<"Clova.SavedPlace">["places"][number]["name"]>();
  });

  it("are a payload of any message, so that they can be sent", () => {
    expectTypeOf<DirectivePayload<DirectiveName>>().toExtend<Payload>();
    expectTypeOf<EventPayload<EventName>>().toExtend<Payload>();
    expectTypeOf<ContextPayload<ContextName>>().toExtend<Payload>();
  });

  it("allow no member where there is none", () => {
    expectTypeOf<DirectivePayload<"Clova.Hello">>().toEqualTypeOf<EmptyPayload>();
    // @ts-expect-error an empty payload has no members
    const payload: DirectivePayload<"Clova.Hello"> = { greeting: "hi" };
    expect(checkDirectivePayload("Clova.Hello", payload)).toEqual({ kind: "valid" });
  });

  it("keep free keys where keys are free by design", () => {
    expectTypeOf<DirectivePayload<"Settings.Update">>().toEqualTypeOf<{
      readonly configuration: { readonly [key: string]: string };
    }>();
  });

  it("refuse a member that is misspelt, missing or of another type", () => {
    // @ts-expect-error `tokn` is misspelt
    const misspelt: EventPayload<"Alerts.AlertStarted"> = { tokn: "t", type: "ALARM" };
    // @ts-expect-error `type` is missing
    const missing: EventPayload<"Alerts.AlertStarted"> = { token: "t" };
    // @ts-expect-error `EGG` is no type of alert
    const other: EventPayload<"Alerts.AlertStarted"> = { token: "t", type: "EGG" };
    const deep: DirectivePayload<"Alerts.SynchronizeAlert"> = {
      // @ts-expect-error `lable` is misspelt
      allAlerts: [{ token: "t", type: "ALARM", scheduledTime: "", lable: "" }],
    };
    expect([misspelt, missing, other, deep]).toHaveLength(4);
  });

  it("take the members of a variant together, or not at all", () => {
    type Connect = DirectivePayload<"DeviceControl.BtConnect">;
    const peer = { address: "a", connected: true, name: "n", role: "sink" } as const;
    const right: Connect[] = [{}, { role: "source" }, peer];
    // @ts-expect-error an address never comes without the rest
    const wrong: Connect = { address: "a" };
    const verdicts = [...right, wrong].map(
      (payload) => checkDirectivePayload("DeviceControl.BtConnect", payload).kind,
    );
    expect(verdicts).toEqual(["valid", "valid", "valid", "invalid"]);
  });

  it("tell templates apart by their type", () => {
    type Template = DirectivePayload<"Clova.RenderTemplate">;
    expectTypeOf<TemplatePayload<"Humidity">>().toExtend<Template>();
    expectTypeOf<Extract<Template, { readonly type: "Humidity" }>["humidity"]>().toEqualTypeOf<
      { readonly type: "percentage"; readonly value: string | number } | undefined
    >();
    expectTypeOf<TemplatePayload<"ImageText">["display"]>().not.toBeAny();
  });
});
