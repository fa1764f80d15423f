// The OpenAPI document of the admin API.

import {
  type Json,
  type OpenApiDocument,
  SchemaWriter,
  describeOperation,
} from "./openapi-document.js";
import { type Operation, commonResponses, operations } from "./operations.js";
import * as operatorSchemas from "./operator-schemas.js";
import * as schemas from "./schemas.js";

/** Writes the document. */
export function describeAdminApi(): OpenApiDocument {
  const writer = new SchemaWriter({
    Account: operatorSchemas.accountSchema,
    AccountDetail: operatorSchemas.accountDetailSchema,
    AccountDirectiveRequest: schemas.accountDirectiveRequestSchema,
    AccountList: operatorSchemas.accountListSchema,
    AuditList: operatorSchemas.auditListSchema,
    AuditRecord: operatorSchemas.auditRecordSchema,
    Client: schemas.clientSchema,
    ClientList: schemas.clientListSchema,
    Consent: operatorSchemas.consentSchema,
    CreatedAccount: operatorSchemas.createdAccountSchema,
    CreatedClient: schemas.createdClientSchema,
    Device: schemas.deviceSchema,
    DeviceConnection: schemas.deviceConnectionSchema,
    DeviceList: schemas.deviceListSchema,
    DeviceOutcome: schemas.deviceOutcomeSchema,
    DirectiveRequest: schemas.directiveRequestSchema,
    Error: schemas.errorSchema,
    IssuedSecret: operatorSchemas.issuedSecretSchema,
    ListDirectiveRequest: schemas.listDirectiveRequestSchema,
    NewAccount: operatorSchemas.accountRequestSchema,
    NewClient: schemas.clientRequestSchema,
    Presence: schemas.presenceSchema,
    PresenceList: schemas.presenceListSchema,
    Revocation: operatorSchemas.revocationSchema,
    RevocationRequest: operatorSchemas.revocationRequestSchema,
    SendResult: schemas.sendResultSchema,
    SendResults: schemas.sendResultsSchema,
    Token: operatorSchemas.tokenSchema,
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
      description:
        "Devices with their presence, directives to devices and accounts, clients, accounts, tokens and the audit log.",
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
