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
import type { GrantContext } from "./grants/context.js";
import { errorAnswer, jsonAnswer } from "./http/answers.js";
import { type AuthBindings, callerOf } from "./http/caller.js";
import { type ParameterName, Parameters, maxFormBytes } from "./http/parameters.js";
import { readBody } from "./http/read-body.js";
import { type SignInContext, maxSignInBytes, signIn } from "./sign-in.js";
import { answerToken, tokenParameters } from "./token.js";

/** What the routes work with. */
export type AuthAppContext = AuthorizeContext &
  GrantContext &
  SignInContext & { readonly log: Logger };

/** The app; its bindings carry the peer's address. */
export type AuthApp = Hono<{ Bindings: AuthBindings }>;

/** The paths that {@link createApp} answers. */
export const authPaths = ["/authorize", "/token", "/account/sign-in"] as const;

export function createApp(context: AuthAppContext): AuthApp {
  const app: AuthApp = new Hono();
  // Not `get` and `post`: Hono would answer HEAD as GET, and a HEAD would use up a code.
  app.all("/authorize", (c) => answerAuthorize(context, c.req.raw, c.env));
  app.all("/token", (c) => answerTokenRequest(context, c.req.raw, c.env));
  app.all("/account/sign-in", (c) => answerSignIn(context, c.req.raw, c.env));
  app.notFound(() => errorAnswer(new TrefoilError("not_found", "There is nothing at this path.")));
  app.onError((thrown) => fail(context, thrown, "unknown"));
  return app;
}

async function answerAuthorize(
  context: AuthAppContext,
  request: Request,
  bindings: AuthBindings | undefined,
): Promise<Response> {
  let state: string | undefined;
  try {
    assertMethod(request, ["GET", "POST"]);
    const parameters = await readParameters(request, authorizeParameters);
    state = parameters.optional("state");
    const authorization = request.headers.get("authorization");
    const { guests } = context.config;
    const asked = readAuthorizeRequest(parameters, authorization, guests);
    const caller = callerOf(request, bindings);
    return jsonAnswer({ ...(await authorize(context, asked, authorization, caller)) });
  } catch (thrown) {
    return fail(context, thrown, "/authorize", state === undefined ? {} : { state });
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
    return fail(context, thrown, "/token");
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
    return fail(context, thrown, "/account/sign-in");
  }
}

function assertMethod(request: Request, allowed: readonly string[]): void {
  if (allowed.includes(request.method)) return;
  throw new TrefoilError("method_not_allowed", `The method must be ${allowed.join(" or ")}.`, {
    headers: { allow: allowed.join(", ") },
  });
}

/** Query and body together. */
async function readParameters(
  request: Request,
  known: ReadonlySet<ParameterName>,
): Promise<Parameters> {
  const query = queryOf(request.url);
  if (query.length > maxFormBytes) {
    throw new TrefoilError("invalid_request", `The query is longer than ${maxFormBytes} bytes.`);
  }
  const body = request.method === "POST" ? await readBody(request, maxFormBytes) : "";
  if (body !== "" && mediaTypeOf(request) !== "application/x-www-form-urlencoded") {
    throw new TrefoilError(
      "invalid_request",
      "The body must be application/x-www-form-urlencoded.",
    );
  }
  return Parameters.read(known, query, body);
}

function queryOf(url: string): string {
  const mark = url.indexOf("?");
  return mark === -1 ? "" : url.slice(mark + 1);
}

function mediaTypeOf(request: Request): string {
  const [type = ""] = (request.headers.get("content-type") ?? "").split(";");
  return type.trim().toLowerCase();
}

/** What is answered; what went wrong on our side is logged, because the answer does not tell. */
function fail(
  context: AuthAppContext,
  thrown: unknown,
  path: string,
  extra: Readonly<Record<string, unknown>> = {},
): Response {
  const error = TrefoilError.from(thrown);
  // Being busy is no failure: a flood of sign-ins must not become a flood of log lines.
  if (error.wire.http >= 500 && error.retryAfter === undefined) {
    context.log.error("A request to the authorization server failed.", { path, err: error });
  }
  return errorAnswer(error, extra);
}
