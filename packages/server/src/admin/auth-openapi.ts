// The OpenAPI document of the authorization server: what apps and devices call. Its rules stand in RFC 6749; here is how
// they look on the wire.

import { z } from "zod";
import {
  type Json,
  type OpenApiDocument,
  SchemaWriter,
  parametersOf,
  responsesOf,
} from "./openapi-document.js";
import { errorSchema } from "./schemas.js";
import {
  describeStandards,
  error,
  failed,
  standardsSchemas,
  text,
  tooMany,
} from "./standards-openapi.js";

const choice = (values: readonly [string, ...string[]], description: string) =>
  z.enum(values).describe(description);

const deviceId = text("device_id", "The unit: its MAC address or a UUID.");
const modelId = text("model_id", "The model of the device.");

export const authorizeForm = z.object({
  client_id: text("client_id", "The client that asks."),
  device_id: deviceId,
  model_id: modelId,
  response_type: choice(["code"], "What is asked for."),
  state: text("state", "Comes back as it was sent, decoded."),
  grant_type: choice(
    ["uauth_auth_code_v2"],
    "The bearer value is an account authorization code, which the server exchanges at the identity provider.",
  ).optional(),
  request_vu: choice(
    ["Y", "N"],
    "`Y`: guest mode, without an `Authorization` header. Default `N`.",
  ).optional(),
  code_challenge: text("code_challenge", "PKCE (RFC 7636).").optional(),
  code_challenge_method: choice(["S256"], "PKCE (RFC 7636).").optional(),
  code_verifier: text(
    "code_verifier",
    "With `uauth_auth_code_v2`: the app's PKCE verifier for the account authorization code.",
  ).optional(),
});

export const tokenForm = z.object({
  grant_type: choice(
    [
      "authorization_code",
      "refresh_token",
      "delete",
      "urn:ietf:params:oauth:grant-type:device_code",
    ],
    "What is to be done.",
  ),
  client_id: text("client_id", "Left out where HTTP Basic carries it.").optional(),
  client_secret: text("client_secret", "Left out where HTTP Basic carries it.").optional(),
  code: text("code", "`authorization_code`: what `/authorize` answered.").optional(),
  code_verifier: text("code_verifier", "`authorization_code`: PKCE (RFC 7636).").optional(),
  refresh_token: text("refresh_token", "`refresh_token`: the newest one.").optional(),
  device_code: text(
    "device_code",
    "The device grant (RFC 8628): what `/device_authorization` answered.",
  ).optional(),
  access_token: text("access_token", "`delete`: the token to end.").optional(),
  device_id: deviceId
    .describe("The unit. Required but for `refresh_token`, where it must match when given.")
    .optional(),
  model_id: modelId.optional(),
});

const codeSchema = z
  .object({
    code: z.string().describe("Single use, to be exchanged at `/token`."),
    state: z.string(),
  })
  .describe("The authorization code.");

const termsSchema = codeSchema
  .extend({
    redirect_uri: z
      .string()
      .describe("The page where the person agrees; the app may add its own `redirect_uri`."),
  })
  .describe("A code that works once the terms of use are agreed to.");

const tokensSchema = z
  .object({
    access_token: z.string(),
    refresh_token: z.string().describe("Takes the place of the one before."),
    token_type: z.literal("Bearer"),
    expires_in: z.number().int().describe("Seconds that the access token works."),
  })
  .describe("A pair of tokens.");

const deletedSchema = z
  .object({
    access_token: z.string(),
    client_id: z.string(),
    expires_in: z.number().int().describe("Seconds that were left of it."),
  })
  .describe("The access token that was ended.");

const tokenAnswerSchema = z.union([tokensSchema, deletedSchema]);

const signInRequestSchema = z
  .object({ email: z.string().min(1).max(254), password: z.string().min(1) })
  .describe("An account of the embedded identity provider.");

const accountTokenSchema = z
  .object({
    account_access_token: z.string().describe("The bearer value of `/authorize`."),
    token_type: z.literal("Bearer"),
    expires_in: z.number().int().describe("Seconds."),
  })
  .describe("An account access token.");

const authorizeResponses = {
  200: { description: "The account lets the device in.", schema: codeSchema },
  400: error("A parameter is missing or malformed, or the client is unknown."),
  403: error(
    "The account access token or account authorization code is missing, unknown or expired (`access_denied`).",
  ),
  423: error(
    "The account withdrew from the service not long ago (`account_locked`); `Retry-After` says for how long it stays locked.",
  ),
  429: tooMany,
  451: { description: "The account has not agreed to the terms of use.", schema: termsSchema },
  500: failed,
};

const tokenResponses = {
  200: {
    description: "`delete` answers the token that was ended, the other grants a new pair.",
    schema: tokenAnswerSchema,
  },
  400: error("RFC 6749 section 5.2; `expired_token` for a refresh token that was used before."),
  401: error("`delete`: the client, `device_id` or `model_id` is wrong."),
  429: tooMany,
  500: failed,
};

const signInResponses = {
  200: { description: "Signed in.", schema: accountTokenSchema },
  400: error("A member is missing or malformed."),
  403: error("The e-mail address or the password is wrong (`access_denied`)."),
  413: error("The body is too large."),
  415: error("The body is not `application/json`."),
  429: tooMany,
  500: failed,
};

/** Writes the document. */
export function describeAuthApi(): OpenApiDocument {
  const writer = new SchemaWriter({
    AccountToken: accountTokenSchema,
    AuthorizationCode: codeSchema,
    DeletedToken: deletedSchema,
    Error: errorSchema,
    PendingCode: termsSchema,
    SignIn: signInRequestSchema,
    TokenAnswer: tokenAnswerSchema,
    Tokens: tokensSchema,
    ...standardsSchemas,
  });
  const authorize = {
    summary: "Let a device in for an account",
    description:
      "Parameters may stand in the query, in a form body, or split over both; each once at most.",
    security: [{ account: [] }, {}],
    responses: responsesOf(authorizeResponses, writer),
  };
  const token = {
    summary: "Exchange, refresh or end tokens",
    description: authorize.description,
    security: [{ client: [] }, {}],
    responses: responsesOf(tokenResponses, writer),
  };
  const byGet = (form: z.ZodObject) => ({ parameters: parametersOf(form, "query") });
  const byPost = (form: z.ZodObject): Json => ({
    requestBody: {
      content: { "application/x-www-form-urlencoded": { schema: writer.write(form) } },
    },
  });
  return {
    openapi: "3.1.0",
    info: {
      title: "Trefoil authorization API",
      version: "1",
      description: "How devices and their companion apps get tokens.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    security: [],
    paths: {
      "/authorize": {
        get: { operationId: "authorize", ...authorize, ...byGet(authorizeForm) },
        post: { operationId: "authorizeByForm", ...authorize, ...byPost(authorizeForm) },
      },
      "/token": {
        get: { operationId: "token", ...token, ...byGet(tokenForm) },
        post: { operationId: "tokenByForm", ...token, ...byPost(tokenForm) },
      },
      "/account/sign-in": {
        post: {
          operationId: "signIn",
          summary: "Sign in with e-mail and password",
          requestBody: {
            required: true,
            content: { "application/json": { schema: writer.write(signInRequestSchema) } },
          },
          responses: responsesOf(signInResponses, writer),
        },
      },
      ...describeStandards(writer),
    },
    components: {
      schemas: writer.components(),
      securitySchemes: {
        account: {
          type: "http",
          scheme: "bearer",
          description: "Account access token, or account authorization code.",
        },
        client: { type: "http", scheme: "basic", description: "`client_id` and `client_secret`." },
      },
    },
  };
}
