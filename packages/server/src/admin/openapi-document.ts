// From operations and their schemas to an OpenAPI 3.1 document.
// @see https://spec.openapis.org/oas/v3.1.0

import { z } from "zod";
import type { Operation, ResponseDescription } from "./operations.js";

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** An OpenAPI document, as far as its readers here care. */
export interface OpenApiDocument extends Json {
  readonly openapi: "3.1.0";
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> } & Json;
}

/** The schemas that get a name of their own in a document. */
export type NamedSchemas = Readonly<Record<string, z.ZodType>>;

/** Writes schemas as JSON Schema, with references to those that have names. */
export class SchemaWriter {
  readonly #registry = z.registry<{ id: string }>();
  readonly #named: NamedSchemas;

  constructor(named: NamedSchemas) {
    this.#named = named;
    for (const [id, schema] of Object.entries(named)) this.#registry.add(schema, { id });
  }

  /** Every named schema, for `components.schemas`. */
  components(): Readonly<Record<string, Json>> {
    const { schemas } = z.toJSONSchema(this.#registry, {
      io: "input",
      uri: (id) => `#/components/schemas/${id}`,
    });
    return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, bare(schema)]));
  }

  /** One schema: a reference where it has a name, else written out. */
  write(schema: z.ZodType): Json {
    const id = Object.entries(this.#named).find(([, named]) => named === schema)?.[0];
    if (id !== undefined) return { $ref: `#/components/schemas/${id}` };
    return bare(z.toJSONSchema(schema, { io: "input" }));
  }
}

/** Without what a schema of its own has and a part of a document does not need. */
function bare(schema: Json): Json {
  return Object.fromEntries(
    Object.entries(schema).filter(([key]) => key !== "$schema" && key !== "$id"),
  );
}

/** A parameter for each member of an object schema. */
export function parametersOf(schema: z.ZodObject, place: "path" | "query"): readonly Json[] {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: "input" });
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = property as { description?: string };
    return {
      name,
      in: place,
      required: place === "path" || required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
}

/** The responses of an operation. */
export function responsesOf(
  responses: Readonly<Record<number, ResponseDescription>>,
  writer: SchemaWriter,
): Json {
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => {
      const { description, schema, mediaType = "application/json" } = response;
      return [status, { description, content: { [mediaType]: { schema: writer.write(schema) } } }];
    }),
  );
}

/** One operation as its path item holds it. */
export function describeOperation(
  operationId: string,
  operation: Operation,
  common: Readonly<Record<number, ResponseDescription>>,
  writer: SchemaWriter,
): Json {
  const { summary, description, parameters, query, body, responses } = operation;
  const all = [
    ...(parameters === undefined ? [] : parametersOf(parameters, "path")),
    ...(query === undefined ? [] : parametersOf(query, "query")),
  ];
  return {
    operationId,
    summary,
    ...(description === undefined ? {} : { description }),
    ...(all.length === 0 ? {} : { parameters: all }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { "application/json": { schema: writer.write(body) } },
          },
        }),
    responses: responsesOf({ ...responses, ...common }, writer),
  };
}
