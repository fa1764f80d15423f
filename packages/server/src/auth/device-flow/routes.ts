// The device flow by its paths; the devices' questions go to `/token`.

import type { Logger } from "../../logging/index.js";
import type { AuthApp } from "../app.js";
import { jsonAnswer } from "../http/answers.js";
import { callerOf } from "../http/caller.js";
import { failureAnswer } from "../http/failure.js";
import { assertMethod, readBodyParameters } from "../http/request.js";
import type { AccountPagesContext } from "../pages/account/context.js";
import { type PageContext, pageRoute } from "../pages/page-route.js";
import { activatePage } from "./activate-page.js";
import {
  type DeviceAuthorizationContext,
  activatePath,
  authorizeDevice,
  deviceAuthorizationParameters,
  deviceAuthorizationPath,
} from "./device-authorization.js";

/** What the device flow works with. */
export type DeviceFlowContext = DeviceAuthorizationContext &
  AccountPagesContext &
  PageContext & {
    readonly log: Logger;
    /** Where this server is reached, without a slash at its end. */
    readonly origin: () => string;
  };

/** Adds the device flow to the app. */
export function addDeviceFlow(app: AuthApp, context: DeviceFlowContext): void {
  app.all(deviceAuthorizationPath, async (c) => {
    try {
      const { raw } = c.req;
      assertMethod(raw, ["POST"]);
      const parameters = await readBodyParameters(raw, deviceAuthorizationParameters);
      const authorization = raw.headers.get("authorization");
      const caller = callerOf(raw, c.env);
      return jsonAnswer({
        ...(await authorizeDevice(context, parameters, authorization, caller, context.origin())),
      });
    } catch (thrown) {
      return failureAnswer(context.log, thrown, deviceAuthorizationPath);
    }
  });
  app.all(
    activatePath,
    pageRoute(context, async (visit) =>
      visit.session === undefined ? visit.toSignIn() : activatePage(context, visit),
    ),
  );
}
