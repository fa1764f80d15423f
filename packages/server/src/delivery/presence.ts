// Which devices are on, since when, and where: kept in memory, because a connection lives no longer than its process.

/** What is known of one device that has been connected to this process. */
export interface DevicePresence {
  readonly deviceKey: string;
  readonly online: boolean;
  /** When the present downchannel was opened, or the last one ended. Milliseconds since the epoch. */
  readonly since: number;
  /** The last time anything was heard of it. Milliseconds since the epoch. */
  readonly lastSeen: number;
  readonly remoteAddress: string;
  readonly userAgent: string;
}

/** Asked by the admin API. */
export interface PresenceReader {
  get(deviceKey: string): DevicePresence | undefined;
  list(): readonly DevicePresence[];
  /** Calls `listener` on each coming and going until the answered function is called. */
  watch(listener: (presence: DevicePresence) => void): () => void;
}

/** How many devices that went offline are remembered; the oldest is forgotten first. */
const maxRemembered = 100_000;

/** Written by the gateway. */
export class Presence implements PresenceReader {
  readonly #known = new Map<string, { -readonly [K in keyof DevicePresence]: DevicePresence[K] }>();
  readonly #watchers = new Set<(presence: DevicePresence) => void>();

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

  /** A downchannel was opened. */
  online(
    deviceKey: string,
    now: number,
    from: { readonly remoteAddress: string; readonly userAgent: string },
  ): void {
    this.#tell(deviceKey, { deviceKey, online: true, since: now, lastSeen: now, ...from });
  }

  /** The device's downchannel ended, and no newer one took its place. */
  offline(deviceKey: string, now: number): void {
    const known = this.#known.get(deviceKey);
    if (known === undefined || !known.online) return;
    this.#tell(deviceKey, { ...known, online: false, since: now });
  }

  /** Something was heard of the device. On the hot path: no watcher is told. */
  seen(deviceKey: string, now: number): void {
    const known = this.#known.get(deviceKey);
    if (known !== undefined) known.lastSeen = now;
  }

  #tell(deviceKey: string, presence: DevicePresence): void {
    // Moved to the end, so that the map's order is the order of the last change.
    this.#known.delete(deviceKey);
    this.#known.set(deviceKey, { ...presence });
    if (this.#known.size > maxRemembered) this.#forget();
    for (const watcher of this.#watchers) watcher(presence);
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
