// The operations on clients, accounts, tokens and the audit log.

import { type Operation, adminRoot, bodyErrors, error } from "./operation.js";
import * as schemas from "./operator-schemas.js";
import { clientSchema, devicePathSchema } from "./schemas.js";

const noClient = { 404: error("There is no such client.") };
const noAccount = { 404: error("There is no such account.") };
const noToken = { 404: error("There is no such token.") };
const client = { description: "The client as it is now.", schema: clientSchema };

export const operatorOperations = {
  getClient: {
    method: "get",
    path: `${adminRoot}/clients/{clientId}`,
    summary: "One client",
    parameters: schemas.clientPathSchema,
    responses: { 200: client, ...noClient },
  },
  rotateClientSecret: {
    method: "post",
    path: `${adminRoot}/clients/{clientId}/secrets`,
    summary: "Give a client a new secret",
    description: "The one before works on, so that devices can change over; older ones end.",
    parameters: schemas.clientPathSchema,
    body: schemas.rotationRequestSchema,
    responses: {
      201: { description: "The new secret.", schema: schemas.issuedSecretSchema },
      ...noClient,
      ...bodyErrors,
    },
  },
  setClientRedirectUris: {
    method: "post",
    path: `${adminRoot}/clients/{clientId}/redirect-uris`,
    summary: "Replace a client's redirect URIs",
    parameters: schemas.clientPathSchema,
    body: schemas.redirectUrisRequestSchema,
    responses: { 200: client, ...noClient, ...bodyErrors },
  },
  disableClient: {
    method: "post",
    path: `${adminRoot}/clients/{clientId}/disable`,
    summary: "Switch a client off",
    description:
      "Its devices' tokens end at once; their refresh is answered `unauthorized_client`, which sends them back to their set-up.",
    parameters: schemas.clientPathSchema,
    responses: { 200: client, ...noClient },
  },
  enableClient: {
    method: "post",
    path: `${adminRoot}/clients/{clientId}/enable`,
    summary: "Switch a client on again",
    description: "Its devices sign in anew.",
    parameters: schemas.clientPathSchema,
    responses: { 200: client, ...noClient },
  },
  removeDevice: {
    method: "post",
    path: `${adminRoot}/devices/{id}/remove`,
    summary: "Take a device out of its account",
    description:
      "Its tokens end at once, its mailbox is emptied, and its refresh is answered `unauthorized_client`. It may sign in anew.",
    parameters: devicePathSchema,
    responses: {
      200: { description: "Removed.", schema: schemas.removedDeviceSchema },
      404: error("There is no such device."),
      409: error("Several devices have this `device_id`; the description names them."),
    },
  },
  listAccounts: {
    method: "get",
    path: `${adminRoot}/accounts`,
    summary: "List accounts",
    query: schemas.accountQuerySchema,
    responses: { 200: { description: "A page of accounts.", schema: schemas.accountListSchema } },
  },
  createAccount: {
    method: "post",
    path: `${adminRoot}/accounts`,
    summary: "Make an account with e-mail address and password",
    body: schemas.accountRequestSchema,
    responses: {
      201: { description: "The account.", schema: schemas.createdAccountSchema },
      409: error("The e-mail address is taken."),
      ...bodyErrors,
    },
  },
  getAccount: {
    method: "get",
    path: `${adminRoot}/accounts/{accountId}`,
    summary: "One account with what it agreed to",
    parameters: schemas.accountReferenceSchema,
    responses: {
      200: { description: "The account.", schema: schemas.accountDetailSchema },
      ...noAccount,
    },
  },
  setAccountPassword: {
    method: "post",
    path: `${adminRoot}/accounts/{accountId}/password`,
    summary: "Give an account a new password",
    description:
      "Its browsers are signed out and its account access tokens end; its devices stay signed in. Accounts without a password (guests) are 400.",
    parameters: schemas.accountReferenceSchema,
    body: schemas.passwordRequestSchema,
    responses: {
      200: { description: "The account.", schema: schemas.accountSchema },
      ...noAccount,
      ...bodyErrors,
    },
  },
  withdrawAccount: {
    method: "post",
    path: `${adminRoot}/accounts/{accountId}/withdraw`,
    summary: "Withdraw an account from the service",
    description:
      "Its devices are removed, its tokens end at once, and it stays locked for `auth.withdrawalLock`. An account that withdrew already stays as it is.",
    parameters: schemas.accountReferenceSchema,
    responses: {
      200: { description: "The account as it is now.", schema: schemas.accountSchema },
      ...noAccount,
    },
  },
  inspectToken: {
    method: "post",
    path: `${adminRoot}/tokens/inspect`,
    summary: "Say whose a token is and whether it works",
    body: schemas.tokenRequestSchema,
    responses: {
      200: { description: "The token.", schema: schemas.tokenSchema },
      ...noToken,
      ...bodyErrors,
    },
  },
  revokeTokens: {
    method: "post",
    path: `${adminRoot}/tokens/revoke`,
    summary: "End the tokens of a grant, a device, an account or a client",
    description: "Downchannels close within a second. The devices sign in anew.",
    body: schemas.revocationRequestSchema,
    responses: {
      200: { description: "How many grants ended.", schema: schemas.revocationSchema },
      404: error("There is no such token, grant, device, account or client."),
      409: error("Several devices have this `device_id`; the description names them."),
      ...bodyErrors,
    },
  },
  listAudit: {
    method: "get",
    path: `${adminRoot}/audit`,
    summary: "Read the audit log, newest first",
    query: schemas.auditQuerySchema,
    responses: { 200: { description: "A page of records.", schema: schemas.auditListSchema } },
  },
} as const satisfies Record<string, Operation>;

/** The `operationId` of one of them. */
export type OperatorOperationId = keyof typeof operatorOperations;
