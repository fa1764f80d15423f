// The endpoints of RFC 7009, 7662, 8414 and 8628, and the pages that apps and devices send people to, for the OpenAPI document of
// the authorization server.

import { z } from "zod";
import { parameterBounds } from "../auth/index.js";
import { type Json, type SchemaWriter, parametersOf, responsesOf } from "./openapi-document.js";
import type { ResponseDescription } from "./operations.js";
import { errorSchema } from "./schemas.js";

type ParameterName = keyof typeof parameterBounds;

/** A text within the bound that the authorization server keeps to. */
export const text = (name: ParameterName, description: string) =>
  z.string().max(parameterBounds[name]).describe(description);

export const error = (description: string): ResponseDescription => ({
  description,
  schema: errorSchema,
});

export const tooMany = error("Too many tries (`slow_down`); `Retry-After` says when to come back.");
export const failed = error("The server failed (`server_error`).");

const clientId = text("client_id", "Left out where HTTP Basic carries it.").optional();
const clientSecret = text("client_secret", "Left out where HTTP Basic carries it.").optional();

export const tokenQuestionForm = z.object({
  token: text("token", "An access or refresh token."),
  token_type_hint: text(
    "token_type_hint",
    "`access_token` or `refresh_token`: where to look first; anything else is no hint.",
  ).optional(),
  client_id: clientId,
  client_secret: clientSecret,
});

export const deviceAuthorizationForm = z.object({
  device_id: text("device_id", "The unit: its MAC address or a UUID."),
  model_id: text("model_id", "The model of the device."),
  client_id: clientId,
  client_secret: clientSecret,
  scope: text("scope", "Taken, and of no meaning here.").optional(),
});

export const termsQuery = z.object({
  code: text("code", "The pending code of a 451."),
  state: text("state", "The state that the code was asked for with."),
  grant_type: z.enum(["code"]).optional(),
  redirect_uri: text(
    "redirect_uri",
    "Where the app wants the browser back: one of the client's, character for character.",
  ).optional(),
});

const activateQuery = z.object({
  user_code: z.string().optional().describe("The code that the device shows, for a QR code."),
});

const revokedSchema = z.object({}).describe("Nothing: the token does not work any more.");

const introspectionSchema = z
  .object({
    active: z.boolean().describe("Whether the token works. If not, this is the only member."),
    iss: z.string().optional(),
    sub: z.string().optional().describe("The account."),
    client_id: z.string().optional(),
    token_type: z.literal("Bearer").optional().describe("Of access tokens alone."),
    iat: z.number().int().optional().describe("Seconds since the epoch."),
    exp: z.number().int().optional().describe("Seconds since the epoch."),
    device_id: z.string().optional(),
    model_id: z.string().optional(),
    device_key: z.string().optional().describe("Trefoil's own id of the device."),
    grant_id: z.string().optional(),
  })
  .describe("What a token is.");

const deviceCodesSchema = z
  .object({
    device_code: z.string().describe("For the device to keep."),
    user_code: z.string().describe("For a person to type, as in `ACEF-HJKL`."),
    verification_uri: z.string().describe("Where they type it."),
    verification_uri_complete: z.string().describe("The same with the code, for a QR code."),
    expires_in: z.number().int().describe("Seconds that the two codes work."),
    interval: z.number().int().describe("Seconds between two questions at `/token`."),
  })
  .describe("A code to keep and a code to show.");

const metadataSchema = z
  .looseObject({
    issuer: z.string(),
    authorization_endpoint: z.string(),
    token_endpoint: z.string(),
    revocation_endpoint: z.string(),
    introspection_endpoint: z.string(),
    device_authorization_endpoint: z.string(),
    response_types_supported: z.array(z.string()),
    grant_types_supported: z.array(z.string()),
    code_challenge_methods_supported: z.array(z.string()),
    cic_gateway_endpoint: z.string().describe("Where devices connect with their access token."),
    account_management_uri: z.string().describe("Where people see to their account."),
    account_issuer: z
      .string()
      .optional()
      .describe("The OpenID Connect provider of this server; absent where another one is used."),
  })
  .describe("What this server offers, and where.");

const htmlSchema = z.string().describe("A page.");
const page = (description: string): ResponseDescription => ({
  description,
  schema: htmlSchema,
  mediaType: "text/html",
});

const refused = {
  400: error("A parameter is missing or malformed, or the client was switched off."),
  401: error("The client is unknown or its secret is wrong; with a challenge."),
  413: error("The body is too large."),
  429: tooMany,
  500: failed,
};

/** The schemas of these operations that get names of their own. */
export const standardsSchemas = {
  DeviceCodes: deviceCodesSchema,
  Introspection: introspectionSchema,
  Metadata: metadataSchema,
  Revoked: revokedSchema,
};

/** The path items. */
export function describeStandards(
  writer: SchemaWriter,
): Readonly<Record<string, Record<string, Json>>> {
  const post = (
    operationId: string,
    words: { readonly summary: string; readonly description?: string },
    form: z.ZodObject,
    responses: Readonly<Record<number, ResponseDescription>>,
  ): Record<string, Json> => ({
    post: {
      operationId,
      ...words,
      security: [{ client: [] }, {}],
      requestBody: {
        required: true,
        content: { "application/x-www-form-urlencoded": { schema: writer.write(form) } },
      },
      responses: responsesOf({ ...refused, ...responses }, writer),
    },
  });
  return {
    "/.well-known/oauth-authorization-server": {
      get: {
        operationId: "metadata",
        summary: "What this server offers, and where (RFC 8414)",
        responses: responsesOf(
          { 200: { description: "The metadata.", schema: metadataSchema } },
          writer,
        ),
      },
    },
    "/revoke": post(
      "revoke",
      {
        summary: "Give a token back (RFC 7009)",
        description: "The whole grant ends with it. A token that is not known is no error.",
      },
      tokenQuestionForm,
      { 200: { description: "The token does not work any more.", schema: revokedSchema } },
    ),
    "/introspect": post(
      "introspect",
      {
        summary: "Ask what a token is (RFC 7662)",
        description:
          "A client learns of its own tokens; those named in `auth.introspectionClients` of all.",
      },
      tokenQuestionForm,
      { 200: { description: "What it is.", schema: introspectionSchema } },
    ),
    "/device_authorization": post(
      "authorizeDevice",
      {
        summary: "Begin to let a device in that has no companion app (RFC 8628)",
        description:
          "The device then asks `/token` until a person has typed its code at `/activate`.",
      },
      deviceAuthorizationForm,
      { 200: { description: "The codes.", schema: deviceCodesSchema } },
    ),
    "/terms": {
      get: {
        operationId: "terms",
        summary: "The page of a 451, for a web view",
        description:
          "A person agrees or declines; the browser then goes to `redirect_uri`, or to `clova://`, with what came of it.",
        parameters: parametersOf(termsQuery, "query"),
        responses: responsesOf(
          { 200: page("The terms."), 400: page("The address is of no use.") },
          writer,
        ),
      },
    },
    "/activate": {
      get: {
        operationId: "activate",
        summary: "The page where a person types a device's code",
        parameters: parametersOf(activateQuery, "query"),
        responses: responsesOf(
          {
            200: page("The field for the code, or which device asks."),
            303: page("To the sign-in, where nobody is signed in."),
            404: page("The code is unknown or has expired."),
            422: page("What was typed is no code."),
            429: page("Too many codes were looked up."),
          },
          writer,
        ),
      },
    },
  };
}
