// The embedded OpenID Connect provider by its paths.

import type { AuthApp } from "../../app.js";
import { callerOf } from "../../http/caller.js";
import { failureAnswer } from "../../http/failure.js";
import { type PageContext, pageRoute } from "../../pages/page-route.js";
import type { EmbeddedProvider } from "./embedded-provider.js";
import { interactionPath, mountPath } from "./mount-path.js";

/** What the routes work with. */
export type EmbeddedOidcContext = PageContext & {
  /** Undefined where people are known to a provider elsewhere. */
  readonly embeddedProvider: EmbeddedProvider | undefined;
};

/** Adds the provider to the app. */
export function addEmbeddedOidc(app: AuthApp, context: EmbeddedOidcContext): void {
  const { embeddedProvider, log } = context;
  if (embeddedProvider === undefined) return;
  app.all(
    `${interactionPath}/:uid`,
    pageRoute(context, (visit) => embeddedProvider.page(visit)),
  );
  app.all(
    `${mountPath}/auth`,
    pageRoute(context, (visit) => embeddedProvider.begin(visit)),
  );
  app.all(`${mountPath}/*`, async (c) => {
    try {
      const { remoteAddress } = callerOf(c.req.raw, c.env);
      return await embeddedProvider.answer(c.req.raw, remoteAddress);
    } catch (thrown) {
      return failureAnswer(log, thrown, mountPath);
    }
  });
}
