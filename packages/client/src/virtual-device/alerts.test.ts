// Alerts that are set, ring by the clock, are stopped, deleted and synchronised, with exactly the events that belong to it.
import { beforeEach, describe, expect, it } from "vitest";
import type { Alert } from "./alerts.js";
import { Bench } from "./fake-link.test.support.js";

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});

const timer = (token: string, seconds: number): Alert => ({
  token,
  type: "TIMER",
  scheduledTime: new Date(bench.clock.now() + seconds * 1000).toISOString(),
});
const reference = (token: string) => ({ token, type: "TIMER" }) as const;
const active = () =>
  (bench.contextOf("Alerts.AlertsState") as { activeAlerts: Alert[] }).activeAlerts.map(
    ({ token }) => token,
  );
const all = () => bench.device.alerts.list.map(({ alert, phase }) => [alert.token, phase]);

describe("an alert", () => {
  it("is set, rings at its time, and is stopped and deleted by directives alone", () => {
    bench.give("Alerts.SetAlert", timer("a", 60));
    expect(bench.take()).toEqual(["Alerts.SetAlertSucceeded"]);
    bench.clock.advance(59_999);
    expect(bench.sent).toEqual([]);
    bench.clock.advance(1);
    expect(bench.sent.at(-1)).toMatchObject({
      name: "Alerts.AlertStarted",
      payload: reference("a"),
      at: 60_000,
    });
    expect(bench.take()).toEqual(["Alerts.AlertStarted"]);
    expect(active()).toEqual(["a"]);
    expect(bench.device.alerts.requestStop()).toBe(true);
    expect(bench.take()).toEqual(["Alerts.RequestAlertStop"]);
    expect(active()).toEqual(["a"]);
    bench.give("Alerts.StopAlert", reference("a"));
    expect(bench.take()).toEqual(["Alerts.AlertStopped"]);
    expect(active()).toEqual([]);
    bench.give("Alerts.DeleteAlert", reference("a"));
    expect(bench.take()).toEqual(["Alerts.DeleteAlertSucceeded"]);
    expect(all()).toEqual([]);
    expect(bench.clock.pendingTimers).toBe(0);
  });

  it("is changed by a second SetAlert with its token", () => {
    bench.give("Alerts.SetAlert", timer("a", 60));
    bench.give("Alerts.SetAlert", timer("a", 120));
    bench.take();
    bench.clock.advance(119_999);
    expect(bench.take()).toEqual([]);
    bench.clock.advance(1);
    expect(bench.take()).toEqual(["Alerts.AlertStarted"]);
  });

  it("that repeats is set anew with its next occurrence after it was stopped", () => {
    bench.give("Alerts.SetAlert", timer("a", 1));
    bench.clock.advance(1_000);
    bench.give("Alerts.StopAlert", reference("a"));
    bench.give("Alerts.SetAlert", timer("a", 86_400));
    bench.take();
    bench.clock.advance(86_400_000);
    expect(bench.take()).toEqual(["Alerts.AlertStarted"]);
  });

  it("that is moved while it rings falls silent, and says so", () => {
    bench.give("Alerts.SetAlert", timer("a", 1));
    bench.clock.advance(1_000);
    bench.take();
    bench.give("Alerts.SetAlert", timer("a", 60));
    expect(bench.take()).toEqual(["Alerts.AlertStopped", "Alerts.SetAlertSucceeded"]);
    expect(active()).toEqual([]);
  });

  it.each([
    ["2025-01-01T09:00:10+09:00", ["Alerts.SetAlertSucceeded", "Alerts.AlertStarted"]],
    ["2025-01-01T09:00:10+0900", ["Alerts.SetAlertSucceeded", "Alerts.AlertStarted"]],
    ["2024-12-31T23:45:00Z", ["Alerts.SetAlertSucceeded", "Alerts.AlertStarted"]],
    ["2024-12-31T23:00:00Z", ["Alerts.SetAlertFailed"]],
  ])("for %s is taken as it should be", (scheduledTime, events) => {
    bench.give("Alerts.SetAlert", { token: "a", type: "ALARM", scheduledTime });
    bench.clock.advance(10_000);
    expect(bench.take()).toEqual(events);
  });

  it("that is not there cannot be deleted, and stopping it says nothing", () => {
    bench.give("Alerts.DeleteAlert", reference("a"));
    expect(bench.take()).toEqual(["Alerts.DeleteAlertFailed"]);
    bench.give("Alerts.StopAlert", reference("a"));
    expect(bench.take()).toEqual([]);
  });

  it("too many are refused, and a known one can still be changed", () => {
    for (let index = 0; index < 201; index++) bench.give("Alerts.SetAlert", timer(`${index}`, 60));
    expect(bench.take().filter((name) => name === "Alerts.SetAlertFailed")).toHaveLength(1);
    bench.give("Alerts.SetAlert", timer("7", 90));
    expect(bench.take()).toEqual(["Alerts.SetAlertSucceeded"]);
  });
});

describe("synchronising", () => {
  it("replaces all alerts by those that came, and what rings unchanged goes on", () => {
    const ringing = timer("ringing", 1);
    bench.give("Alerts.SetAlert", ringing);
    bench.give("Alerts.SetAlert", timer("old", 60));
    bench.clock.advance(1_000);
    bench.take();
    bench.give("Alerts.SynchronizeAlert", { allAlerts: [ringing, timer("new", 60)] });
    expect(bench.take()).toEqual([]);
    expect(all()).toEqual([
      ["ringing", "ringing"],
      ["new", "waiting"],
    ]);
    bench.clock.advance(60_000);
    expect(bench.take()).toEqual(["Alerts.AlertStarted"]);
    bench.give("System.SynchronizeState", { allAlerts: [] });
    expect(all()).toEqual([]);
    expect(bench.clock.pendingTimers).toBe(0);
  });

  it("is asked for when the connection opens", () => {
    const state = { phase: "open" } as never;
    bench.tell({ kind: "connection", state, previous: { phase: "opening" } as never });
    expect(bench.take()).toEqual(["Alerts.RequestSynchronizeAlert", "Settings.RequestVersionSpec"]);
  });

  it("is not needed by a device that was taken out of its account: it forgets them", () => {
    bench.give("Alerts.SetAlert", timer("a", 60));
    bench.tell({ kind: "sign-in-needed", error: new Error("dead") as never });
    expect(all()).toEqual([]);
    expect(bench.clock.pendingTimers).toBe(0);
  });
});
