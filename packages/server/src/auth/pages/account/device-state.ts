// A device as its owner sees it: what is stored of it, and what this process knows of its connection.

import type { DeviceRecord } from "../../../storage/index.js";
import type { AccountPagesContext } from "./context.js";

export interface DeviceState {
  readonly device: DeviceRecord;
  /** As its owner calls it, else as it calls itself. */
  readonly name: string | null;
  readonly isOnline: boolean;
  /** Whether it has tokens that live. */
  readonly isSignedIn: boolean;
  /** Milliseconds since the epoch. */
  readonly lastSeenAt: number;
  readonly lastSeenAddress: string | null;
}

/** The devices of an account: connected ones first, then those seen last. */
export async function deviceStates(
  context: AccountPagesContext,
  accountId: string,
): Promise<readonly DeviceState[]> {
  const devices = await context.devices.list({ accountId });
  const signedIn = new Set(await context.database.stores.grants.signedInDevices(accountId));
  return devices
    .map((device) => stateOf(context, device, signedIn.has(device.deviceKey)))
    .toSorted((a, b) => Number(b.isOnline) - Number(a.isOnline) || b.lastSeenAt - a.lastSeenAt);
}

/** One device, or undefined where the account has no such device. */
export async function deviceState(
  context: AccountPagesContext,
  accountId: string,
  deviceKey: string,
): Promise<DeviceState | undefined> {
  // What stands in the address may be anything; PostgreSQL does not take a NUL in a text.
  if (/\p{Cc}/u.test(deviceKey)) return undefined;
  const device = await context.devices.get(deviceKey);
  if (device === undefined || device.accountId !== accountId || device.removedAt !== null) {
    return undefined;
  }
  const signedIn = await context.database.stores.grants.signedInDevices(accountId);
  return stateOf(context, device, signedIn.includes(deviceKey));
}

function stateOf(
  context: AccountPagesContext,
  device: DeviceRecord,
  isSignedIn: boolean,
): DeviceState {
  const present = context.presenceOf(device.deviceKey);
  const isNewer = present !== undefined && present.lastSeen >= device.lastSeenAt;
  return {
    device,
    name: device.name ?? device.reportedName,
    isOnline: present?.online === true,
    isSignedIn,
    lastSeenAt: isNewer ? present.lastSeen : device.lastSeenAt,
    lastSeenAddress: isNewer ? present.remoteAddress : device.lastSeenAddress,
  };
}
