// Settings from environment variables and from the command line's flags.

import { type Assignment, type Layer, describeUnknown, readText } from "./assignment.js";
import type { Setting } from "./settings.js";
import { closestName } from "./suggest.js";

const prefix = "TREFOIL_";

/** The variable that names the configuration file; no setting, because a file cannot name itself. */
export const fileVariable = "TREFOIL_CONFIG";

/** Variables of the other commands, as `trefoil device`: no settings of a server. */
const variablesOfOthers = new Set([
  "TREFOIL_ACCESS_TOKEN",
  "TREFOIL_ACCOUNT_TOKEN",
  "TREFOIL_ADMIN_TOKEN",
  "TREFOIL_CLIENT_ID",
  "TREFOIL_CLIENT_SECRET",
  "TREFOIL_LOCKED_ACCOUNT_TOKEN",
  "TREFOIL_TERMS_ACCOUNT_TOKEN",
]);

/** A flag as it was given: which setting it is for, and its text. */
export interface Flag {
  /** How it is called on the command line, as in `--port`. */
  readonly flag: string;
  /** The setting's path, as in `listen.port`. */
  readonly path: string;
  readonly text: string;
}

/** Variables that Kubernetes puts into every pod for a service that is called `trefoil`. */
const serviceLink =
  /^TREFOIL(_[A-Z0-9_]+)?_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_\d+_(TCP|UDP)(_[A-Z]+)?)$/;

/**
 * Reads the variables that start with `TREFOIL_`. An empty one counts as unset. A variable that looks like a misspelt
 * one of ours, of a setting or of another command, is a problem; another one that is unknown only a warning, because other
 * programs may use the prefix.
 */
export function readEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  settings: readonly Setting[],
  cwd: string,
): Layer {
  const byVariable = new Map(settings.map((setting) => [setting.environment, setting]));
  for (const setting of settings) {
    if (setting.longEnvironment !== undefined) byVariable.set(setting.longEnvironment, setting);
  }
  const known = [...byVariable.keys(), fileVariable, ...variablesOfOthers];
  const given = new Map<Setting, string>();
  const assignments: Assignment[] = [];
  const problems: string[] = [];
  const warnings: string[] = [];
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith(prefix) || variable === fileVariable) continue;
    if (text === undefined || text === "") continue;
    const setting = byVariable.get(variable);
    if (setting !== undefined) {
      if (setting.path === "listen.port" && text.startsWith("tcp://")) {
        problems.push(
          `${variable}: Kubernetes set it to an address because a service is called "trefoil"; set enableServiceLinks: false in the pod`,
        );
        continue;
      }
      const earlier = given.get(setting);
      if (earlier !== undefined && env[earlier] !== text) {
        problems.push(`${variable}: ${setting.path} was already given by ${earlier}`);
      }
      given.set(setting, variable);
      const value = readText(setting, text);
      assignments.push({ setting, value, source: variable, base: cwd });
    } else if (!serviceLink.test(variable) && !variablesOfOthers.has(variable)) {
      const meant = closestVariable(variable, known);
      if (meant === undefined) warnings.push(`${variable}: no such variable; it is not looked at`);
      else problems.push(`${variable}: no such variable; did you mean ${meant}?`);
    }
  }
  return { assignments, problems, warnings };
}

/** The variable that was probably meant; the prefix that all share does not make any two alike. */
function closestVariable(variable: string, known: readonly string[]): string | undefined {
  const bare = known.map((name) => name.slice(prefix.length));
  const meant = closestName(variable.slice(prefix.length), bare);
  return meant === undefined ? undefined : `${prefix}${meant}`;
}

/** Reads flags; the same setting given twice is a problem. */
export function readFlags(
  flags: readonly Flag[],
  settings: readonly Setting[],
  cwd: string,
): Layer {
  const byPath = new Map(settings.map((setting) => [setting.path, setting]));
  const given = new Map<string, string>();
  const assignments: Assignment[] = [];
  const problems: string[] = [];
  for (const { flag, path, text } of flags) {
    const setting = byPath.get(path);
    const earlier = given.get(path);
    if (setting === undefined) {
      problems.push(`${flag}: ${describeUnknown(path, settings)}`);
    } else if (earlier === undefined) {
      assignments.push({ setting, value: readText(setting, text), source: flag, base: cwd });
    } else {
      problems.push(`${flag}: ${path} was already given by ${earlier}`);
    }
    given.set(path, flag);
  }
  return { assignments, problems, warnings: [] };
}
