// From what a schema found wrong with a request to words that say what to change. Values never go into them: they may be secret.

import type { z } from "zod";
import { requirement } from "@trefoil/protocol/interfaces";
import { closestName } from "../config/index.js";

/** Most of a key that the caller made up. */
const longestKey = 64;
/** Most of a path, for the same reason. */
const longestPath = 200;
/** Most unknown members that are named. */
const maxUnknown = 5;

/**
 * The first member that is wrong, and the members that are not known: one that is misspelt is both missing and unknown.
 * @param value what was checked
 * @param known the members that there are, where they can be told
 * @returns a clause without a full stop, as in `name: is missing; nme: is not known, did you mean name?`
 */
export function describeFaults(
  error: z.ZodError,
  value: unknown,
  known: readonly string[] = [],
): string {
  const wrong = error.issues.find(({ code }) => code !== "unrecognized_keys");
  const unknown = error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => {
          const meant = issue.path.length === 0 ? closestName(key, known) : undefined;
          const hint = meant === undefined ? "" : `, did you mean ${meant}?`;
          return `${pathOf([...issue.path, key.slice(0, longestKey)])}: is not known${hint}`;
        })
      : [],
  );
  const faults = [
    ...(wrong === undefined ? [] : [describeFault(wrong, value)]),
    ...unknown.slice(0, maxUnknown),
  ];
  return faults.length === 0 ? "is not as it should be" : faults.join("; ");
}

function describeFault(issue: z.core.$ZodIssue, value: unknown): string {
  const found = issue.path.reduce(memberOf, value);
  const wanted = found === undefined && issue.code !== "custom" ? "is missing" : wantedBy(issue);
  const path = pathOf(issue.path);
  return path === "" ? wanted : `${path}: ${wanted}`;
}

function wantedBy(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.expected === "boolean" ? "must be true or false" : requirement(issue);
    case "too_small":
      if (!isCounted(issue.origin)) return requirement(issue);
      if (Number(issue.minimum) === 1) return "must not be empty";
      return `must have at least ${issue.minimum} ${counted[issue.origin]}`;
    case "too_big":
      if (!isCounted(issue.origin)) return requirement(issue);
      return `must have at most ${issue.maximum} ${counted[issue.origin]}`;
    case "invalid_union":
      return unionOf(issue);
    case "invalid_format":
      if (issue.format === "datetime") return "must be a time such as 2025-07-01T12:00:00Z";
      return requirement(issue);
    case "invalid_value":
    case "custom":
      return requirement(issue);
    case "not_multiple_of":
    case "unrecognized_keys":
    case "invalid_key":
    case "invalid_element":
      return issue.message;
  }
}

/** What a bound counts, of what is no number. */
const counted = { string: "characters", array: "entries" } as const;

function isCounted(origin: string): origin is keyof typeof counted {
  return Object.hasOwn(counted, origin);
}

/** What any of several shapes wants, each once. */
function unionOf(issue: z.core.$ZodIssueInvalidUnion): string {
  const wishes = new Set<string>();
  for (const [first] of issue.errors) {
    if (first !== undefined) wishes.add(describeFault(first, null));
  }
  return wishes.size === 0 ? issue.message : [...wishes].join(", or ");
}

function pathOf(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "")
    .slice(0, longestPath);
}

function memberOf(value: unknown, key: PropertyKey): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;
}
