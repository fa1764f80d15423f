// A whole device without hardware: rings, plays, speaks and reports as a loudspeaker does, over a client that is connected.

import { type Clock, systemClock } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import {
  type DirectiveName,
  type DirectivePayload,
  checkDirectivePayload,
} from "@trefoil/protocol/interfaces";
import type { DirectiveHandler } from "../directives/index.js";
import type { ClientNotice } from "../notices.js";
import { Alerts } from "./alerts.js";
import { Bluetooth } from "./bluetooth.js";
import { type PlayerButton, press } from "./buttons.js";
import { Controls } from "./controls.js";
import type { DeviceLink, Report, TakeDirective } from "./device-link.js";
import { DeviceSettings } from "./device-settings.js";
import type { DeviceState } from "./features.js";
import {
  type VirtualDeviceOptions,
  defaultNearby,
  defaultSpeechLength,
  defaultTimes,
  loudspeaker,
} from "./options.js";
import { takePlayerDirectives } from "./player-directives.js";
import { Player } from "./player.js";
import { StateReports } from "./state-reports.js";
import { Voice } from "./voice.js";

/** A light that says that something waits. */
export type Indicator =
  | { readonly kind: "off" }
  | { readonly kind: "on"; readonly payload: DirectivePayload<"Notifier.SetIndicator"> };

/** What is on the screen, where there is one. */
export type Shown = { readonly name: DirectiveName; readonly payload: object };

/**
 * A device that carries out what the platform says. Make it before `client.connect()`, so that nothing is missed; it asks for
 * its alerts and settings whenever the connection opens.
 */
export class VirtualDevice {
  readonly alerts: Alerts;
  readonly player: Player;
  readonly voice: Voice;
  readonly settings: DeviceSettings;
  readonly bluetooth: Bluetooth;
  readonly #link: DeviceLink;
  readonly #options: VirtualDeviceOptions;
  readonly #clock: Clock;
  readonly #controls: Controls;
  readonly #stateReports: StateReports;
  readonly #disposals: (() => void)[] = [];
  #indicator: Indicator = { kind: "off" };
  #shown: Shown | undefined;
  #disposed = false;

  constructor(link: DeviceLink, options: VirtualDeviceOptions = {}) {
    this.#link = link;
    this.#options = options;
    const clock = options.clock ?? systemClock;
    this.#clock = clock;
    const report = this.#report;
    const changed = () => this.#changed();
    const screens = options.screens ?? [];
    // A feature that was taken away is undefined, and left out of the JSON.
    const state = { ...loudspeaker, ...options.state } as DeviceState;
    this.#controls = new Controls(state, { report, changed, screens });
    const { trackLength = 180_000, speechLength = defaultSpeechLength } = options;
    this.alerts = new Alerts({ clock, report, changed });
    this.player = new Player({ clock, report, changed, trackLength });
    const heard = (token: string, bytes: Uint8Array) => options.onSpeech?.(token, bytes);
    this.voice = new Voice({ clock, report, changed, speechLength, heard });
    this.settings = new DeviceSettings(options.settings ?? {}, report, changed);
    this.bluetooth = new Bluetooth({
      clock,
      report,
      nearby: options.nearby ?? defaultNearby,
      times: { ...defaultTimes, ...options.bluetoothTimes },
      read: () => this.#controls.state.bluetooth,
      write: (bluetooth) => this.#controls.become({ ...this.#controls.state, bluetooth }),
      resume: () => this.player.resume(),
    });
    this.#stateReports = new StateReports(clock, () => report("DeviceControl.ReportState", {}));
    this.#provideContext();
    this.#takeDirectives();
    this.#disposals.push(link.watch((notice) => this.#noticed(notice)));
  }

  /** Its features and how they are set: the context `Device.DeviceState`. */
  get state(): DeviceState {
    return { ...this.#controls.state, localTime: new Date(this.#clock.now()).toISOString() };
  }

  get muted(): boolean {
    return this.#controls.muted;
  }

  get indicator(): Indicator {
    return this.#indicator;
  }

  /** What was to be shown last. */
  get shown(): Shown | undefined {
    return this.#shown;
  }

  /** The user presses a button of the player. It does what the platform answers. */
  press(button: PlayerButton): void {
    press(this.#report, button);
  }

  /** The user turns the knob. Others are told. @param volume between the feature's `min` and `max` */
  setVolume(volume: number): void {
    this.#controls.setVolume(volume);
  }

  /** Switches the device off: timers end, handlers and context are taken back. The client stays as it is. */
  dispose(): void {
    this.#disposed = true;
    this.alerts.clear();
    this.player.dispose();
    this.bluetooth.dispose();
    this.#stateReports.stop();
    for (const dispose of this.#disposals.splice(0)) dispose();
  }

  #provideContext(): void {
    const { context } = this.#link;
    const { display = { size: "none" as const }, location } = this.#options;
    this.#disposals.push(
      context.provide("Alerts.AlertsState", () => this.alerts.state()),
      context.provide("AudioPlayer.PlaybackState", () => this.player.state()),
      context.provide("Device.DeviceState", () => this.state),
      context.provide("Device.Display", () => display),
      context.provide("Speaker.VolumeState", () => this.#controls.volumeState),
      context.provide("SpeechSynthesizer.SpeechState", () => this.voice.state),
      context.provide("Clova.Location", () => location),
    );
  }

  #takeDirectives(): void {
    const on: TakeDirective = (name, handler) => {
      this.#disposals.push(this.#link.on(name, checked(handler)));
    };
    this.alerts.take(on);
    takePlayerDirectives(on, this.player, this.#report);
    this.#controls.take(on);
    this.bluetooth.take(on);
    on("DeviceControl.ExpectReportState", ({ payload }) => this.#stateReports.expect(payload));
    on("SpeechSynthesizer.Speak", (directive, attachment) =>
      this.voice.speak(directive, attachment),
    );
    on("Settings.ExpectReport", () => this.settings.report());
    on("Settings.Update", ({ payload }) => this.settings.update(payload.configuration));
    on("Settings.UpdateVersionSpec", ({ payload }) => this.settings.offer(payload));
    on("Clova.HandleDelegatedEvent", ({ payload: { delegationId } }) =>
      this.#report("Clova.ProcessDelegatedEvent", { delegationId }),
    );
    on("Notifier.SetIndicator", ({ payload }) => this.#light({ kind: "on", payload }));
    on("Notifier.ClearIndicator", () => this.#light({ kind: "off" }));
    for (const name of shownDirectives) {
      on(name, ({ payload }) => this.#show({ name, payload }));
    }
    for (const name of ignoredDirectives) on(name, () => undefined);
  }

  #light(indicator: Indicator): void {
    this.#indicator = indicator;
    this.#changed();
  }

  #show(shown: Shown): void {
    this.#shown = shown;
    this.#changed();
  }

  #noticed(notice: ClientNotice): void {
    if (notice.kind === "sign-in-needed") this.alerts.clear();
    if (notice.kind !== "connection" || notice.state.phase !== "open") return;
    if (notice.previous.phase === "open") return;
    this.#report("Alerts.RequestSynchronizeAlert", {});
    this.#report("Settings.RequestVersionSpec", {});
  }

  readonly #report: Report = (name, payload) => {
    if (this.#disposed) return;
    this.#link
      .send(name, payload)
      .then((answer) => answer.directives())
      .catch((error: unknown) => this.#options.onFailure?.(name, error));
  };

  #changed(): void {
    if (!this.#disposed) this.#options.onChange?.();
  }
}

/** What goes to the screen. */
const shownDirectives = [
  "Clova.RenderText",
  "Clova.RenderTemplate",
  "TemplateRuntime.RenderPlayerInfo",
] as const satisfies readonly DirectiveName[];

/** What a device without hardware knows and has nothing to do about. */
const ignoredDirectives = [
  "Clova.Hello",
  "DeviceControl.SynchronizeState",
  "Notifier.Notify",
] as const satisfies readonly DirectiveName[];

/**
 * A handler that refuses what is not as the catalogue has it, as a device does that would otherwise play it. Alerts and
 * device control answer by an event of their own that it failed.
 */
function checked<P>(handler: DirectiveHandler<P>): DirectiveHandler<P> {
  return (directive, attachment) => {
    const { name, payload } = directive;
    const answersItself = /^(?:Alerts|DeviceControl)\./.test(name);
    const check = answersItself ? undefined : checkDirectivePayload(name, payload);
    if (check?.kind === "invalid") {
      const where = check.path === "" ? name : `${name}: ${check.path}`;
      throw new TrefoilError("invalid_payload", `${where} ${check.message}`);
    }
    return handler(directive, attachment);
  };
}
