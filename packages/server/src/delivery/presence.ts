// Which devices are on, since when, and where: kept in memory, because a connection lives no longer than its process.

import { hostname } from "node:os";

/** What is known of one device that has been connected to this process. */
export interface DevicePresence {
  readonly deviceKey: string;
  /** Whose token opened the downchannel. */
  readonly accountId: string;
  readonly online: boolean;
  /** When the present downchannel was opened, or the last one ended. Milliseconds since the epoch. */
  readonly since: number;
  /** The last time anything was heard of it. Milliseconds since the epoch. */
  readonly lastSeen: number;
  readonly remoteAddress: string;
  readonly userAgent: string;
  /** The process that holds, or held, its connection. */
  readonly node: string;
}

/** When a device was last heard of. */
export interface Sighting {
  readonly deviceKey: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Asked by the admin API. */
export interface PresenceReader {
  get(deviceKey: string): DevicePresence | undefined;
  list(): readonly DevicePresence[];
  /** Calls `listener` on each coming and going until the answered function is called. */
  watch(listener: (presence: DevicePresence) => void): () => void;
}

/** A device that is on, for who hears of it again and again. */
export interface PresentDevice {
  /** Something was heard of it. On the hot path: no watcher is told. @param now milliseconds since the epoch */
  seen(now: number): void;
}

/** How many devices that went offline are remembered; the oldest is forgotten first. */
const maxRemembered = 100_000;

/** How long what was heard of a device in use goes without being noted for good. Milliseconds. */
const sightingInterval = 5 * 60_000;

/** A device as it is kept here. */
interface Known extends DevicePresence {
  lastSeen: number;
  /** The time of its last sighting. */
  sightedAt: number;
}

/** Written by the gateway. */
export class Presence implements PresenceReader {
  readonly #node: string;
  readonly #known = new Map<string, Known>();
  #sightings = new Set<string>();
  readonly #watchers = new Set<(presence: DevicePresence) => void>();

  /** @param node how this process is called; the machine's name unless told */
  constructor(node: string = hostname()) {
    this.#node = node;
  }

  get(deviceKey: string): DevicePresence | undefined {
    return this.#known.get(deviceKey);
  }

  list(): readonly DevicePresence[] {
    return [...this.#known.values()];
  }

  watch(listener: (presence: DevicePresence) => void): () => void {
    this.#watchers.add(listener);
    return () => void this.#watchers.delete(listener);
  }

  /** A downchannel was opened. @returns where to tell what is heard of the device while it is open */
  online(
    deviceKey: string,
    now: number,
    from: {
      readonly accountId: string;
      readonly remoteAddress: string;
      readonly userAgent: string;
    },
  ): PresentDevice {
    const known = this.#tell(
      { deviceKey, online: true, since: now, lastSeen: now, ...from, node: this.#node },
      now,
    );
    return { seen: (at) => this.#seen(known, at) };
  }

  /** The device's downchannel ended, and no newer one took its place. */
  offline(deviceKey: string, now: number): void {
    const known = this.#known.get(deviceKey);
    if (known === undefined || !known.online) return;
    const { sightedAt: _, ...presence } = known;
    this.#tell({ ...presence, online: false, since: now }, now);
  }

  /** Something was heard of a device that may be on or off: {@link PresentDevice.seen} of one that is on. */
  seen(deviceKey: string, now: number): void {
    const known = this.#known.get(deviceKey);
    if (known !== undefined) this.#seen(known, now);
  }

  /** The devices of which there is something new to note for good since this was last asked. */
  takeSightings(): readonly Sighting[] {
    const taken = this.#sightings;
    this.#sightings = new Set();
    const sightings: Sighting[] = [];
    for (const deviceKey of taken) {
      const known = this.#known.get(deviceKey);
      if (known !== undefined) sightings.push({ deviceKey, at: known.lastSeen });
    }
    return sightings;
  }

  #seen(known: Known, now: number): void {
    known.lastSeen = now;
    if (now - known.sightedAt < sightingInterval) return;
    known.sightedAt = now;
    this.#sightings.add(known.deviceKey);
  }

  #tell(presence: DevicePresence, now: number): Known {
    const { deviceKey } = presence;
    const known = { ...presence, sightedAt: now };
    // Moved to the end, so that the map's order is the order of the last change.
    this.#known.delete(deviceKey);
    this.#known.set(deviceKey, known);
    this.#sightings.add(deviceKey);
    if (this.#known.size > maxRemembered) this.#forget();
    for (const watcher of this.#watchers) watcher(presence);
    return known;
  }

  #forget(): void {
    for (const [deviceKey, known] of this.#known) {
      if (!known.online) {
        this.#known.delete(deviceKey);
        return;
      }
    }
  }
}
