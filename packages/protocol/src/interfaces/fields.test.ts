// The flat list of fields that references are made from.

import { describe, expect, it } from "vitest";
import { z } from "zod";
import { catalogue } from "./catalogue.js";
import { fieldsOf } from "./fields.js";
import { boundedText, dictionary, list, openEnum } from "./members.js";

const plain = { list: false, required: true, nullable: false };

describe("the fields of a schema", () => {
  it("list each member with what is required of it", () => {
    const schema = z.looseObject({
      text: boundedText(10).describe("Words."),
      kind: z.enum(["A", "B"]).optional(),
      open: openEnum(["x"]).nullable(),
      level: z.int().min(0).max(9).nullish(),
      ratio: z.number().max(1),
      old: z.boolean().meta({ deprecated: true, internal: true }),
    });
    expect(fieldsOf(schema)).toEqual([
      { ...plain, path: "text", type: "string", maxBytes: 10, description: "Words." },
      { ...plain, path: "kind", type: "string", required: false, values: ["A", "B"] },
      { ...plain, path: "open", type: "string", nullable: true, knownValues: ["x"] },
      {
        ...plain,
        path: "level",
        type: "number",
        required: false,
        nullable: true,
        integer: true,
        min: 0,
        max: 9,
      },
      { ...plain, path: "ratio", type: "number", max: 1 },
      { ...plain, path: "old", type: "boolean", deprecated: true, internal: true },
    ]);
  });

  it("follow objects, lists and free keys downward", () => {
    const schema = z.looseObject({
      outer: z.looseObject({ words: list(z.string().describe("A word.")) }).optional(),
      entries: list(z.looseObject({ id: z.string() })).describe("Entries."),
      free: dictionary(z.string().nullable()),
    });
    expect(fieldsOf(schema).map(({ path, type, list: many }) => [path, type, many])).toEqual([
      ["outer", "object", false],
      ["outer.words", "string", true],
      ["entries", "object", true],
      ["entries[].id", "string", false],
      ["free", "object", false],
      ["free{}", "string", false],
    ]);
    expect(fieldsOf(schema)[1]).toMatchObject({ description: "A word." });
    expect(fieldsOf(schema)[2]).toMatchObject({ description: "Entries." });
    expect(fieldsOf(schema)[5]).toMatchObject({ nullable: true, required: false });
  });

  it("merge the members of alternatives", () => {
    const schema = z.discriminatedUnion("type", [
      z.looseObject({ type: z.literal("a"), both: z.string(), one: z.string() }),
      z.looseObject({ type: z.literal("b"), both: z.number().nullable() }),
    ]);
    expect(fieldsOf(schema)).toEqual([
      { ...plain, path: "type", type: "string", values: ["a", "b"] },
      { ...plain, path: "both", type: "string|number", nullable: true },
      { ...plain, path: "one", type: "string", required: false },
    ]);
  });

  it("name recurring objects, and stop at them where asked to", () => {
    const { payload } = catalogue.interfaces.Alerts.messages.SynchronizeAlert;
    expect(fieldsOf(payload)).toHaveLength(9);
    expect(fieldsOf(payload, "unnamed")).toEqual([
      {
        ...plain,
        path: "allAlerts",
        type: "object",
        object: "Alert",
        list: true,
        description: "Each as SetAlert would carry it.",
      },
    ]);
  });

  it("know the type of every member of the catalogue", () => {
    const schemas = [
      ...Object.values(catalogue.contexts),
      ...Object.values(catalogue.templates),
      ...Object.values(catalogue.interfaces).flatMap((of) =>
        Object.values<{ readonly payload: z.ZodType }>(of.messages),
      ),
    ];
    const types = new Set(schemas.flatMap(({ payload }) => fieldsOf(payload)).map((f) => f.type));
    expect([...types].sort()).toEqual(["boolean", "number", "number|string", "object", "string"]);
  });
});
