// The device's state as it goes along with events.
import { expect, it } from "vitest";
import { ContextProviders } from "./context-providers.js";

it("is what each provider answers now; what is undefined or fails is left out", () => {
  const failures: string[] = [];
  const context = new ContextProviders((name) => failures.push(name));
  let volume = 1;
  context.provide("Speaker.VolumeState", () => ({ volume, muted: false }));
  context.provide("Alerts.AlertsState", () => undefined);
  const removeBroken = context.provide("Device.DeviceState", () => {
    throw new Error("no such sensor");
  });
  volume = 2;
  const entry = {
    header: { namespace: "Speaker", name: "VolumeState" },
    payload: { volume: 2, muted: false },
  };
  expect(context.entries()).toEqual([entry]);
  expect(failures).toEqual(["Device.DeviceState"]);
  removeBroken();
  context.entries();
  expect(failures).toHaveLength(1);
});

it("takes the later of two providers of one name, and taking the earlier back changes nothing", () => {
  const context = new ContextProviders(() => undefined);
  const removeFirst = context.provide("Test.State", () => ({ n: 1 }));
  context.provide("Test.State", () => ({ n: 2 }));
  removeFirst();
  expect(context.entries().map(({ payload }) => payload)).toEqual([{ n: 2 }]);
});
