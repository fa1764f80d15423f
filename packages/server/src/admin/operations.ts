// Every operation of the admin API: the routes and the OpenAPI document are both made from this table.

import {
  type Operation,
  type ResponseDescription,
  adminRoot,
  bodyErrors,
  error,
} from "./operation.js";
import { operatorOperations } from "./operator-operations.js";
import * as schemas from "./schemas.js";

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

export { type Operation, type ResponseDescription, adminRoot } from "./operation.js";

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
  sendToAccount: {
    method: "post",
    path: `${adminRoot}/accounts/{accountId}/directives`,
    summary: "Send a directive to the devices of an account",
    description:
      "To those that are the account's when it is sent, but for the ones in `except`. Answers when it is durably queued for each.",
    parameters: schemas.accountPathSchema,
    query: schemas.sendQuerySchema,
    body: schemas.accountDirectiveRequestSchema,
    responses: {
      202: {
        description: "Accepted, but where an outcome says `failed`.",
        schema: schemas.sendResultsSchema,
      },
      404: error("There is no such account."),
      ...bodyErrors,
    },
  },
  sendToList: {
    method: "post",
    path: `${adminRoot}/directives`,
    summary: "Send a directive to a list of devices",
    description:
      "One device that is not there, or that it fails for, does not keep it from the others.",
    query: schemas.sendQuerySchema,
    body: schemas.listDirectiveRequestSchema,
    responses: {
      202: {
        description: "Accepted, but where an outcome says `failed`.",
        schema: schemas.sendResultsSchema,
      },
      ...bodyErrors,
    },
  },
  listPresence: {
    method: "get",
    path: `${adminRoot}/presence`,
    summary: "List the devices that are connected",
    query: schemas.presenceQuerySchema,
    responses: { 200: { description: "A page of devices.", schema: schemas.presenceListSchema } },
  },
  watchPresence: {
    method: "get",
    path: `${adminRoot}/presence/events`,
    summary: "Watch devices come and go",
    description:
      'Server-sent events. First `ready` with `{"resumed"}`: false means that earlier changes may be missing, so that `/presence` should be read now; then one `presence` for each change. Comments are heartbeats. `end` comes before the server ends the stream: `{"reason": "draining"}` or `"overflow"` (the watcher was too slow).',
    query: schemas.presenceEventsQuerySchema,
    responses: {
      200: {
        description: "The events; `data` of `presence` is a DeviceConnection.",
        schema: schemas.eventStreamSchema,
        mediaType: "text/event-stream",
      },
      503: error("Too many watch already, or the server is about to end; `Retry-After`."),
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
  ...operatorOperations,
} as const satisfies Record<string, Operation>;

/** The `operationId` of one operation. */
export type OperationId = keyof typeof operations;
