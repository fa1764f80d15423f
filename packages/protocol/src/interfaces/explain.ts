// From what a schema found wrong to a sentence that lets a client developer mend it. Values never go into it: they may be secret.

import type { z } from "zod";

/** What is wrong with a payload. */
export interface Problem {
  /** Where, below the payload, as in `playableItems[0].token`; empty for the payload itself. */
  readonly path: string;
  /** A sentence that names the member, as in `payload.type must be one of ALARM, TIMER`. */
  readonly message: string;
}

/** A key that needs no quotes. */
const plainKey = /^[\w-]{1,64}$/;

/** Most of a key that a client made up; a sentence is no place for 200 KB of it. */
const longestKey = 64;

/**
 * Words for what a schema found wrong.
 * @param issue what it found first
 * @param payload in which it was found
 */
export function explain(issue: z.core.$ZodIssue, payload: unknown): Problem {
  const path = pathOf(issue.path);
  const subject = path === "" || path.startsWith("[") ? `payload${path}` : `payload.${path}`;
  const wanted = requirement(issue);
  if (issue.code === "custom") return { path, message: `${subject} ${wanted}` };
  const value = issue.path.reduce(memberOf, payload);
  if (value === undefined) return { path, message: `${subject} is missing; it ${wanted}` };
  return {
    path,
    message: `${subject} ${wanted}${namesType(issue, value) ? `, not ${kindOfValue(value)}` : ""}`,
  };
}

function pathOf(path: readonly PropertyKey[]): string {
  let text = "";
  for (const key of path) {
    if (typeof key === "number") text += `[${key}]`;
    else if (plainKey.test(String(key))) text += text === "" ? String(key) : `.${String(key)}`;
    else text += `[${JSON.stringify(String(key).slice(0, longestKey))}]`;
  }
  return text;
}

/**
 * What the member that an issue is about has to be, as the rest of a sentence: `must be a whole number`.
 * @param issue what a schema found wrong
 */
export function requirement(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `must be ${kindOf(issue.expected)}`;
    case "invalid_value":
      return oneOf(issue.values);
    case "too_small":
      return `must be ${String(issue.minimum)} or more`;
    case "too_big":
      return `must be ${String(issue.maximum)} or less`;
    case "invalid_union":
      return unionRequirement(issue);
    case "invalid_format":
    case "custom":
      return issue.message;
    case "not_multiple_of":
    case "unrecognized_keys":
    case "invalid_key":
    case "invalid_element":
      return "is not as it should be";
  }
}

/** Alternatives: by the values of the member that tells them apart, else by what each of them wants. */
function unionRequirement(issue: z.core.$ZodIssueInvalidUnion): string {
  if (issue.discriminator !== undefined && "options" in issue && issue.options !== undefined) {
    return oneOf(issue.options);
  }
  const wishes = new Set<string>();
  for (const [first] of issue.errors) {
    if (first === undefined) continue;
    const member = pathOf(first.path);
    wishes.add(
      member === "" ? requirement(first) : `must have a ${member} that ${requirement(first)}`,
    );
  }
  const all = [...wishes];
  if (all.length === 0) return "is not as it should be";
  if (!all.every((wish) => wish.startsWith("must be "))) return all.join(", or ");
  return `must be ${all.map((wish) => wish.slice("must be ".length)).join(" or ")}`;
}

function oneOf(values: readonly z.core.util.Primitive[]): string {
  const words = values.map((value) => (value === "" ? '""' : String(value)));
  return words.length === 1 ? `must be ${words.join()}` : `must be one of ${words.join(", ")}`;
}

function kindOf(expected: string): string {
  switch (expected) {
    case "int":
      return "a whole number";
    case "array":
      return "an array";
    case "object":
    case "record":
      return "an object";
    default:
      return `a ${expected}`;
  }
}

function memberOf(value: unknown, key: PropertyKey): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}

/** Whether the type of the value is what is wrong with it, rather than the value. */
function namesType(issue: z.core.$ZodIssue, value: unknown): boolean {
  if (issue.code === "invalid_type") return issue.expected !== "int" || !Number.isFinite(value);
  const wordWanted = issue.code === "invalid_value" || issue.code === "invalid_union";
  return wordWanted && typeof value !== "string" && typeof value !== "object";
}

function kindOfValue(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  return `a ${typeof value}`;
}
