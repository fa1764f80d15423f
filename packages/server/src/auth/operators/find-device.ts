// Which device an operator means: by the key that this server gave it, or by what it calls itself.

import { TrefoilError } from "@trefoil/protocol/errors";
import type { DeviceRecord } from "../../storage/index.js";
import type { DeviceRegistry } from "../devices.js";

/** Most devices that the answer to an ambiguous id names. */
const maxCandidates = 10;

/**
 * The device that an id means: a `deviceKey`, or a `device_id` that only one device has.
 * @throws {TrefoilError} `not_found`, or `conflict` naming the devices that could be meant
 */
export async function findDevice(
  devices: Pick<DeviceRegistry, "get" | "list">,
  id: string,
): Promise<DeviceRecord> {
  const byKey = await devices.get(id);
  if (byKey !== undefined && byKey.removedAt === null) return byKey;
  const found = await devices.list({ deviceId: id, limit: maxCandidates + 1 });
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
