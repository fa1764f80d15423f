// The members of a schema as a flat list: what a reference, a form or a console needs to know of them.

import { z } from "zod";
import { dictionaryValue, listElement } from "./members.js";

/** One member of a payload. */
export interface PayloadField {
  /** Dotted; `[]` marks the level of a list and `{}` that of free keys, as in `allAlerts[].token`. */
  readonly path: string;
  /** Type of the member, or of its elements where it is a list; alternatives are joined by `|`. */
  readonly type: string;
  readonly list: boolean;
  /** Name of the recurring object that it is; alternatives are joined by `|`. */
  readonly object?: string;
  /** Whether it must be there whenever the object that holds it is. */
  readonly required: boolean;
  readonly nullable: boolean;
  /** The closed list of values. */
  readonly values?: readonly string[];
  /** Values that are known of an open list. */
  readonly knownValues?: readonly string[];
  /** What a text looks like, in words. */
  readonly format?: string;
  /** Largest size in UTF-8 bytes. */
  readonly maxBytes?: number;
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
  readonly description?: string;
  readonly deprecated?: boolean;
  /** Meant for the platform's own apps. */
  readonly internal?: boolean;
}

/** What {@link unwrap} found around and inside a schema. */
interface Unwrapped {
  readonly schema: z.ZodType;
  readonly optional: boolean;
  readonly nullable: boolean;
  readonly meta: Readonly<Record<string, unknown>>;
}

/** Takes off what makes a schema optional or nullable; what is said further out wins over what is said further in. */
function unwrap(outer: z.ZodType): Unwrapped {
  const meta = z.globalRegistry.get(outer) ?? {};
  if (outer instanceof z.ZodOptional || outer instanceof z.ZodNullable) {
    const inner = unwrap(outer.unwrap() as z.ZodType);
    return {
      ...inner,
      meta: { ...inner.meta, ...meta },
      optional: inner.optional || outer instanceof z.ZodOptional,
      nullable: inner.nullable || outer instanceof z.ZodNullable,
    };
  }
  return { schema: outer, optional: false, nullable: false, meta };
}

/**
 * How far {@link fieldsOf} goes: into `everything`, or not into objects that recur and have a name (see
 * `catalogue.objects`).
 */
export type FieldDepth = "everything" | "unnamed";

/**
 * The members of a payload, each followed by its own members. Of alternatives that are objects, members of the same
 * name are listed once.
 * @param schema of an object, or of alternatives that are objects
 */
export function fieldsOf(schema: z.ZodType, depth: FieldDepth = "everything"): PayloadField[] {
  const fields = new Map<string, PayloadField>();
  collect(schema, "", depth, fields);
  return [...fields.values()];
}

function collect(
  outer: z.ZodType,
  prefix: string,
  depth: FieldDepth,
  fields: Map<string, PayloadField>,
): void {
  const objects = objectsOf(outer);
  for (const object of objects) {
    for (const [key, member] of Object.entries<z.ZodType>(object.shape)) {
      const everywhere = objects.every((other) => Object.hasOwn(other.shape, key));
      const path = `${prefix}${key}`;
      const { schema, optional, nullable, meta } = unwrap(member);
      const element = listElement(schema);
      const inside = element === undefined ? undefined : unwrap(element);
      const value = inside?.schema ?? schema;
      const field: PayloadField = {
        path,
        list: element !== undefined,
        required: !optional && everywhere,
        nullable,
        ...traits(value, { ...inside?.meta, ...meta }),
      };
      fields.set(path, mergeFields(fields.get(path), field));
      if (depth === "everything" || field.object === undefined) {
        collect(value, `${path}${element === undefined ? "" : "[]"}.`, depth, fields);
      }
      const free = dictionaryValue(value);
      if (free !== undefined) {
        const entry = unwrap(free);
        fields.set(`${path}{}`, {
          path: `${path}{}`,
          list: false,
          required: false,
          nullable: entry.nullable,
          ...traits(entry.schema, entry.meta),
        });
      }
    }
  }
}

/** The same member in another alternative: required only if it is in both, and of either's values and formats. */
function mergeFields(earlier: PayloadField | undefined, later: PayloadField): PayloadField {
  if (earlier === undefined) return later;
  const values = [...new Set([...(earlier.values ?? []), ...(later.values ?? [])])];
  const formats = [...new Set([earlier.format, later.format])].filter(
    (format) => format !== undefined,
  );
  return {
    ...later,
    required: earlier.required && later.required,
    nullable: earlier.nullable || later.nullable,
    type: [...new Set([...earlier.type.split("|"), ...later.type.split("|")])].join("|"),
    ...(values.length === 0 ? {} : { values }),
    ...(formats.length === 0 ? {} : { format: formats.join("; or ") }),
  };
}

/** The objects that a schema may be: one, or those of a union. */
function objectsOf(outer: z.ZodType): z.ZodObject[] {
  const { schema } = unwrap(outer);
  if (schema instanceof z.ZodObject) return [schema];
  if (schema instanceof z.ZodUnion) {
    return schema.options.flatMap((option) => objectsOf(option as z.ZodType));
  }
  return [];
}

type Traits = Omit<PayloadField, "path" | "list" | "required" | "nullable">;

function traits(schema: z.ZodType, meta: Readonly<Record<string, unknown>>): Traits {
  const values = valuesOf(schema) ?? strings(meta["joinedValues"]);
  const knownValues = strings(meta["knownValues"]);
  const object = objectName(schema);
  return {
    type: typeOf(schema),
    ...(object === undefined ? {} : { object }),
    ...(values === undefined ? {} : { values }),
    ...(knownValues === undefined ? {} : { knownValues }),
    ...(typeof meta["format"] === "string" ? { format: meta["format"] } : {}),
    ...(typeof meta["maxBytes"] === "number" ? { maxBytes: meta["maxBytes"] } : {}),
    ...(schema instanceof z.ZodNumber ? numberTraits(schema) : {}),
    ...(typeof meta["description"] === "string" ? { description: meta["description"] } : {}),
    ...(meta["deprecated"] === true ? { deprecated: true } : {}),
    ...(meta["internal"] === true ? { internal: true } : {}),
  };
}

/** The names of the recurring objects that a schema may be; undefined unless each of its alternatives has one. */
function objectName(schema: z.ZodType): string | undefined {
  if (!(schema instanceof z.ZodUnion)) return z.globalRegistry.get(schema)?.title;
  const names = schema.options.map((option) => objectName(option as z.ZodType));
  return names.includes(undefined) ? undefined : names.join("|");
}

function strings(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.map(String) : undefined;
}

function numberTraits(schema: z.ZodNumber): Pick<PayloadField, "min" | "max" | "integer"> {
  const { minValue, maxValue } = schema;
  return {
    ...(schema.isInt ? { integer: true } : {}),
    // The bounds of what a number can hold exactly are no rule of the protocol.
    ...(minValue !== null && minValue > Number.MIN_SAFE_INTEGER ? { min: minValue } : {}),
    ...(maxValue !== null && maxValue < Number.MAX_SAFE_INTEGER ? { max: maxValue } : {}),
  };
}

function valuesOf(schema: z.ZodType): readonly string[] | undefined {
  if (schema instanceof z.ZodEnum) return schema.options.map(String);
  if (schema instanceof z.ZodLiteral) return [...schema.values].map(String);
  return undefined;
}

function typeOf(schema: z.ZodType): string {
  if (dictionaryValue(schema) !== undefined) return "object";
  if (listElement(schema) !== undefined) return "array";
  if (schema instanceof z.ZodString || schema instanceof z.ZodEnum) return "string";
  if (schema instanceof z.ZodLiteral) return "string";
  if (schema instanceof z.ZodNumber) return "number";
  if (schema instanceof z.ZodBoolean) return "boolean";
  if (schema instanceof z.ZodObject) return "object";
  if (schema instanceof z.ZodUnion) {
    const types = schema.options.map((option) => typeOf(unwrap(option as z.ZodType).schema));
    return [...new Set(types)].join("|");
  }
  return "any";
}
