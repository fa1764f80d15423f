// The device's own settings: free keys, texts as values, reported whole after each change.

import type { DirectivePayload } from "@trefoil/protocol/interfaces";
import type { Report } from "./device-link.js";

/** Which settings the platform wants offered. */
export type VersionSpec = DirectivePayload<"Settings.UpdateVersionSpec">;

/** Settings that a device keeps, and the length of each, at most. */
const limits = { settings: 200, key: 128, value: 2_048 } as const;

/** The settings of one device. */
export class DeviceSettings {
  readonly #report: Report;
  readonly #changed: () => void;
  readonly #values: Map<string, string>;
  #versionSpec: VersionSpec | undefined;

  constructor(initial: Readonly<Record<string, string>>, report: Report, changed: () => void) {
    this.#values = new Map(Object.entries(initial));
    this.#report = report;
    this.#changed = changed;
  }

  /** All of them. */
  get values(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#values);
  }

  /** The answer to `Settings.RequestVersionSpec`. */
  get versionSpec(): VersionSpec | undefined {
    return this.#versionSpec;
  }

  /** `Settings.ExpectReport`. */
  report(): void {
    this.#report("Settings.Report", { configuration: this.values });
  }

  /** `Settings.Update`, or the user at the device: reports all settings. What is no text, or too long, is left out. */
  update(changes: Readonly<Record<string, unknown>>): void {
    for (const [key, value] of Object.entries(changes)) {
      const isNew = !this.#values.has(key);
      if (typeof value !== "string" || value.length > limits.value) continue;
      if (key.length > limits.key || (isNew && this.#values.size >= limits.settings)) continue;
      this.#values.set(key, value);
    }
    this.#changed();
    this.report();
  }

  /** `Settings.UpdateVersionSpec`. */
  offer(versionSpec: VersionSpec): void {
    this.#versionSpec = versionSpec;
    this.#changed();
  }
}
