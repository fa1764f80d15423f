// Telling the rooms that keep things for a device (its mailbox, for one) that the device has gone to somebody else.

import type { Stores } from "../storage/index.js";

/** A device left an account. */
export interface DeviceOwnerChange {
  readonly deviceKey: string;
  /**
   * `signed_in`: another account signed in on it. `guest_signed_in`: the same, and before it was its own guest's, so
   * that what waits for it may stay. `removed`: its owner removed it.
   */
  readonly reason: "signed_in" | "guest_signed_in" | "removed";
  readonly previousAccountId: string;
  /** Undefined where it was removed. */
  readonly accountId: string | undefined;
}

/**
 * Called inside the transaction that changes the owner: what it does through `stores` happens together with the change,
 * or not at all. It waits for nothing but `stores`. Where it throws, the change does not happen.
 */
export type DeviceOwnerHook = (change: DeviceOwnerChange, stores: Stores) => Promise<void>;

/** The hooks that were registered. */
export class DeviceOwnerHooks {
  readonly #hooks: DeviceOwnerHook[] = [];

  add(hook: DeviceOwnerHook): void {
    this.#hooks.push(hook);
  }

  async run(change: DeviceOwnerChange, stores: Stores): Promise<void> {
    for (const hook of this.#hooks) await hook(change, stores);
  }
}
