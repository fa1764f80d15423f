// Alarms, timers, reminders and action timers: kept here and rung by the clock, with or without a network.

import type { Clock, Timer } from "@trefoil/protocol/clock";
import type { ContextPayload, DirectivePayload, EventPayload } from "@trefoil/protocol/interfaces";
import type { Report, TakeDirective } from "./device-link.js";

/** An alert as the platform set it. */
export type Alert = DirectivePayload<"Alerts.SetAlert">;

/** What names an alert. */
export type AlertReference = EventPayload<"Alerts.AlertStarted">;

/** Where one alert stands. */
export type AlertPhase =
  | { readonly kind: "waiting"; readonly timer: Timer }
  | { readonly kind: "ringing" }
  /** It has rung; the platform says whether it is deleted or comes again. */
  | { readonly kind: "over" };

/** Alerts that a device keeps at most. */
const maxAlerts = 200;

/** How late an alert may still ring, in milliseconds: half an hour. One that was due before that is of no use any more. */
const grace = 1_800_000;

/** What the alerts work with. */
export interface AlertsOptions {
  readonly clock: Clock;
  readonly report: Report;
  /** The list, or what rings, is another one. */
  readonly changed: () => void;
}

/** The alerts of one device. */
export class Alerts {
  readonly #options: AlertsOptions;
  readonly #alerts = new Map<string, { readonly alert: Alert; phase: AlertPhase }>();

  constructor(options: AlertsOptions) {
    this.#options = options;
  }

  /** All alerts, each with where it stands. */
  get list(): readonly { readonly alert: Alert; readonly phase: AlertPhase["kind"] }[] {
    return [...this.#alerts.values()].map(({ alert, phase }) => ({ alert, phase: phase.kind }));
  }

  /** `Alerts.SetAlert`: adds an alert, or changes the one that it names. */
  set(alert: Alert): void {
    const reference = referenceOf(alert);
    const isNew = !this.#alerts.has(keyOf(alert));
    if (!this.#isUsable(alert) || (isNew && this.#alerts.size >= maxAlerts)) {
      this.#options.report("Alerts.SetAlertFailed", reference);
      return;
    }
    const rang = this.#remove(alert)?.kind === "ringing";
    this.#keep(alert);
    if (rang && !this.#rings(alert)) this.#options.report("Alerts.AlertStopped", reference);
    this.#options.report("Alerts.SetAlertSucceeded", reference);
    this.#options.changed();
  }

  /** `Alerts.DeleteAlert`: also silences it. */
  delete(reference: AlertReference): void {
    const removed = this.#remove(reference) !== undefined;
    this.#options.report(
      removed ? "Alerts.DeleteAlertSucceeded" : "Alerts.DeleteAlertFailed",
      referenceOf(reference),
    );
    if (removed) this.#options.changed();
  }

  /** `Alerts.StopAlert`: one that does not ring is left as it is. */
  stop(reference: AlertReference): void {
    const entry = this.#alerts.get(keyOf(reference));
    if (entry?.phase.kind !== "ringing") return;
    entry.phase = { kind: "over" };
    this.#options.report("Alerts.AlertStopped", referenceOf(reference));
    this.#options.changed();
  }

  /** `Alerts.SynchronizeAlert`: these and no others. What rings goes on if it is among them, unchanged. */
  synchronize(alerts: readonly Alert[]): void {
    const wanted = new Map(alerts.slice(0, maxAlerts).map((alert) => [keyOf(alert), alert]));
    for (const [key, { alert, phase }] of this.#alerts) {
      const same = wanted.get(key)?.scheduledTime === alert.scheduledTime;
      if (same && phase.kind !== "waiting") wanted.delete(key);
      else this.#remove(alert);
    }
    for (const alert of wanted.values()) if (this.#isUsable(alert)) this.#keep(alert);
    this.#options.changed();
  }

  /** Carries out what the platform says. */
  take(on: TakeDirective): void {
    on("Alerts.SetAlert", ({ payload }) => this.set(payload));
    on("Alerts.DeleteAlert", ({ payload }) => this.delete(payload));
    on("Alerts.StopAlert", ({ payload }) => this.stop(payload));
    on("Alerts.SynchronizeAlert", ({ payload }) => this.synchronize(payload.allAlerts));
    on("System.SynchronizeState", ({ payload }) => this.synchronize(payload.allAlerts));
  }

  /** The user pressed the button while an alert rings. @returns whether one rang */
  requestStop(): boolean {
    const ringing = [...this.#alerts.values()].filter(({ phase }) => phase.kind === "ringing");
    for (const { alert } of ringing) {
      this.#options.report("Alerts.RequestAlertStop", referenceOf(alert));
    }
    return ringing.length > 0;
  }

  /** The user deletes an alert by a button. @returns whether there is one of that token */
  requestDelete(token: string): boolean {
    const entry = [...this.#alerts.values()].find(({ alert }) => alert.token === token);
    if (entry === undefined) return false;
    this.#options.report("Alerts.RequestDeleteAlert", referenceOf(entry.alert));
    return true;
  }

  /** The device no longer belongs to the account, or is switched off. */
  clear(): void {
    for (const { alert } of this.#alerts.values()) this.#remove(alert);
    this.#options.changed();
  }

  /** The context `Alerts.AlertsState`. */
  state(): ContextPayload<"Alerts.AlertsState"> {
    const info = ({ alert }: { readonly alert: Alert }) => ({
      ...referenceOf(alert),
      scheduledTime: alert.scheduledTime,
    });
    const entries = [...this.#alerts.values()];
    return {
      allAlerts: entries.map(info),
      activeAlerts: entries.filter(({ phase }) => phase.kind === "ringing").map(info),
    };
  }

  #keep(alert: Alert): void {
    const { clock } = this.#options;
    const delay = Math.max(0, timeOf(alert) - clock.now());
    const timer = clock.after(delay, () => this.#ring(alert));
    this.#alerts.set(keyOf(alert), { alert, phase: { kind: "waiting", timer } });
  }

  #ring(alert: Alert): void {
    const entry = this.#alerts.get(keyOf(alert));
    if (entry?.alert !== alert) return;
    entry.phase = { kind: "ringing" };
    this.#options.report("Alerts.AlertStarted", referenceOf(alert));
    this.#options.changed();
  }

  #rings(alert: AlertReference): boolean {
    return this.#alerts.get(keyOf(alert))?.phase.kind === "ringing";
  }

  #remove(reference: AlertReference): AlertPhase | undefined {
    const entry = this.#alerts.get(keyOf(reference));
    if (entry?.phase.kind === "waiting") entry.phase.timer.cancel();
    this.#alerts.delete(keyOf(reference));
    return entry?.phase;
  }

  #isUsable(alert: Alert): boolean {
    const time = timeOf(alert);
    return Number.isFinite(time) && time > this.#options.clock.now() - grace;
  }
}

function keyOf({ token, type }: AlertReference): string {
  return `${type} ${token}`;
}

function referenceOf({ token, type }: AlertReference): AlertReference {
  return { token, type };
}

/** Milliseconds since the epoch; NaN where the text is none. Offsets come with and without their colon. */
function timeOf({ scheduledTime }: Alert): number {
  return Date.parse(scheduledTime.replace(/([+-]\d{2})(\d{2})$/, "$1:$2"));
}
