// What can be switched and set at a device: its features, its volume, and the reports of what was done.

import type { ContextPayload } from "@trefoil/protocol/interfaces";
import type { Report, TakeDirective } from "./device-link.js";
import { type ActionTarget, type ControlName, type DeviceState, controlled } from "./features.js";

/** What the controls work with. */
export interface ControlsOptions {
  readonly report: Report;
  readonly changed: () => void;
  /** Screens that can be opened. */
  readonly screens: readonly ("home" | "settings")[];
}

/** The controls of one device. */
export class Controls {
  readonly #options: ControlsOptions;
  #state: DeviceState;
  #muted = false;

  constructor(state: DeviceState, options: ControlsOptions) {
    this.#state = state;
    this.#options = options;
  }

  /** The features and how they are set. */
  get state(): DeviceState {
    return this.#state;
  }

  get muted(): boolean {
    return this.#muted;
  }

  /** The context `Speaker.VolumeState`; undefined where the device has no volume. */
  get volumeState(): ContextPayload<"Speaker.VolumeState"> | undefined {
    const volume = this.#state.volume?.value;
    return volume === undefined ? undefined : { volume, muted: this.#muted };
  }

  /** A feature is another way now. */
  become(state: DeviceState): void {
    // Who changes the volume wants to hear it.
    if (state.volume !== this.#state.volume) this.#muted = false;
    this.#state = state;
    this.#options.changed();
  }

  /** The user turns the knob; others are told. */
  setVolume(volume: number): void {
    if (!this.#apply("SetValue", "volume", String(Math.round(volume)))) return;
    this.#options.report("DeviceControl.ReportState", {});
  }

  /** Carries out what the platform says. */
  take(on: TakeDirective): void {
    for (const command of ["TurnOn", "TurnOff"] as const) {
      on(`DeviceControl.${command}`, ({ payload: { target } }) =>
        this.#answer(this.#apply(command, target), target, command),
      );
    }
    for (const command of ["Increase", "Decrease", "SetValue"] as const) {
      on(`DeviceControl.${command}`, ({ payload: { target, value } }) =>
        this.#answer(this.#apply(command, target, value), target, command),
      );
    }
    for (const command of ["Open", "OpenScreen"] as const) {
      on(`DeviceControl.${command}`, ({ payload: { target } }) =>
        this.#answer(this.#options.screens.includes(target), target, command),
      );
    }
    // There are no apps to launch, and success would not be answered.
    on("DeviceControl.LaunchApp", () =>
      this.#options.report("DeviceControl.ActionFailed", { target: "app", command: "LaunchApp" }),
    );
    on("PlaybackController.Mute", () => this.#mute(true));
    on("PlaybackController.Unmute", () => this.#mute(false));
    on("PlaybackController.VolumeUp", () => void this.#apply("Increase", "volume"));
    on("PlaybackController.VolumeDown", () => void this.#apply("Decrease", "volume"));
  }

  #apply(command: ControlName, target: string, value?: string): boolean {
    const outcome = controlled(this.#state, command, target, value);
    if (outcome.kind === "executed") this.become(outcome.state);
    return outcome.kind === "executed";
  }

  #answer(
    executed: boolean,
    target: ActionTarget,
    command: ControlName | "Open" | "OpenScreen",
  ): void {
    const name = executed ? "DeviceControl.ActionExecuted" : "DeviceControl.ActionFailed";
    this.#options.report(name, { target, command });
  }

  #mute(muted: boolean): void {
    this.#muted = muted;
    this.#options.changed();
  }
}
