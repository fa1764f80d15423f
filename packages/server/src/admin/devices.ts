// Devices in the admin API: the records of the authorization server together with the presence that the gateway knows.

import type { z } from "zod";
import type { DeviceRegistry } from "../auth/index.js";
import type { DevicePresence, PresenceReader } from "../delivery/index.js";
import type { deviceConnectionSchema, deviceSchema } from "./schemas.js";

/** The devices that signed in. */
export type DeviceDirectory = Pick<DeviceRegistry, "get" | "list">;

/** What is stored of one device. */
export type DeviceDescription = NonNullable<Awaited<ReturnType<DeviceDirectory["get"]>>>;

/** A device as the admin API shows it. */
export function describeDevice(
  device: DeviceDescription,
  presence: PresenceReader,
): z.output<typeof deviceSchema> {
  const connection = presence.get(device.deviceKey);
  return {
    deviceKey: device.deviceKey,
    deviceId: device.deviceId,
    clientId: device.clientId,
    modelId: device.modelId,
    accountId: device.accountId,
    name: device.name,
    reportedName: device.reportedName,
    createdAt: timestamp(device.createdAt),
    lastSeenAt: timestamp(Math.max(device.lastSeenAt, connection?.lastSeen ?? 0)),
    online: connection?.online ?? false,
    presence: connection === undefined ? null : describePresence(connection),
  };
}

function describePresence({ since, remoteAddress, userAgent, node }: DevicePresence) {
  return { since: timestamp(since), remoteAddress, userAgent, node };
}

/** A connection as the list and the watch of presence show it. */
export function describeConnection(
  presence: DevicePresence,
): z.output<typeof deviceConnectionSchema> {
  const { deviceKey, accountId, online, lastSeen } = presence;
  return {
    deviceKey,
    accountId,
    online,
    lastSeenAt: timestamp(lastSeen),
    ...describePresence(presence),
  };
}

/** RFC 3339, as `2025-01-01T00:00:00.000Z`. */
export function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
