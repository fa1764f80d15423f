// From file, environment and flags to one checked configuration, or to a list of all that is wrong.

import { isAbsolute, relative, resolve } from "node:path";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { z } from "zod";
import type { Assignment, Layer } from "./assignment.js";
import { type Flag, fileVariable, readEnvironment, readFlags } from "./environment.js";
import { type ServerForm, findMissing, findPortClashes, findWarnings } from "./requirements.js";
import { type Config, configSchema } from "./schema.js";
import { type Setting, expectationOf, listSettings } from "./settings.js";
import { readConfigFile } from "./yaml-file.js";

/** Where the configuration comes from. */
export interface ConfigRequest {
  readonly form: ServerForm;
  /** The file, relative to `cwd`; unless given, the one that `TREFOIL_CONFIG` names, or none. */
  readonly file?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags?: readonly Flag[];
  /** Absolute directory that relative paths of environment and flags start from. */
  readonly cwd: string;
}

/** A checked configuration and where it came from. */
export interface LoadedConfig {
  /** Complete, its paths absolute. */
  readonly config: Config;
  /** Absolute path of the file, if there was one. */
  readonly file: string | undefined;
  /** Where each setting that is not at the schema's default was written. */
  readonly sources: ReadonlyMap<string, string>;
  /** What works but is probably not meant; one sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Loads the configuration: flags before environment before file before defaults.
 * @throws {TrefoilError} `invalid_configuration`, its message holding a line for each problem: where it is, which
 * setting, what is wrong
 */
export function loadConfig(request: ConfigRequest): LoadedConfig {
  const settings = listSettings(configSchema);
  const named = request.file ?? (request.env[fileVariable] || undefined);
  const file = named === undefined ? undefined : resolve(request.cwd, named);
  const layers: Layer[] = [
    developmentDefaults(request, settings),
    ...(file === undefined ? [] : [readConfigFile(file, show(file, request.cwd), settings)]),
    readEnvironment(request.env, settings, request.cwd),
    readFlags(request.flags ?? [], settings, request.cwd),
  ];
  const problems = layers.flatMap((layer) => layer.problems);
  const warnings = layers.flatMap((layer) => layer.warnings);

  const chosen = new Map<string, Assignment>();
  for (const layer of layers) {
    for (const assignment of layer.assignments) chosen.set(assignment.setting.path, assignment);
  }
  const result = configSchema.safeParse(nest(chosen.values()), { reportInput: true });
  if (!result.success) {
    for (const issue of result.error.issues) problems.push(describeIssue(issue, chosen, settings));
  }
  // What a file that could not be read would have brought is not missing.
  const isUnread = layers.some((layer) => layer.isUnread === true);
  if (request.form === "production" && !isUnread) problems.push(...findMissing(chosen, settings));
  if (result.success) problems.push(...findPortClashes(result.data, request.form));
  if (!result.success || problems.length > 0) {
    throw new TrefoilError("invalid_configuration", [...new Set(problems)].join("\n"));
  }
  const config = resolvePaths(result.data, chosen, settings, request.cwd);
  return {
    config,
    file,
    sources: new Map([...chosen].map(([path, { source }]) => [path, source])),
    warnings: [...warnings, ...findWarnings(config, request.form)],
  };
}

function developmentDefaults(request: ConfigRequest, settings: readonly Setting[]): Layer {
  const differing = request.form === "development" ? settings : [];
  return {
    assignments: differing
      .filter((setting) => setting.development !== undefined)
      .map((setting) => ({
        setting,
        value: setting.development,
        source: "developer server",
        base: request.cwd,
      })),
    problems: [],
    warnings: [],
  };
}

/** A file as short as an operator would type it. */
function show(file: string, cwd: string): string {
  const short = relative(cwd, file);
  return short === "" || short.startsWith("..") || isAbsolute(short) ? file : short;
}

interface Tree {
  [name: string]: unknown;
}

function nest(assignments: Iterable<Assignment>): Tree {
  const root: Tree = {};
  for (const { setting, value } of assignments) assign(root, setting.path, value);
  return root;
}

function assign(root: Tree, path: string, value: unknown): void {
  const segments = path.split(".");
  let node = root;
  for (const segment of segments.slice(0, -1)) node = (node[segment] ??= {}) as Tree;
  node[segments.at(-1) ?? path] = value;
}

function describeIssue(
  issue: z.core.$ZodIssue,
  chosen: ReadonlyMap<string, Assignment>,
  settings: readonly Setting[],
): string {
  const path = issue.path.join(".");
  const setting = settings.find(
    (candidate) => path === candidate.path || path.startsWith(`${candidate.path}.`),
  );
  if (setting === undefined) return `${path}: ${issue.message}`;
  const given = chosen.get(setting.path);
  const item = path.slice(setting.path.length + 1);
  const where = item === "" ? setting.path : `${setting.path}[${item}]`;
  // What stands inside a list has a shape of its own: the schema's words say more than "a list" would.
  const isOwnShape = setting.kind === "list" && issue.path.length > setting.path.split(".").length;
  const wanted =
    issue.code === "custom" || isOwnShape ? issue.message : `expected ${expectationOf(setting)}`;
  // A rule for a whole section is told the section; the one setting of it that is named was given its own value.
  const isOfSection = issue.code === "custom" && item === "" && setting.kind !== "list";
  const input = isOfSection ? (given?.value ?? setting.default) : issue.input;
  const got = setting.isSecret ? "" : `, got ${quote(input)}`;
  return `${given === undefined ? "" : `${given.source}: `}${where}: ${wanted}${got}`;
}

function quote(value: unknown): string {
  if (typeof value === "object" && value !== null) {
    return Array.isArray(value) ? "a list" : "settings of its own";
  }
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}

function resolvePaths(
  config: Config,
  chosen: ReadonlyMap<string, Assignment>,
  settings: readonly Setting[],
  cwd: string,
): Config {
  const copy = structuredClone(config);
  for (const setting of settings) {
    if (!setting.isPath) continue;
    const value = valueAt(config, setting.path);
    const base = chosen.get(setting.path)?.base ?? cwd;
    if (typeof value === "string") {
      assign(copy, setting.path, resolve(base, value));
    }
  }
  return copy;
}

/** The value of a setting in a configuration. */
export function valueAt(config: Config, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((node, segment) => (node as Tree | undefined)?.[segment], config);
}
