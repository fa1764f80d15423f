// The part of the admin API that sending needs.

import { isTrefoilError } from "@trefoil/protocol/errors";
import type { MessageName, Payload } from "@trefoil/protocol/messages";
import { z } from "zod";
import type { AdminConnection } from "../admin/index.js";

const deviceSchema = z.looseObject({
  deviceKey: z.string(),
  deviceId: z.string(),
  modelId: z.string().optional(),
  name: z.string().nullish(),
  online: z.boolean(),
});

/** A device as the admin API lists it. */
export type KnownDevice = z.infer<typeof deviceSchema>;

const pageSchema = z.looseObject({
  devices: z.array(deviceSchema),
  next: z.string().nullish(),
});

const sentSchema = z.looseObject({
  outcome: z.enum(["queued", "written", "dropped"]),
  messageId: z.string(),
  deviceKey: z.string().optional(),
});

/** What became of a directive. */
export type Sent = z.infer<typeof sentSchema>;

/** Most pages that are read of the list of devices. */
const maxPages = 20;
/** Devices of one page. */
const pageSize = 1_000;

/** Devices that signed in; of very many the first 20,000. */
export async function listDevices(admin: AdminConnection): Promise<KnownDevice[]> {
  const devices: KnownDevice[] = [];
  let after: string | undefined;
  for (let page = 0; page < maxPages; page++) {
    const limit = String(pageSize);
    const list = await admin.get("/devices", pageSchema, { limit, after });
    devices.push(...list.devices);
    if (list.next === null || list.next === undefined) break;
    after = list.next;
  }
  return devices;
}

/**
 * Sends a directive.
 * @param device its `deviceKey` or `device_id`
 * @returns undefined where the server knows no such device
 * @throws {TrefoilError} with the server's words where it refuses
 */
export async function sendDirective(
  admin: AdminConnection,
  device: string,
  directive: {
    readonly name: MessageName;
    readonly payload: Payload;
    readonly ttl?: number;
    readonly dialogRequestId?: string;
  },
  validate: boolean,
): Promise<Sent | undefined> {
  const path = `/devices/${encodeURIComponent(device)}/directives`;
  try {
    const query = validate ? {} : { validate: "false" };
    return await admin.post(path, sentSchema, directive, query);
  } catch (error) {
    if (isTrefoilError(error) && error.code === "not_found") return undefined;
    throw error;
  }
}
