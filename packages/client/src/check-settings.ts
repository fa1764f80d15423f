// Settings that would have a client spin, or never do anything, are refused when it is made.

import { TrefoilError } from "@trefoil/protocol/errors";

/** The least that settings may be where 0 would mean "without a pause" or "never". */
const least: Readonly<Record<string, number>> = {
  "connection.connectTimeout": 1,
  "connection.openTimeout": 1,
  "connection.pingInterval": 100,
  "connection.pingTimeout": 1,
  "connection.backoff.first": 1,
  "connection.backoff.longest": 1,
  "connection.maxRefusals": 1,
  "events.waiting.maxEvents": 1,
  "events.maxConcurrent": 1,
  "events.responseTimeout": 1,
  "events.backoff.first": 1,
  "events.backoff.longest": 1,
  "limits.maxParts": 1,
  "limits.maxDirectiveBytes": 1,
  "limits.maxPartHeaderBytes": 1,
  "limits.rememberedDirectives": 1,
};

/**
 * Checks every number of the settings.
 * @throws {TrefoilError} `invalid_request` that names the first one that is none, or too small
 */
export function checkSettings(settings: object, path = ""): void {
  for (const [name, value] of Object.entries(settings) as [string, unknown][]) {
    const at = path === "" ? name : `${path}.${name}`;
    if (typeof value === "object" && value !== null) {
      checkSettings(value, at);
      continue;
    }
    const bound = least[at] ?? 0;
    if (typeof value === "number" && value >= bound) continue;
    throw new TrefoilError(
      "invalid_request",
      `The setting ${at} must be a number from ${bound} on, not ${String(value)}.`,
    );
  }
}
