// Serves the OpenAPI documents. They are public: they hold nothing that the source does not.

import { TrefoilError } from "@trefoil/protocol/errors";
import { Hono } from "hono";
import { describeAdminApi } from "./admin-openapi.js";
import { errorAnswer } from "./answers.js";
import { describeAuthApi } from "./auth-openapi.js";
import type { OpenApiDocument } from "./openapi-document.js";

/** The documents by their paths; each is written when it is first asked for. */
const documents: Readonly<Record<string, () => OpenApiDocument>> = {
  "/openapi/admin.json": describeAdminApi,
  "/openapi/auth.json": describeAuthApi,
};

/** Makes the application; it answers for everything below `/openapi`. */
export function createOpenApiApp(): Hono {
  const app = new Hono();
  for (const [path, describe] of Object.entries(documents)) {
    let text: string | undefined;
    app.get(path, () => {
      text ??= `${JSON.stringify(describe(), null, 2)}\n`;
      return new Response(text, {
        headers: {
          "content-type": "application/json",
          "cache-control": "no-cache",
          // Documentation tools run on pages of other origins.
          "access-control-allow-origin": "*",
        },
      });
    });
    app.all(path, () =>
      errorAnswer(
        new TrefoilError("method_not_allowed", "This path takes GET, HEAD.", {
          headers: { allow: "GET, HEAD" },
        }),
      ),
    );
  }
  app.notFound(() =>
    errorAnswer(
      new TrefoilError(
        "not_found",
        "The documents are /openapi/admin.json and /openapi/auth.json.",
      ),
    ),
  );
  app.onError((thrown) => errorAnswer(TrefoilError.from(thrown)));
  return app;
}
