// Which devices are on, since when, and where: kept in memory, because a connection lives no longer than its process.

/** What is known of one connected device. */
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

/** Asked by the admin API; written by the gateway. */
export interface PresenceReader {
  get(deviceKey: string): DevicePresence | undefined;
  list(): readonly DevicePresence[];
  /** Calls `listener` on each change until the answered function is called. */
  watch(listener: (presence: DevicePresence) => void): () => void;
}
