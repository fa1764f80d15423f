// Devices that an examination or a fleet makes: taken out of their account when it ends, so that none is left for good.

import { type TlsOptions, httpsExchange } from "@trefoil/client/node";
import { z } from "zod";
import { AdminConnection } from "../admin/index.js";

/** Which devices they are, and who may remove them. */
export interface OwnDevicesOptions {
  readonly authUrl: URL;
  readonly tls: TlsOptions;
  /** Undefined: they stay, since nobody but an operator can remove them. */
  readonly adminToken: string | undefined;
  readonly deviceIds: readonly string[];
  /** Whether the ids were named on the command line: a device that was there before is somebody's, and stays. */
  readonly isNamed: boolean;
}

/** Has them removed. */
export interface DeviceKeeper {
  /** Removes what was made since. Never fails: what cannot be removed stays. */
  remove(): Promise<void>;
}

/** Devices that are removed at the same time. */
const atOnce = 16;
/** Pages that are read of the list of devices, and devices of one. */
const pages = { most: 20, size: "1000" } as const;

const pageSchema = z.looseObject({
  devices: z.array(z.looseObject({ deviceKey: z.string(), deviceId: z.string() })),
  next: z.string().nullish(),
});

/** Notes which devices are there before the first of them is made. Never fails. */
export async function ownDevices(options: OwnDevicesOptions): Promise<DeviceKeeper> {
  const { authUrl, tls, adminToken, isNamed } = options;
  if (adminToken === undefined) return { remove: () => Promise.resolve() };
  const admin = new AdminConnection(httpsExchange(tls), authUrl, adminToken);
  const ids = new Set(options.deviceIds);
  let before: readonly string[] = [];
  try {
    if (isNamed) before = await keysOf(admin, ids);
  } catch {
    // Who cannot be told apart stays.
    return { remove: () => Promise.resolve() };
  }
  const kept = new Set(before);
  return {
    async remove() {
      try {
        const made = (await keysOf(admin, ids)).filter((key) => !kept.has(key));
        await removeAll(admin, made);
      } catch {
        // The server has ended, or is no Trefoil server: the report of what was done is not lost by that.
      }
    },
  };
}

/** The keys of the devices that have one of these ids: an id is another device for each client, model and account. */
async function keysOf(admin: AdminConnection, ids: ReadonlySet<string>): Promise<string[]> {
  const keys: string[] = [];
  let after: string | undefined;
  for (let page = 0; page < pages.most; page++) {
    const { devices, next } = await admin.get("/devices", pageSchema, { limit: pages.size, after });
    for (const { deviceKey, deviceId } of devices) if (ids.has(deviceId)) keys.push(deviceKey);
    if (next === null || next === undefined) break;
    after = next;
  }
  return keys;
}

async function removeAll(admin: AdminConnection, keys: readonly string[]): Promise<void> {
  const left = [...keys];
  const worker = async (): Promise<void> => {
    for (let key = left.pop(); key !== undefined; key = left.pop()) {
      await admin.post(`/devices/${encodeURIComponent(key)}/remove`, z.unknown());
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
