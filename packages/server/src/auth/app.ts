// The routes of the authorization server: requests in, JSON out, every failure through the one table.

import { Hono } from "hono";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { Logger } from "../logging/index.js";
import {
  type AuthorizeContext,
  authorize,
  authorizeParameters,
  readAuthorizeRequest,
} from "./authorize.js";
import { addDeviceFlow, type DeviceFlowContext } from "./device-flow/routes.js";
import type { GrantContext } from "./grants/context.js";
import { errorAnswer, jsonAnswer } from "./http/answers.js";
import { type AuthBindings, callerOf } from "./http/caller.js";
import { failureAnswer } from "./http/failure.js";
import type { ParameterName } from "./http/parameters.js";
import { readBody } from "./http/read-body.js";
import { assertMethod, mediaTypeOf, readParameters, readQueryParameters } from "./http/request.js";
import { addEmbeddedOidc, type EmbeddedOidcContext } from "./oidc/embedded/routes.js";
import { lostBrowserAnswer } from "./pages/lost-browser.js";
import { addPages, type PagesContext } from "./pages/routes.js";
import { addStandards, type StandardsContext } from "./standards/routes.js";
import { type TermsContext, answerTerms } from "./terms/answer-terms.js";
import { metadataPath } from "./standards/metadata.js";
import { deviceAuthorizationPath } from "./device-flow/device-authorization.js";
import { termsPath } from "./terms/terms-request.js";
import { type SignInContext, maxSignInBytes, signIn } from "./sign-in.js";
import { answerToken, tokenParameters } from "./token.js";

/** What the routes work with. */
export type AuthAppContext = AuthorizeContext &
  GrantContext &
  SignInContext &
  TermsContext &
  PagesContext &
  StandardsContext &
  DeviceFlowContext &
  EmbeddedOidcContext & { readonly log: Logger };

/** The app; its bindings carry the peer's address. */
export type AuthApp = Hono<{ Bindings: AuthBindings }>;

/** The endpoints that {@link createApp} answers apps, devices and gateways at; what it answers besides are pages. */
export const authPaths = [
  "/authorize",
  "/token",
  "/account/sign-in",
  metadataPath,
  "/revoke",
  "/introspect",
  deviceAuthorizationPath,
] as const;

export function createApp(context: AuthAppContext): AuthApp {
  const app: AuthApp = new Hono();
  // Not `get` and `post`: Hono would answer HEAD as GET, and a HEAD would use up a code.
  app.all("/authorize", (c) => answerAuthorize(context, c.req.raw, c.env));
  app.all("/token", (c) => answerTokenRequest(context, c.req.raw, c.env));
  app.all("/account/sign-in", (c) => answerSignIn(context, c.req.raw, c.env));
  addPages(app, context);
  addStandards(app, context);
  addDeviceFlow(app, context);
  addEmbeddedOidc(app, context);
  app.all(termsPath, (c) => answerTerms(context, c.req.raw, c.env));
  const answerLostBrowser = lostBrowserAnswer(context);
  app.notFound(
    (c) =>
      answerLostBrowser(c) ??
      errorAnswer(new TrefoilError("not_found", "There is nothing at this path.")),
  );
  app.onError((thrown) => failureAnswer(context.log, thrown, "unknown"));
  return app;
}

const stateAlone: ReadonlySet<ParameterName> = new Set<ParameterName>(["state"]);

async function answerAuthorize(
  context: AuthAppContext,
  request: Request,
  bindings: AuthBindings | undefined,
): Promise<Response> {
  let state: string | undefined;
  try {
    // What is wrong may be the method or the body: the state of the address comes back all the same.
    state = readQueryParameters(request, stateAlone).optional("state");
    assertMethod(request, ["GET", "POST"]);
    const parameters = await readParameters(request, authorizeParameters);
    state = parameters.optional("state");
    const authorization = request.headers.get("authorization");
    const { guests } = context.config;
    const asked = readAuthorizeRequest(parameters, authorization, guests);
    const caller = callerOf(request, bindings);
    const { status, body } = await authorize(context, asked, authorization, caller);
    return jsonAnswer({ ...body }, status);
  } catch (thrown) {
    return failureAnswer(context.log, thrown, "/authorize", state === undefined ? {} : { state });
  }
}

async function answerTokenRequest(
  context: AuthAppContext,
  request: Request,
  bindings: AuthBindings | undefined,
): Promise<Response> {
  try {
    assertMethod(request, ["GET", "POST"]);
    const parameters = await readParameters(request, tokenParameters);
    const authorization = request.headers.get("authorization");
    const caller = callerOf(request, bindings);
    return jsonAnswer(await answerToken(context, parameters, authorization, caller));
  } catch (thrown) {
    return failureAnswer(context.log, thrown, "/token");
  }
}

async function answerSignIn(
  context: AuthAppContext,
  request: Request,
  bindings: AuthBindings | undefined,
): Promise<Response> {
  try {
    assertMethod(request, ["POST"]);
    if (mediaTypeOf(request) !== "application/json") {
      throw new TrefoilError("unsupported_media_type", "The body must be application/json.");
    }
    const body = await readBody(request, maxSignInBytes);
    return jsonAnswer({ ...(await signIn(context, body, callerOf(request, bindings))) });
  } catch (thrown) {
    return failureAnswer(context.log, thrown, "/account/sign-in");
  }
}
