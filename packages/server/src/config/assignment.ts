// One value given to one setting, and where it was written: what files, variables and flags are all turned into.

import type { Setting } from "./settings.js";
import { closestName } from "./suggest.js";

/** A value that someone gave to a setting. */
export interface Assignment {
  readonly setting: Setting;
  readonly value: unknown;
  /** Where it was written, as an operator finds it: `trefoil.yaml:12`, `TREFOIL_PORT`, `--port`. */
  readonly source: string;
  /** Absolute directory that relative paths of this source start from. */
  readonly base: string;
}

/** What one source brought: what could be used, and a line for each thing that could not. */
export interface Layer {
  readonly assignments: readonly Assignment[];
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  /** Whether the source could not be read at all: then nobody knows what it would have brought. */
  readonly isUnread?: boolean;
}

const truths = new Set(["true", "yes", "on", "1"]);
const falsehoods = new Set(["false", "no", "off", "0"]);

/**
 * A text from a variable or flag as the setting's kind of value. What does not read as that stays a text, for the schema
 * to refuse.
 */
export function readText(setting: Setting, text: string): unknown {
  switch (setting.kind) {
    case "integer":
      return /^[+-]?\d{1,16}$/.test(text.trim()) ? Number(text) : text;
    case "boolean": {
      const word = text.trim().toLowerCase();
      if (truths.has(word)) return true;
      return falsehoods.has(word) ? false : text;
    }
    case "list":
      // Lists of more than words are written as JSON; what is no JSON either is for the schema to refuse.
      if (/^\s*\[/.test(text)) return readJson(text);
      return text
        .split(",")
        .map((item) => item.trim())
        .filter((item) => item !== "");
    case "text":
      return text;
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** A sentence on a name that is no setting, with the setting that was probably meant. */
export function describeUnknown(path: string, settings: readonly Setting[]): string {
  const paths = settings.map((setting) => setting.path);
  const name = path.slice(path.lastIndexOf(".") + 1);
  const meant =
    closestName(path, paths) ??
    // Right name in the wrong section: `port` at the top is `listen.port`.
    paths.find((other) => other.endsWith(`.${name}`)) ??
    closestName(
      path,
      paths.flatMap((other) => other.split(".").slice(0, 1)),
    );
  const hint = meant === undefined || meant === path ? "" : `; did you mean "${meant}"?`;
  // What is not written like a name may be anything, a secret too.
  const isName = /^[\w.-]{1,64}$/.test(path);
  return isName || hint !== ""
    ? `unknown setting "${path.slice(0, 64)}"${hint}`
    : "no setting's name";
}
