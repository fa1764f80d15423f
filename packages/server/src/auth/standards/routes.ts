// The endpoints beside the service's own, by their paths.

import type { AuthApp } from "../app.js";
import type { GrantContext } from "../grants/context.js";
import { jsonAnswer } from "../http/answers.js";
import { callerOf } from "../http/caller.js";
import { failureAnswer } from "../http/failure.js";
import { assertMethod, readBodyParameters } from "../http/request.js";
import type { Logger } from "../../logging/index.js";
import type { EmbeddedProvider } from "../oidc/embedded/embedded-provider.js";
import { issuerOf } from "../oidc/embedded/mount-path.js";
import { readTokenQuestion, tokenQuestionParameters } from "./authenticated-request.js";
import { introspect } from "./introspect.js";
import { metadataAnswer, metadataPath } from "./metadata.js";
import { revokeToken } from "./revoke.js";

/** What the endpoints work with. */
export interface StandardsContext extends GrantContext {
  readonly log: Logger;
  /** Where this server is reached, without a slash at its end. */
  readonly origin: () => string;
  /** Undefined where people are known to a provider elsewhere. */
  readonly embeddedProvider: EmbeddedProvider | undefined;
}

/** Adds the endpoints to the app. */
export function addStandards(app: AuthApp, context: StandardsContext): void {
  app.all(metadataPath, (c) => {
    try {
      assertMethod(c.req.raw, ["GET", "HEAD"]);
      const origin = context.origin();
      const issuer = context.embeddedProvider === undefined ? undefined : issuerOf(origin);
      return metadataAnswer(origin, issuer);
    } catch (thrown) {
      return failureAnswer(context.log, thrown, metadataPath);
    }
  });

  app.all("/revoke", async (c) => {
    try {
      const { raw } = c.req;
      assertMethod(raw, ["POST"]);
      const parameters = await readBodyParameters(raw, tokenQuestionParameters);
      const caller = callerOf(raw, c.env);
      const authorization = raw.headers.get("authorization");
      await revokeToken(
        context,
        await readTokenQuestion(context, parameters, authorization, caller, "token.revoke"),
        caller,
      );
      return jsonAnswer({});
    } catch (thrown) {
      return failureAnswer(context.log, thrown, "/revoke");
    }
  });

  app.all("/introspect", async (c) => {
    try {
      const { raw } = c.req;
      assertMethod(raw, ["POST"]);
      const parameters = await readBodyParameters(raw, tokenQuestionParameters);
      const caller = callerOf(raw, c.env);
      const authorization = raw.headers.get("authorization");
      return jsonAnswer(
        await introspect(
          context,
          await readTokenQuestion(context, parameters, authorization, caller, "token.introspect"),
          context.origin(),
        ),
      );
    } catch (thrown) {
      return failureAnswer(context.log, thrown, "/introspect");
    }
  });
}
