// The account pages by their paths.

import { TrefoilError } from "@trefoil/protocol/errors";
import type { AuthApp } from "../../app.js";
import { outsideBackPath, outsidePath } from "../../oidc/external/sign-in-outside.js";
import { type PageContext, type PageHandler, pageRoute } from "../page-route.js";
import { closePage, closedPage } from "./close.js";
import { consentsPage } from "./consents.js";
import type { AccountPagesContext } from "./context.js";
import { devicePage, removeDevicePage } from "./device.js";
import { signOutEverywherePage } from "./everywhere.js";
import { overviewPage } from "./overview.js";
import { passwordPage } from "./password.js";
import { recoverPage } from "./recover.js";
import { recoveryCodesPage } from "./recovery-codes.js";
import { outsideBack, signInPage, signOutPage } from "./sign-in.js";
import { signUpPage } from "./sign-up.js";

/** Adds the account pages to the app. */
export function addAccountPages(app: AuthApp, context: AccountPagesContext & PageContext): void {
  const open = (path: string, handler: PageHandler) => app.all(path, pageRoute(context, handler));
  /** Pages for whoever is signed in; others sign in first and come back. */
  const own = (path: string, handler: PageHandler) =>
    open(path, async (visit, parameters) =>
      visit.session === undefined ? visit.toSignIn() : handler(visit, parameters),
    );

  const { outside } = context;
  if (outside !== undefined) {
    open(outsidePath, (visit) => outside.leave(visit));
    open(outsideBackPath, (visit) => outsideBack(outside, visit));
  }
  open("/sign-in", (visit) => signInPage(context, visit));
  open("/sign-up", (visit) => signUpPage(context, visit));
  open("/recover", (visit) => recoverPage(context, visit));
  open("/account-closed", (visit) => closedPage(visit));
  own("/sign-out", (visit) => signOutPage(visit));
  own("/account", (visit) => overviewPage(context, visit));
  const withPassword =
    (handler: PageHandler): PageHandler =>
    (visit, parameters) => {
      if (visit.session?.hasPassword === true) return handler(visit, parameters);
      throw new TrefoilError("not_found", "The account has no password here.");
    };
  own(
    "/account/password",
    withPassword((visit) => passwordPage(context, visit)),
  );
  own(
    "/account/recovery-codes",
    withPassword((visit) => recoveryCodesPage(context, visit)),
  );
  own("/account/sign-out-everywhere", (visit) => signOutEverywherePage(context, visit));
  own("/account/consents", (visit) => consentsPage(context, visit));
  own("/account/close", (visit) => closePage(context, visit));
  own("/account/devices/:key", (visit, { key = "" }) => devicePage(context, visit, key));
  own("/account/devices/:key/remove", (visit, { key = "" }) =>
    removeDevicePage(context, visit, key),
  );
  // Where password managers look for it. @see https://w3c.github.io/webappsec-change-password-url/
  open("/.well-known/change-password", async (visit) => visit.redirect("/account/password"));
}
