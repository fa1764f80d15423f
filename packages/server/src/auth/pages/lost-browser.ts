// Paths without a page that a person's browser asks for: the address of the server itself, and mistyped ones of the account.

import type { Context } from "hono";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { AuthBindings } from "../http/caller.js";
import { seeOther } from "./page.js";
import { type PageContext, pageRoute } from "./page-route.js";

/** What answers a lost browser; undefined for programs, which get JSON, and for paths where people have no business. */
export type LostBrowserAnswer = (
  context: Context<{ Bindings: AuthBindings }>,
) => Promise<Response> | Response | undefined;

/** @returns what sends a browser from `/` to the account, and shows it a page where it mistyped a path below that */
export function lostBrowserAnswer(context: PageContext): LostBrowserAnswer {
  const notFoundPage = pageRoute(context, () => {
    throw new TrefoilError("not_found", "There is no such page.");
  });
  return (c) => {
    const { method, path } = c.req;
    if (method !== "GET" && method !== "HEAD") return undefined;
    // Browsers name it first whenever a person goes somewhere; a program that asks for anything does not.
    if (!/\btext\/html\b/i.test(c.req.header("accept") ?? "")) return undefined;
    if (path === "/") return seeOther("/account");
    return path.startsWith("/account/") ? notFoundPage(c) : undefined;
  };
}
