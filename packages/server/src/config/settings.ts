// The schema as a flat list of settings: what environment variables, flags, messages and the reference are made from.

import { z } from "zod";

/** What kind of value a setting takes. */
export type SettingKind = "text" | "integer" | "boolean" | "list";

/** One setting. */
export interface Setting {
  /** Where it stands, as in `gateway.maxParts`. */
  readonly path: string;
  /** Its environment variable, as in `TREFOIL_GATEWAY_MAX_PARTS`. */
  readonly environment: string;
  /** The variable by the rule, where {@link environment} is a shorter one: it is taken too. */
  readonly longEnvironment: string | undefined;
  readonly kind: SettingKind;
  readonly description: string;
  readonly default: unknown;
  /** The developer server's default, where it differs. */
  readonly development: unknown;
  /** The only values it takes, where they are few. */
  readonly choices: readonly string[] | undefined;
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  readonly isPath: boolean;
  readonly isSecret: boolean;
  readonly isRequiredInProduction: boolean;
}

/** A group of settings that share the first segment of their paths. */
export interface Section {
  readonly name: string;
  readonly description: string;
}

/** The part of JSON Schema that {@link listSettings} reads, with the members that `GlobalMeta` adds. */
interface Node {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly path?: boolean;
  readonly secret?: boolean;
  readonly development?: unknown;
  readonly productionRequired?: boolean;
}

const kinds: Readonly<Record<string, SettingKind>> = {
  string: "text",
  integer: "integer",
  boolean: "boolean",
  array: "list",
};

/** Shorter variables for what is typed often; those by the rule are taken too. */
const shortVariables: Readonly<Record<string, string>> = {
  "listen.port": "TREFOIL_PORT",
  "listen.host": "TREFOIL_HOST",
};

/** Every setting of a schema, in its order. */
export function listSettings(schema: z.ZodType): readonly Setting[] {
  return collect(asNode(schema), []);
}

/** The sections of a schema, in its order. */
export function listSections(schema: z.ZodType): readonly Section[] {
  return Object.entries(asNode(schema).properties ?? {})
    .filter(([, node]) => node.properties !== undefined)
    .map(([name, node]) => ({ name, description: node.description ?? "" }));
}

function asNode(schema: z.ZodType): Node {
  return z.toJSONSchema(schema, { io: "input" }) as Node;
}

function collect(node: Node, path: readonly string[]): Setting[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const at = [...path, name];
    return child.properties === undefined ? [settingOf(child, at)] : collect(child, at);
  });
}

function settingOf(node: Node, segments: readonly string[]): Setting {
  const path = segments.join(".");
  const kind = kinds[node.type ?? "string"];
  const short = shortVariables[path];
  if (kind === undefined) throw new TypeError(`The setting ${path} is of an unknown type.`);
  return {
    path,
    environment: short ?? environmentName(segments),
    longEnvironment: short === undefined ? undefined : environmentName(segments),
    kind,
    description: node.description ?? "",
    default: node.default,
    development: node.development,
    choices: node.enum,
    minimum: node.minimum,
    maximum: node.maximum,
    isPath: node.path === true,
    isSecret: node.secret === true,
    isRequiredInProduction: node.productionRequired === true,
  };
}

/** `["gateway", "maxParts"]` as `TREFOIL_GATEWAY_MAX_PARTS`. */
function environmentName(segments: readonly string[]): string {
  const words = segments.map((segment) => segment.replaceAll(/[A-Z]/g, (letter) => `_${letter}`));
  return `TREFOIL_${words.join("_").toUpperCase()}`;
}

/** What a setting takes, in words: `a whole number from 0 to 65535`. */
export function expectationOf(setting: Setting): string {
  if (setting.choices !== undefined) {
    const quoted = setting.choices.map((choice) => `"${choice}"`);
    return quoted.length < 2
      ? quoted.join("")
      : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
  }
  switch (setting.kind) {
    case "integer":
      return `a whole number from ${setting.minimum ?? "-2^53"} to ${setting.maximum ?? "2^53"}`;
    case "boolean":
      return "true or false";
    case "list":
      return "a list";
    case "text":
      return "a text";
  }
}
