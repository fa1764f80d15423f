// Which device is meant: by its key or id, by how one of them begins, or `-` for the one there is.

import { TrefoilError } from "@trefoil/protocol/errors";
import type { KnownDevice } from "./admin-api.js";

/** Most devices that a message lists. */
const maxListed = 10;

/**
 * The device that a word means.
 * @param word a `deviceKey` or `device_id`, the beginning of one, or `-`: the only device, or the only one that is online
 * @throws {TrefoilError} `not_found` or `conflict`, listing what could be meant
 */
export function findDevice(devices: readonly KnownDevice[], word: string): KnownDevice {
  if (devices.length === 0) {
    throw new TrefoilError(
      "not_found",
      "no device has signed in yet; start one with `trefoil device`",
    );
  }
  if (word === "-") return onlyDevice(devices);
  const same = (id: string) => id.toLowerCase() === word.toLowerCase();
  const begins = (id: string) => id.toLowerCase().startsWith(word.toLowerCase());
  for (const matches of [same, begins]) {
    const found = devices.filter(
      ({ deviceKey, deviceId }) => matches(deviceKey) || matches(deviceId),
    );
    const [first] = found;
    if (first !== undefined && found.length === 1) return first;
    if (first !== undefined) {
      throw new TrefoilError(
        "conflict",
        `${JSON.stringify(word)} could be any of ${list(found)}; write more of it`,
      );
    }
  }
  throw new TrefoilError(
    "not_found",
    `there is no device ${JSON.stringify(word)}; there is ${list(devices)}`,
  );
}

function onlyDevice(devices: readonly KnownDevice[]): KnownDevice {
  const online = devices.filter((device) => device.online);
  const [first] = online.length > 0 ? online : devices;
  const count = online.length > 0 ? online.length : devices.length;
  if (first !== undefined && count === 1) return first;
  throw new TrefoilError(
    "conflict",
    `there is more than one device: ${list(online.length > 0 ? online : devices)}; say which`,
  );
}

/** The devices by their ids, those that are online first. */
function list(devices: readonly KnownDevice[]): string {
  const sorted = devices.toSorted((a, b) => Number(b.online) - Number(a.online));
  const words = sorted
    .slice(0, maxListed)
    .map(({ deviceId, online }) => `${deviceId} (${online ? "online" : "offline"})`);
  const more = devices.length - words.length;
  return `${words.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
