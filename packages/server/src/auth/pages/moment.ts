// Times as people read them: how long ago, with the exact time in UTC for whoever wants it.

import { html } from "hono/html";
import type { Language } from "./language.js";
import type { Html } from "./page.js";

const steps = [
  ["year", 365 * 86_400_000],
  ["month", 30 * 86_400_000],
  ["week", 7 * 86_400_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

/** A time as "3 hours ago". @param at @param now milliseconds since the epoch */
export function ago(language: Language, at: number, now: number): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const elapsed = Math.max(0, now - at);
  for (const [unit, length] of steps) {
    if (elapsed >= length) return format.format(-Math.floor(elapsed / length), unit);
  }
  return format.format(0, "second");
}

/** A day, in UTC. */
export function dayOf(language: Language, at: number): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(at);
}

/** A time as an element: relative in the text, exact in its title and for machines. */
export function moment(language: Language, at: number, now: number): Html {
  const exact = new Intl.DateTimeFormat(language, {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone: "UTC",
  }).format(at);
  return html`<time datetime="${new Date(at).toISOString()}" title="${exact} UTC"
    >${ago(language, at, now)}</time
  >`;
}
