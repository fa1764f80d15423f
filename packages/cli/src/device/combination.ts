// Options of `trefoil device` that cannot go together: said before anything is read or written, instead of leaving one out.

import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { TrefoilError } from "@trefoil/protocol/errors";

/** The options that can be in each other's way. */
export interface CombinedOptions {
  readonly once?: string;
  readonly record?: string;
  readonly replay?: string;
  readonly fleet?: number;
  readonly for?: number;
  readonly tokens?: string;
}

/** Pairs, with why one leaves nothing to the other. */
const contradictions: readonly (readonly [keyof CombinedOptions, keyof CombinedOptions, string])[] =
  [
    ["fleet", "once", "a fleet asks by itself"],
    ["fleet", "record", "only the session of one device is recorded"],
    ["fleet", "replay", "a recording is typed again by one device"],
    ["fleet", "tokens", "a fleet keeps its tokens in memory"],
    ["once", "replay", "what is asked comes from one of them"],
  ];

/**
 * @param cwd what file names are seen from
 * @throws {TrefoilError} `invalid_configuration` where options contradict each other
 */
export function checkCombination(options: CombinedOptions, cwd: string): void {
  for (const [one, other, why] of contradictions) {
    if (options[one] !== undefined && options[other] !== undefined) {
      throw refused(`--${one} and --${other} do not go together: ${why}`);
    }
  }
  if (options.for !== undefined && options.fleet === undefined) {
    throw refused("--for says how long a fleet runs: give --fleet too");
  }
  const { record, replay } = options;
  if (record === undefined || replay === undefined) return;
  if (placeOf(resolve(cwd, record)) === placeOf(resolve(cwd, replay))) {
    throw refused("--record would write over the recording of --replay: name another file");
  }
}

/** Where a name leads, through links; a file that is not there yet is nobody else's. */
function placeOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function refused(message: string): TrefoilError {
  return new TrefoilError("invalid_configuration", message);
}
