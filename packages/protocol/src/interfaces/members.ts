// Kinds of members that recur in payloads and that zod does not bring along: texts bounded in bytes, lists, open lists of values.

import { z } from "zod";

const encoder = new TextEncoder();

/** What {@link list} and {@link dictionary} hold, for those who describe a schema. */
const contents = z.registry<{ readonly list?: unknown; readonly dictionary?: unknown }>();

/** How many bytes a text takes in UTF-8 is at most three for each UTF-16 unit, so most texts need no counting. */
function fitsBytes(text: string, limit: number): boolean {
  if (text.length * 3 <= limit) return true;
  return text.length <= limit && encoder.encode(text).length <= limit;
}

/**
 * A text of at most `limit` bytes in UTF-8.
 * @param limit in bytes
 */
export function boundedText(limit: number): z.ZodString {
  return z
    .string()
    .refine((text) => fitsBytes(text, limit), {
      error: `must be at most ${limit} bytes long in UTF-8`,
    })
    .meta({ maxBytes: limit });
}

/** A text that follows a pattern. */
export function patterned(pattern: RegExp, format: string): z.ZodString {
  return z
    .string()
    .regex(pattern, { error: `must be ${format}` })
    .meta({ format });
}

/** A whole number from 0: milliseconds, seconds, pixels, a place in a stream. */
export function count(): z.ZodNumber {
  return z.int().min(0);
}

/**
 * A text with values that are known, and others that are as good: new devices bring new words.
 * @param values the known ones
 */
export function openEnum<const Known extends string>(
  values: readonly Known[],
): z.ZodType<Known | (string & {})> {
  return z.string().meta({ knownValues: values });
}

/**
 * A text that joins several values of a closed list, as in `M4A,MP4`. Blanks beside the separator are let pass.
 * @param separator what stands between two values
 * @param values the closed list
 */
export function joined(separator: string, values: readonly string[]): z.ZodString {
  const allowed = new Set(values);
  return z
    .string()
    .refine((text) => eachPiece(text, separator, (piece) => allowed.has(piece.trim())), {
      error: `must be one or more of ${values.join(", ")}, joined by "${separator}"`,
    })
    .meta({ joinedValues: values, separator });
}

/** Like `text.split(separator).every(...)`, without cutting up the rest of a text whose first piece is wrong. */
function eachPiece(text: string, separator: string, isRight: (piece: string) => boolean): boolean {
  let from = 0;
  for (;;) {
    const to = text.indexOf(separator, from);
    if (!isRight(text.slice(from, to === -1 ? undefined : to))) return false;
    if (to === -1) return true;
    from = to + separator.length;
  }
}

/**
 * An array. Unlike `z.array` it stops at the first element that is wrong: a message that holds nothing but wrong
 * elements must not cost a hundred times the work of a right one.
 * @param element what each element must be
 */
export function list<E extends z.ZodType>(element: E): z.ZodType<z.output<E>[]> {
  const schema = z.unknown().check((context) => {
    const { value, issues } = context;
    if (!Array.isArray(value)) {
      issues.push({ code: "invalid_type", expected: "array", input: value });
      return;
    }
    for (let index = 0; index < value.length; index++) {
      if (adopt(issues, element.safeParse(value[index]), index)) return;
    }
  });
  contents.add(schema, { list: element });
  return schema as unknown as z.ZodType<z.output<E>[]>;
}

/**
 * An object whose keys are free and whose values are all alike. Like {@link list} it stops at the first wrong value.
 * @param value what each value must be
 */
export function dictionary<V extends z.ZodType>(value: V): z.ZodType<Record<string, z.output<V>>> {
  const schema = z.unknown().check((context) => {
    const { value: object, issues } = context;
    if (typeof object !== "object" || object === null || Array.isArray(object)) {
      issues.push({ code: "invalid_type", expected: "object", input: object });
      return;
    }
    for (const [key, entry] of Object.entries(object)) {
      if (adopt(issues, value.safeParse(entry), key)) return;
    }
  });
  contents.add(schema, { dictionary: value });
  return schema as unknown as z.ZodType<Record<string, z.output<V>>>;
}

/** Takes what was found wrong with a part as one's own; answers whether there was anything. */
function adopt(
  issues: z.core.$ZodRawIssue[],
  result: z.ZodSafeParseResult<unknown>,
  key: string | number,
): boolean {
  if (result.success) return false;
  for (const issue of result.error.issues) {
    const own: z.core.$ZodRawIssue<z.core.$ZodIssueBase> = {
      ...issue,
      input: undefined,
      path: [key, ...issue.path],
    };
    issues.push(own as z.core.$ZodRawIssue);
  }
  return true;
}

/** What a {@link list} holds; undefined for any other schema. */
export function listElement(schema: z.ZodType): z.ZodType | undefined {
  return contents.get(schema)?.list as z.ZodType | undefined;
}

/** What the values of a {@link dictionary} are; undefined for any other schema. */
export function dictionaryValue(schema: z.ZodType): z.ZodType | undefined {
  return contents.get(schema)?.dictionary as z.ZodType | undefined;
}

/** The payloads that {@link variants} takes: in each, all members of one set and none of the others. */
export type VariantsOf<
  Shape extends z.core.$ZodShape,
  Set extends readonly (keyof Shape)[],
> = Set extends readonly (keyof Shape)[]
  ? { [Key in Set[number]]: z.output<Shape[Key]> } & {
      [Key in Exclude<keyof Shape, Set[number]>]?: undefined;
    }
  : never;

/**
 * An object whose members come in sets: exactly the members of one of them are present. Unknown members pass.
 * @param shape all members
 * @param sets which of them go together; an empty set is an object without any
 */
export function variants<
  Shape extends z.core.$ZodLooseShape,
  const Sets extends readonly (readonly (keyof Shape & string)[])[],
>(shape: Shape, sets: Sets): z.ZodType<VariantsOf<Shape, Sets[number]>> {
  const known = Object.keys(shape);
  const wanted = sets.map((set) => set.toSorted().join());
  const words = sets.map((set) => {
    if (set.length === 0) return "none of its members";
    return set.length === 1 ? `${set.join()} alone` : `${set.join(", ")} together`;
  });
  const schema = z
    .looseObject(shape)
    .partial()
    .refine(
      (object) => {
        const present = known.filter(
          (key) => Object.hasOwn(object, key) && object[key] !== undefined,
        );
        return wanted.includes(present.toSorted().join());
      },
      { error: `must hold ${words.join("; or ")}` },
    )
    .meta({ variants: sets });
  return schema as unknown as z.ZodType<VariantsOf<Shape, Sets[number]>>;
}
