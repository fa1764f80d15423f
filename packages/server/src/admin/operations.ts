// Every operation of the admin API: the routes and the OpenAPI document are both made from this table.

import type { z } from "zod";
import * as schemas from "./schemas.js";

/** What one status of an operation looks like. */
export interface ResponseDescription {
  readonly description: string;
  readonly schema: z.ZodType;
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

/** Where the admin API begins. */
export const adminRoot = "/admin/v1";

const error = (description: string): ResponseDescription => ({
  description,
  schema: schemas.errorSchema,
});

/** Statuses that every operation can answer. */
export const commonResponses: Readonly<Record<number, ResponseDescription>> = {
  400: error("Something about the request is wrong; the description names it."),
  401: error("No admin token, or not the right one."),
  500: error("The server failed."),
};

const deviceErrors = {
  404: error("There is no such device."),
  409: error("Several devices have this `device_id`; the description names them."),
};

const bodyErrors = {
  413: error("The body is too large."),
  415: error("The body is not `application/json`."),
};

/** The operations by their `operationId`. */
export const operations = {
  listDevices: {
    method: "get",
    path: `${adminRoot}/devices`,
    summary: "List devices with their presence",
    query: schemas.deviceQuerySchema,
    responses: { 200: { description: "A page of devices.", schema: schemas.deviceListSchema } },
  },
  getDevice: {
    method: "get",
    path: `${adminRoot}/devices/{id}`,
    summary: "One device with its presence",
    parameters: schemas.devicePathSchema,
    responses: {
      200: { description: "The device.", schema: schemas.deviceSchema },
      ...deviceErrors,
    },
  },
  sendDirective: {
    method: "post",
    path: `${adminRoot}/devices/{id}/directives`,
    summary: "Send a directive to a device",
    description:
      "Answers when the directive is durably queued. A device that is connected gets it at once, another one when it comes back within `ttl`.",
    parameters: schemas.devicePathSchema,
    query: schemas.sendQuerySchema,
    body: schemas.directiveRequestSchema,
    responses: {
      202: { description: "Accepted.", schema: schemas.sendResultSchema },
      ...deviceErrors,
      ...bodyErrors,
    },
  },
  listClients: {
    method: "get",
    path: `${adminRoot}/clients`,
    summary: "List clients",
    responses: { 200: { description: "All clients.", schema: schemas.clientListSchema } },
  },
  createClient: {
    method: "post",
    path: `${adminRoot}/clients`,
    summary: "Register a client",
    body: schemas.clientRequestSchema,
    responses: {
      201: { description: "Registered.", schema: schemas.createdClientSchema },
      409: error("There is a client of this `clientId`."),
      ...bodyErrors,
    },
  },
} as const satisfies Record<string, Operation>;

/** The `operationId` of one operation. */
export type OperationId = keyof typeof operations;
