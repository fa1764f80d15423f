// The pages, and what they link to, by their paths.

import type { AuthApp } from "../app.js";
import type { AccountPagesContext } from "./account/context.js";
import { addAccountPages } from "./account/routes.js";
import { iconAnswer, iconPath } from "./page.js";
import type { PageContext } from "./page-route.js";
import { stylesheetAnswer, stylesheetPath } from "./stylesheet.js";

/** What the pages work with. */
export type PagesContext = PageContext & AccountPagesContext;

/** Adds the pages to the app. */
export function addPages(app: AuthApp, context: PagesContext): void {
  app.get(stylesheetPath, () => stylesheetAnswer());
  app.get(iconPath, () => iconAnswer());
  addAccountPages(app, context);
}
