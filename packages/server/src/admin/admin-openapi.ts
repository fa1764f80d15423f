// The OpenAPI document of the admin API.

import {
  type Json,
  type OpenApiDocument,
  SchemaWriter,
  describeOperation,
} from "./openapi-document.js";
import { type Operation, commonResponses, operations } from "./operations.js";
import * as schemas from "./schemas.js";

/** Writes the document. */
export function describeAdminApi(): OpenApiDocument {
  const writer = new SchemaWriter({
    Client: schemas.clientSchema,
    ClientList: schemas.clientListSchema,
    CreatedClient: schemas.createdClientSchema,
    Device: schemas.deviceSchema,
    DeviceList: schemas.deviceListSchema,
    DirectiveRequest: schemas.directiveRequestSchema,
    Error: schemas.errorSchema,
    NewClient: schemas.clientRequestSchema,
    Presence: schemas.presenceSchema,
    SendResult: schemas.sendResultSchema,
  });
  const paths: Record<string, Record<string, Json>> = {};
  for (const [operationId, operation] of Object.entries<Operation>(operations)) {
    (paths[operation.path] ??= {})[operation.method] = describeOperation(
      operationId,
      operation,
      commonResponses,
      writer,
    );
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Trefoil admin API",
      version: "1",
      description: "Devices with their presence, directives to devices, and clients.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    security: [{ adminToken: [] }],
    paths,
    components: {
      schemas: writer.components(),
      securitySchemes: {
        adminToken: { type: "http", scheme: "bearer", description: "The admin token." },
      },
    },
  };
}
