// Devices as their owners and operators see them: listing, naming, removing.

import type { Clock } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { Database, DeviceFilter, DeviceRecord, DeviceTriple } from "../storage/index.js";
import type { AuditTrail } from "./audit-trail.js";
import type { DeviceOwnerHooks } from "./device-owner.js";
import { directionMarks } from "./http/caller.js";
import { type Actor, auditOf, operator } from "./operators/actor.js";
import type { Revocations } from "./revocations.js";

/** Longest name that an owner gives. Characters. */
export const maxDeviceName = 128;

/** How many devices a list holds unless told. */
const listLimit = 1_000;

export interface DeviceRegistryParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly revocations: Revocations;
  readonly ownerHooks: DeviceOwnerHooks;
  readonly audit: AuditTrail;
}

/** The devices that signed in. */
export class DeviceRegistry {
  readonly #parts: DeviceRegistryParts;

  constructor(parts: DeviceRegistryParts) {
    this.#parts = parts;
  }

  /** Ordered by key, at most 1,000 unless told; the next page is `after` the last key. */
  list(filter?: DeviceFilter): Promise<readonly DeviceRecord[]> {
    return this.#parts.database.stores.devices.list(filter);
  }

  get(deviceKey: string): Promise<DeviceRecord | undefined> {
    return this.#parts.database.stores.devices.get(deviceKey);
  }

  /** The one unit that names itself so. */
  find(device: DeviceTriple): Promise<DeviceRecord | undefined> {
    return this.#parts.database.stores.devices.find(device);
  }

  /** Devices that call themselves by a `device_id`: more than one where models or clients share it. */
  findByDeviceId(deviceId: string): Promise<readonly DeviceRecord[]> {
    return this.#parts.database.stores.devices.list({ deviceId });
  }

  /** The keys of an account's devices, ascending; empty where there is no such account. */
  async devicesOf(accountId: string): Promise<readonly string[]> {
    const keys: string[] = [];
    for (let after: string | undefined; ;) {
      const page = await this.list({ accountId, ...(after === undefined ? {} : { after }) });
      for (const { deviceKey } of page) keys.push(deviceKey);
      if (page.length < listLimit) return keys;
      after = keys.at(-1);
    }
  }

  /** Notes when devices were last there. Of keys that are not known, and of times that lie before what is noted, nothing. */
  async noteSightings(
    sightings: readonly { readonly deviceKey: string; readonly at: number }[],
  ): Promise<void> {
    if (sightings.length === 0) return;
    await this.#parts.database.write(async ({ devices }) => {
      for (const { deviceKey, at } of sightings) await devices.seen(deviceKey, at);
    });
  }

  /**
   * @param name null takes the name away
   * @param owner whose device it must be; default anybody's
   * @throws TrefoilError `not_found`, or `invalid_request` where the name will not do
   */
  async rename(
    deviceKey: string,
    name: string | null,
    actor: Actor = operator,
    owner?: string,
  ): Promise<void> {
    const { database, audit } = this.#parts;
    if (
      name !== null &&
      (name.trim() === "" || name.length > maxDeviceName || /[\p{Cc}\p{Zl}\p{Zp}]/u.test(name))
    ) {
      throw new TrefoilError(
        "invalid_request",
        `A device's name has 1 to ${maxDeviceName} printable characters.`,
      );
    }
    const shown = name?.replaceAll(directionMarks, "") || null;
    const accountId = await database.write(({ devices }) =>
      devices.rename(deviceKey, shown, owner),
    );
    if (accountId === undefined) throw unknownDevice();
    audit.record({
      event: "device.rename",
      outcome: "ok",
      deviceKey,
      accountId,
      ...auditOf(actor),
    });
  }

  /**
   * Takes a device out of its account: its tokens end at once, and its refresh answers `unauthorized_client`, which sends
   * it back to its set-up. It may sign in anew.
   * @param owner whose device it must be; default anybody's
   * @throws TrefoilError `not_found` where there is no such device, or it was removed already
   */
  async remove(deviceKey: string, actor: Actor = operator, owner?: string): Promise<void> {
    const { database, clock, revocations, ownerHooks, audit } = this.#parts;
    const { ended, accountId } = await database.write(async (stores) => {
      // Asked and done by one statement: somebody else may be signing in on the device in this very moment.
      const previousAccountId = await stores.devices.remove(deviceKey, clock.now(), owner);
      if (previousAccountId === undefined) throw unknownDevice();
      await ownerHooks.run(
        { deviceKey, reason: "removed", previousAccountId, accountId: undefined },
        stores,
      );
      return {
        accountId: previousAccountId,
        ended: await revocations.revokeIn(stores, { deviceKey }, "device_removed"),
      };
    });
    revocations.announce(ended, "device_removed");
    audit.record({
      event: "device.remove",
      outcome: "ok",
      deviceKey,
      accountId,
      ...auditOf(actor),
    });
  }
}

function unknownDevice(): TrefoilError {
  return new TrefoilError("not_found", "There is no such device.");
}
