// Every message, context object and template against its examples, and what must hold of each of them.

import { describe, expect, it } from "vitest";
import { z } from "zod";
import { catalogue } from "./catalogue.js";
import { contextExamples } from "./context-examples.test.support.js";
import { directiveExamples } from "./directive-examples.test.support.js";
import { eventExamples } from "./event-examples.test.support.js";
import type { Example } from "./examples.test.support.js";
import { type PayloadField, fieldsOf } from "./fields.js";
import {
  type PayloadCheck,
  checkContextPayload,
  checkDirectivePayload,
  checkEventPayload,
  findContext,
  findDirective,
  findEvent,
  findTemplate,
} from "./lookup.js";
import { dictionaryValue } from "./members.js";
import { templateExamples } from "./template-examples.test.support.js";

interface Case {
  readonly name: string;
  readonly schema: z.ZodType;
  readonly example: Example<unknown>;
  readonly check: (payload: unknown) => PayloadCheck;
}

function casesOf(
  examples: Readonly<Record<string, Example<unknown>>>,
  find: (name: string) => { readonly payload: z.ZodType } | undefined,
  check: (name: string, payload: unknown) => PayloadCheck,
): Case[] {
  return Object.entries(examples).map(([name, example]) => ({
    name,
    schema: find(name)!.payload,
    example,
    check: (payload) => check(name, payload),
  }));
}

const cases = [
  ...casesOf(eventExamples, findEvent, checkEventPayload),
  ...casesOf(directiveExamples, findDirective, checkDirectivePayload),
  ...casesOf(contextExamples, findContext, checkContextPayload),
  ...casesOf(templateExamples, findTemplate, (_, payload) =>
    checkDirectivePayload("Clova.RenderTemplate", payload),
  ),
];

// By their whole names: docs/coverage.md finds the tests of a message by it.
const casesByName = cases.map((each) => [each.name, each] as const);

describe.each(casesByName)("%s", (_name, { schema, example, check }) => {
  it("takes its right payloads", () => {
    for (const payload of example.right) expect(check(payload)).toEqual({ kind: "valid" });
  });

  it("refuses its wrong payloads and names the member", () => {
    for (const [payload, path] of example.wrong) {
      const verdict = check(payload);
      expect(verdict).toMatchObject({ kind: "invalid", path });
      expect(verdict).toHaveProperty(
        "message",
        expect.stringMatching(path === "" ? /^payload / : /^payload[.[]/),
      );
      expect(verdict).toHaveProperty("message", expect.stringContaining(path));
    }
  });

  it("lets unknown members through, unchanged, at every level", () => {
    const payload = withUnknownMembers(example.right[0], schema);
    const before = copyOf(payload);
    expect(check(payload)).toEqual({ kind: "valid" });
    expect(payload).toEqual(before);
    expect(schema.parse(payload)).toEqual(before);
  });

  it("refuses anything that is not an object", () => {
    for (const payload of [undefined, null, "text", 1, true, [], [{}]]) {
      expect(check(payload)).toMatchObject({ kind: "invalid" });
    }
  });
});

/** A copy whose parts are not shared, as parsed from a message. */
function copyOf(payload: unknown): unknown {
  return JSON.parse(JSON.stringify(payload));
}

/** All places in a payload that a field names, with the object or array that holds each. */
function placesOf(payload: unknown, path: string): { holder: object; key: string }[] {
  const steps = path.split(/\.|(?=\[\])/);
  let holders: unknown[] = [payload];
  for (const step of steps.slice(0, -1)) {
    holders = holders.flatMap((holder) => {
      if (typeof holder !== "object" || holder === null) return [];
      return step === "[]" ? Object.values(holder) : [Reflect.get(holder, step) as unknown];
    });
  }
  const key = steps.at(-1)!;
  return holders.flatMap((holder) =>
    typeof holder === "object" && holder !== null && Object.hasOwn(holder, key)
      ? [{ holder, key }]
      : [],
  );
}

/** What becomes of a payload when the member at a field's first place is set to a value, or taken away. */
function verdictWith(
  { example, check }: Case,
  field: PayloadField,
  change: (holder: object, key: string) => void,
): PayloadCheck | undefined {
  const payload = copyOf(example.right[0]);
  const [place] = placesOf(payload, field.path);
  if (place === undefined) return undefined;
  change(place.holder, place.key);
  return check(payload);
}

/** The path without the numbers of list elements. An alternative is named as a whole, so the start of it is enough. */
function expectNamed(verdict: PayloadCheck, field: PayloadField): void {
  expect(verdict, field.path).toMatchObject({ kind: "invalid" });
  const named = verdict.kind === "invalid" ? verdict.path.replaceAll(/\[\d+\]/g, "[]") : "none";
  expect(field.path.startsWith(named.replace(/\[\]$/, "")), `${named} for ${field.path}`).toBe(
    true,
  );
}

const fieldsWithCase = cases.flatMap((of) =>
  // A payload that may be any template has the members of all of them: those are looked at with the templates.
  of.name === "Clova.RenderTemplate" ? [] : fieldsOf(of.schema).map((field) => ({ of, field })),
);

describe("the first example of each message", () => {
  it("has every member, so that the tests below reach all of them", () => {
    const missing = fieldsWithCase
      .filter(({ field }) => !field.path.endsWith("{}"))
      .filter(({ of, field }) => placesOf(of.example.right[0], field.path).length === 0)
      .map(({ of, field }) => `${of.name} ${field.path}`);
    expect(missing).toEqual([]);
  });

  it("is refused without a member that must be there", () => {
    let tried = 0;
    for (const { of, field } of fieldsWithCase) {
      if (!field.required) continue;
      const verdict = verdictWith(of, field, (holder, key) => Reflect.deleteProperty(holder, key));
      expectNamed(verdict!, field);
      tried += 1;
    }
    expect(tried).toBeGreaterThan(500);
  });

  it("is refused with a member of another type", () => {
    const others: Readonly<Record<string, unknown>> = {
      string: 1,
      number: "1",
      boolean: "true",
      object: "{}",
      "number|string": true,
    };
    for (const { of, field } of fieldsWithCase) {
      if (field.path.endsWith("{}")) continue;
      expect(Object.keys(others)).toContain(field.type);
      const other = field.list ? {} : others[field.type];
      const verdict = verdictWith(of, field, (holder, key) => Reflect.set(holder, key, other));
      expectNamed(verdict!, field);
    }
  });

  it("takes null for a member only where the schema says so", () => {
    let tried = 0;
    for (const { of, field } of fieldsWithCase) {
      if (field.path.endsWith("{}")) continue;
      const verdict = verdictWith(of, field, (holder, key) => Reflect.set(holder, key, null));
      if (!field.nullable) expectNamed(verdict!, field);
      // The one member whose absence another rule forbids.
      else if (field.path !== "playableItems[].lyrics[].data") {
        expect(verdict, `${of.name} ${field.path}`).toEqual({ kind: "valid" });
        tried += 1;
      }
    }
    expect(tried).toBeGreaterThan(20);
  });

  it("is refused with a value that a closed list lacks", () => {
    let tried = 0;
    for (const { of, field } of fieldsWithCase) {
      if (field.values === undefined) continue;
      const verdict = verdictWith(of, field, (holder, key) =>
        Reflect.set(holder, key, field.list ? ["no such value"] : "no such value"),
      );
      expectNamed(verdict!, field);
      tried += 1;
    }
    expect(tried).toBeGreaterThan(100);
  });

  it("takes each value of an open list, and others", () => {
    let tried = 0;
    for (const { of, field } of fieldsWithCase) {
      for (const value of [...(field.knownValues ?? []), ...(field.knownValues ? ["other"] : [])]) {
        const verdict = verdictWith(of, field, (holder, key) => Reflect.set(holder, key, value));
        expect(verdict, `${of.name} ${field.path} ${value}`).toEqual({ kind: "valid" });
        tried += 1;
      }
    }
    expect(tried).toBeGreaterThan(20);
  });

  it("keeps the bounds of numbers at the edge", () => {
    let tried = 0;
    for (const { of, field } of fieldsWithCase) {
      const set = (value: number) =>
        verdictWith(of, field, (holder, key) => Reflect.set(holder, key, value));
      if (field.min !== undefined) {
        // Not the end of a span that begins at the same place.
        expect(set(field.min), `${of.name} ${field.path}`).toEqual({ kind: "valid" });
        expectNamed(set(field.min - 1)!, field);
      }
      if (field.max !== undefined) {
        expect(set(field.max), `${of.name} ${field.path}`).toEqual({ kind: "valid" });
        expectNamed(set(field.max + 1)!, field);
      }
      if (field.integer === true) expectNamed(set(1.5)!, field);
      tried += field.min === undefined && field.max === undefined ? 0 : 1;
    }
    expect(tried).toBeGreaterThan(30);
  });

  it("keeps the bounds of texts at the edge, counted in UTF-8 bytes", () => {
    let tried = 0;
    for (const { of, field } of fieldsWithCase) {
      if (field.maxBytes === undefined) continue;
      const set = (value: string) =>
        verdictWith(of, field, (holder, key) => Reflect.set(holder, key, value));
      for (const character of ["a", "é", "한", "🎵"]) {
        const bytes = Buffer.byteLength(character);
        const fitting = Math.floor(field.maxBytes / bytes);
        const most = character.repeat(fitting) + "a".repeat(field.maxBytes - fitting * bytes);
        expect(Buffer.byteLength(most)).toBe(field.maxBytes);
        expect(set(most), `${of.name} ${field.path}`).toEqual({ kind: "valid" });
        expectNamed(set(`${most}a`)!, field);
      }
      tried += 1;
    }
    expect(tried).toBe(14);
  });
});

describe("the examples", () => {
  it("cover every message, context object and template of the catalogue", () => {
    const messages = Object.values(catalogue.interfaces).flatMap(({ messages: all }) =>
      Object.values<{ readonly name: string }>(all).map(({ name }) => name),
    );
    expect([...Object.keys(eventExamples), ...Object.keys(directiveExamples)].sort()).toEqual(
      messages.sort(),
    );
    expect(Object.keys(contextExamples)).toEqual(Object.keys(catalogue.contexts));
    expect(Object.keys(templateExamples)).toEqual(Object.keys(catalogue.templates));
  });
});

/** Adds a member that no schema knows to every object whose keys are not free by design. */
function withUnknownMembers(value: unknown, schema: z.ZodType | undefined): unknown {
  if (Array.isArray(value)) return value.map((entry) => withUnknownMembers(entry, undefined));
  if (typeof value !== "object" || value === null) return value;
  const shape = schema instanceof z.ZodObject ? schema.shape : {};
  const members = Object.entries(value).map(([key, member]) => {
    const inside = shape[key] as z.ZodType | undefined;
    const free = inside !== undefined && dictionaryValue(inside) !== undefined;
    return [key, free ? member : withUnknownMembers(member, inside)];
  });
  return { ...Object.fromEntries(members), "x-unknown": { of: ["another", 1, null] } };
}
