// Making a grant: the account enters, the device becomes its own, and the first pair of tokens is stored; all of it in one
// transaction, or nothing.

import { TrefoilError } from "@trefoil/protocol/errors";
import type { DeviceRecord, DeviceTriple, RevokedGrant, Stores } from "../../storage/index.js";
import { newId } from "../secrets.js";
import type { TokenPair } from "../token-pair.js";
import {
  type GrantAsker,
  type GrantContext,
  type TokenAnswer,
  storedPair,
  tokenAnswer,
} from "./context.js";

/** A grant that is to be made. */
export interface GrantRequest {
  readonly grantId: string;
  readonly accountId: string;
  readonly device: DeviceTriple;
  readonly pair: TokenPair;
}

/** A grant that was made, once its transaction is committed. */
export interface OpenedGrant extends GrantRequest {
  readonly deviceKey: string;
  /** The grants of others on the device, which ended. */
  readonly displaced: readonly RevokedGrant[];
  /** When the access token ends. Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/**
 * Makes a grant, inside a transaction; {@link announceGrant} once that is committed.
 * @throws TrefoilError `invalid_grant` where the account withdrew from the service
 */
export async function openGrant(
  context: GrantContext,
  stores: Stores,
  asker: GrantAsker,
  request: GrantRequest,
  now: number,
): Promise<OpenedGrant> {
  const { grantId, accountId, device: triple, pair } = request;
  if (!(await stores.accounts.enter(accountId, now))) {
    throw new TrefoilError("invalid_grant", "The account withdrew from the service.");
  }
  const { device, displaced } = await signIn(context, stores, asker, triple, accountId, now);
  const { deviceKey } = device;
  const { clientId } = triple;
  await stores.grants.insert({ grantId, accountId, clientId, deviceKey, createdAt: now });
  const { accessToken, refreshToken } = storedPair(pair, grantId, now, context.config);
  await stores.accessTokens.insert(accessToken);
  await stores.refreshTokens.insert(refreshToken);
  return { ...request, deviceKey, displaced, expiresAt: accessToken.expiresAt };
}

/** Lets everybody know of a grant that was made. @returns what the device is answered */
export function announceGrant(
  context: GrantContext,
  asker: GrantAsker,
  grant: OpenedGrant,
  now: number,
): TokenAnswer {
  const { accountId, deviceKey, grantId, displaced, pair, expiresAt } = grant;
  context.revocations.announce(displaced, "owner_changed");
  context.audit.record({
    event: "token.issue",
    outcome: "ok",
    clientId: grant.device.clientId,
    accountId,
    deviceKey,
    grantId,
    remoteAddress: asker.caller.remoteAddress,
  });
  return tokenAnswer(pair, expiresAt, now);
}

/** Makes the device the account's. @returns the device as it was before, and the grants of others that ended */
async function signIn(
  context: GrantContext,
  stores: Stores,
  asker: GrantAsker,
  triple: DeviceTriple,
  accountId: string,
  now: number,
): Promise<{ readonly device: DeviceRecord; readonly displaced: readonly RevokedGrant[] }> {
  const { deviceName, deviceRuid, remoteAddress } = asker.caller;
  const device = await stores.devices.upsert({
    deviceKey: newId(context.random),
    clientId: triple.clientId,
    deviceId: triple.deviceId,
    modelId: triple.modelId,
    accountId,
    name: null,
    reportedName: deviceName ?? null,
    reportedRuid: deviceRuid ?? null,
    createdAt: now,
    lastSeenAt: now,
    lastSeenAddress: remoteAddress,
    removedAt: null,
  });
  const changesOwner = device.accountId !== accountId;
  if (changesOwner || device.removedAt !== null) {
    await stores.devices.assign(device.deviceKey, accountId);
  }
  if (!changesOwner) return { device, displaced: [] };
  const { deviceKey, accountId: previousAccountId } = device;
  const previous = await stores.accounts.get(previousAccountId);
  // A guest is whoever has the device in hands: what was theirs goes along to the account that they sign in with. What a
  // person left on the device is none of the next one's business, and its name was their word for it.
  const wasGuest = previous?.kind === "guest" && device.removedAt === null;
  if (!wasGuest) await stores.devices.rename(deviceKey, null);
  const displaced = await context.revocations.revokeIn(
    stores,
    { deviceKey, exceptAccountId: accountId },
    "owner_changed",
  );
  const reason = wasGuest ? "guest_signed_in" : "signed_in";
  await context.ownerHooks.run({ deviceKey, reason, previousAccountId, accountId }, stores);
  return { device, displaced };
}
