// Devices in the admin API: the records of the authorization server together with the presence that the gateway knows.

import { TrefoilError } from "@trefoil/protocol/errors";
import type { z } from "zod";
import type { DeviceRegistry } from "../auth/index.js";
import type { DevicePresence, PresenceReader } from "../delivery/index.js";
import type { deviceConnectionSchema, deviceSchema } from "./schemas.js";

/** The devices that signed in. */
export type DeviceDirectory = Pick<DeviceRegistry, "get" | "list">;

/** What is stored of one device. */
export type DeviceDescription = NonNullable<Awaited<ReturnType<DeviceDirectory["get"]>>>;

/** Most devices that the answer to an ambiguous id names. */
const maxCandidates = 10;

/**
 * The device that an id means: a `deviceKey`, or a `device_id` that only one device has.
 * @throws {TrefoilError} `not_found`, or `conflict` naming the devices that could be meant
 */
export async function findDevice(
  directory: DeviceDirectory,
  id: string,
): Promise<DeviceDescription> {
  const byKey = await directory.get(id);
  if (byKey !== undefined && byKey.removedAt === null) return byKey;
  const found = await directory.list({ deviceId: id, limit: maxCandidates + 1 });
  const [first] = found;
  if (first === undefined) {
    throw new TrefoilError("not_found", "There is no device of this deviceKey or device_id.");
  }
  if (found.length === 1) return first;
  const candidates = found
    .slice(0, maxCandidates)
    .map(
      ({ deviceKey, clientId, modelId }) => `${deviceKey} (client ${clientId}, model ${modelId})`,
    );
  const more = found.length > maxCandidates ? " and more" : "";
  throw new TrefoilError(
    "conflict",
    `Several devices have this device_id; use one of the deviceKeys ${candidates.join(", ")}${more}.`,
  );
}

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
