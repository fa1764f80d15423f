// Values of options, as they are typed.

import { InvalidArgumentError } from "@commander-js/extra-typings";

/** Whole seconds, at most a year. */
export function readSeconds(text: string): number {
  const seconds = Number(text);
  if (/^\d{1,8}$/.test(text) && seconds <= 31_536_000) return seconds;
  throw new InvalidArgumentError("It must be a whole number of seconds, at most a year.");
}

/** How many entries, from 1 to 100,000. */
export function readCount(text: string): number {
  const count = Number(text);
  if (/^\d{1,6}$/.test(text) && count >= 1 && count <= 100_000) return count;
  throw new InvalidArgumentError("It must be a whole number from 1 to 100000.");
}

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * A time: how long ago (`30m`, `2h`, `7d`), or when (`2025-07-01`, `2025-07-01T12:00:00Z`).
 * @param now milliseconds since the epoch
 * @returns as in `2025-07-01T12:00:00.000Z`
 */
export function readTime(text: string, now: number): string {
  const [, amount, unit = ""] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const at =
    amount === undefined
      ? /^\d{4}-\d\d-\d\d/.test(text)
        ? Date.parse(text)
        : Number.NaN
      : now - Number(amount) * (units[unit] ?? 0);
  if (!Number.isNaN(at)) return new Date(at).toISOString();
  throw new InvalidArgumentError("It must be like 30m, 2h, 7d, or 2025-07-01T12:00:00Z.");
}
