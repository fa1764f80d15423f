// What an operation of the admin API is made of, for the tables of operations.

import type { z } from "zod";
import { errorSchema } from "./schemas.js";

/** What one status of an operation looks like. */
export interface ResponseDescription {
  readonly description: string;
  readonly schema: z.ZodType;
  /** Default `application/json`. */
  readonly mediaType?: string;
}

/** One operation. */
export interface Operation {
  readonly method: "get" | "post";
  /** As OpenAPI writes it: `/admin/v1/devices/{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** The statuses beyond those that every operation has. */
  readonly responses: Readonly<Record<number, ResponseDescription>>;
}

/** What carries an operation out. */
export type Handler = (
  request: Request,
  /** The variables of the path, unchecked. */
  parameters: Readonly<Record<string, string>>,
  /** Where the request comes from. */
  remoteAddress: string,
) => Response | Promise<Response>;

/** Where the admin API begins. */
export const adminRoot = "/admin/v1";

export const error = (description: string): ResponseDescription => ({
  description,
  schema: errorSchema,
});

/** Statuses of operations that take a body. */
export const bodyErrors = {
  413: error("The body is too large."),
  415: error("The body is not `application/json`."),
};
