// `POST /device_authorization`: a device without a companion app gets two codes; it keeps one and shows the other.
// @see https://www.rfc-editor.org/rfc/rfc8628#section-3.1

import { TrefoilError } from "@trefoil/protocol/errors";
import type { DeviceTriple } from "../../storage/index.js";
import { authenticatedClient, presentedCredentials } from "../checks/client-authentication.js";
import type { GrantContext } from "../grants/context.js";
import type { Caller } from "../http/caller.js";
import type { ParameterName, Parameters } from "../http/parameters.js";
import { slowDown } from "../limits/endpoint-limits.js";
import { countTry } from "../pages/account/tries.js";
import type { SignInContext } from "../sign-in.js";
import { hashOf, newSecret } from "../secrets.js";
import { newUserCode, shownUserCode, userCodeHash } from "./user-code.js";

/** The path of the endpoint. */
export const deviceAuthorizationPath = "/device_authorization";

/** The path of the page where the code is typed. */
export const activatePath = "/activate";

/** The name of the parameter that carries a code to the page. */
export const userCodeParameter = "user_code";

/** The parameters that the endpoint knows. `scope` is taken and has no meaning here. */
export const deviceAuthorizationParameters: ReadonlySet<ParameterName> = new Set<ParameterName>([
  "client_id",
  "client_secret",
  "device_id",
  "model_id",
  "scope",
]);

/** What the endpoint works with. */
export type DeviceAuthorizationContext = GrantContext & Pick<SignInContext, "limiter">;

/** The members of the answer. @see https://www.rfc-editor.org/rfc/rfc8628#section-3.2 */
export interface DeviceAuthorizationAnswer {
  readonly device_code: string;
  /** With its dash. */
  readonly user_code: string;
  readonly verification_uri: string;
  /** The same with the code in it, for a QR code. */
  readonly verification_uri_complete: string;
  /** Seconds. */
  readonly expires_in: number;
  /** Seconds between two questions. */
  readonly interval: number;
}

/** How often a user code is made up until it is one that nobody has: with 55 thousand million of them, once. */
const maxDraws = 8;

/**
 * @param origin where the server is reached
 * @throws TrefoilError `invalid_request`, `client_unauthenticated` (401), `unauthorized_client`, `too_many_requests`
 */
export async function authorizeDevice(
  context: DeviceAuthorizationContext,
  parameters: Parameters,
  authorization: string | null,
  caller: Caller,
  origin: string,
): Promise<DeviceAuthorizationAnswer> {
  parameters.assertInOrder();
  const attempt = presentedCredentials(parameters, authorization);
  const device = {
    clientId: attempt.clientId,
    deviceId: parameters.required("device_id"),
    modelId: parameters.required("model_id"),
  };
  const { limits, audit, database, clock, config } = context;
  const who = { clientId: attempt.clientId, remoteAddress: caller.remoteAddress };
  const event = "device.authorize";
  try {
    const exhausted = limits.exhausted(who);
    if (exhausted.of !== "none") throw slowDown(exhausted.retryAfter);
    const credentials = await database.stores.clients.credentials(attempt.clientId, clock.now());
    authenticatedClient(credentials, attempt, 401);
    limits.takeDeviceCode(device, caller.remoteAddress);
    countTry(context, "device-authorization", caller);
    const { deviceCode, userCode } = await insert(context, device, caller);
    audit.record({ ...who, event, outcome: "ok" });
    const verificationUri = `${origin}${activatePath}`;
    const shown = shownUserCode(userCode);
    return {
      device_code: deviceCode,
      user_code: shown,
      verification_uri: verificationUri,
      verification_uri_complete: `${verificationUri}?${userCodeParameter}=${shown}`,
      expires_in: config.deviceCodeLifetime,
      interval: config.deviceCodeInterval,
    };
  } catch (thrown) {
    const error = TrefoilError.from(thrown);
    if (limits.failed(who, error)) {
      audit.record({ ...who, event, outcome: error.wire.oauth, detail: error.message });
    }
    throw error;
  }
}

async function insert(
  context: DeviceAuthorizationContext,
  device: DeviceTriple,
  caller: Caller,
): Promise<{ readonly deviceCode: string; readonly userCode: string }> {
  const { database, clock, config, random } = context;
  const createdAt = clock.now();
  for (let draw = 0; draw < maxDraws; draw++) {
    const deviceCode = newSecret(random);
    const userCode = newUserCode(random);
    const isFree = await database.stores.deviceAuthorizations.insert({
      ...device,
      deviceCodeHash: hashOf(deviceCode),
      userCodeHash: userCodeHash(userCode),
      reportedName: caller.deviceName ?? null,
      remoteAddress: caller.remoteAddress,
      createdAt,
      expiresAt: createdAt + config.deviceCodeLifetime * 1_000,
      pollInterval: config.deviceCodeInterval * 1_000,
    });
    if (isFree) return { deviceCode, userCode };
  }
  throw new TrefoilError("unavailable", "No free code was found; try again.", { retryAfter: 1 });
}
