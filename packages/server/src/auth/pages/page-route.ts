// A page as a route: who comes is looked up, the page answers, and what goes wrong ends in a page too.

import type { Context } from "hono";
import { html } from "hono/html";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { Logger } from "../../logging/index.js";
import type { AuthBindings } from "../http/caller.js";
import { pageWords } from "./page-words.js";
import { Visit, type VisitParts } from "./visit.js";

/** What every page works with, whatever it is about. */
export type PageContext = VisitParts & { readonly log: Logger };

/** Answers one page. It may throw: that becomes a page too. */
export type PageHandler = (
  visit: Visit,
  parameters: Readonly<Record<string, string>>,
) => Promise<Response>;

/** A route for Hono that answers with a page. */
export function pageRoute(context: PageContext, handler: PageHandler) {
  return async (c: Context<{ Bindings: AuthBindings }>): Promise<Response> => {
    // Where not even who comes can be looked up, the page that says so is nobody's.
    let visit = Visit.ofNobody(context, c.req.raw, c.env);
    try {
      visit = await Visit.open(context, c.req.raw, c.env);
      return await handler(visit, c.req.param() as Readonly<Record<string, string>>);
    } catch (thrown) {
      const error = TrefoilError.from(thrown);
      if (error.wire.http >= 500 && error.retryAfter === undefined) {
        context.log.error("A page failed.", { path: c.req.path, err: error });
      }
      return failurePage(visit, error);
    }
  };
}

/** The page of a failure that no form can mend. */
function failurePage(visit: Visit, error: TrefoilError): Promise<Response> {
  const words = pageWords[visit.language];
  const { http } = error.wire;
  const { title, sentence } =
    http === 404
      ? words.notFound
      : http === 429 || http === 503
        ? words.busy
        : http >= 500
          ? words.failed
          : words.refused;
  return visit.page({
    title,
    status: http,
    content: html`<div class="card">
      <p>${sentence}</p>
      <p><a href="/account">${words.home}</a></p>
    </div>`,
    headers: {
      ...error.headers,
      ...(error.retryAfter === undefined ? {} : { "retry-after": String(error.retryAfter) }),
    },
  });
}
