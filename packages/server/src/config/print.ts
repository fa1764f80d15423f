// The effective configuration as YAML that could be a configuration file again, each value with where it came from.

import { stringify } from "yaml";
import { type LoadedConfig, valueAt } from "./load.js";
import { configSchema } from "./schema.js";
import { type Setting, listSettings } from "./settings.js";

/** What stands in the place of a secret value. */
const hidden = "(hidden)";

/**
 * Writes a loaded configuration as YAML. Settings that have no value are comments; secret values are never written.
 * @param loaded what {@link loadConfig} answered
 * @param settings which settings to write; all of them unless given
 */
export function printConfig(
  loaded: LoadedConfig,
  settings: readonly Setting[] = listSettings(configSchema),
): string {
  const lines: string[] = [];
  /** The sections that the last line stands in, from the top. */
  let open: readonly string[] = [];
  for (const setting of settings) {
    const segments = setting.path.split(".");
    const sections = segments.slice(0, -1);
    for (const [depth, name] of sections.entries()) {
      const isOpen = sections.slice(0, depth + 1).every((each, index) => each === open[index]);
      if (!isOpen) lines.push(`${"  ".repeat(depth)}${name}:`);
    }
    open = sections;
    lines.push("  ".repeat(segments.length - 1) + lineOf(setting, segments.at(-1) ?? "", loaded));
  }
  return `${lines.join("\n")}\n`;
}

function lineOf(setting: Setting, name: string, loaded: LoadedConfig): string {
  const value = valueAt(loaded.config, setting.path);
  if (value === undefined) return `# ${name}:`;
  const source = loaded.sources.get(setting.path);
  const comment = source === undefined ? "" : ` # ${source}`;
  const text = setting.isSecret
    ? `# ${name}: ${hidden}`
    : `${name}: ${stringify(value, { collectionStyle: "flow", lineWidth: 0 }).trimEnd()}`;
  return `${text}${comment}`;
}
