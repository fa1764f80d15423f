// The mailbox: where a directive waits until its device has it. What `append` accepted survives the process.

/** A directive as it waits. */
export interface MailboxEntry {
  /** Its place: grows with every entry, so that a device's entries are ordered by it. */
  readonly sequence: number;
  readonly messageId: string;
  /** The JSON of its part: serialised once, written as it is. */
  readonly body: string;
  /** Milliseconds since the epoch. */
  readonly queuedAt: number;
  /** Milliseconds since the epoch; from then on it is not delivered any more. */
  readonly expiresAt: number;
}

/** A directive that is to wait. */
export interface NewMailboxEntry {
  readonly deviceKey: string;
  readonly messageId: string;
  readonly body: string;
  readonly queuedAt: number;
  readonly expiresAt: number;
  /** Whether it may be dropped for a newer one when the queue is full. */
  readonly required: boolean;
}

/** What waits, of all devices together. */
export interface MailboxCensus {
  /** How many entries; expired ones are among them until they are swept. */
  readonly depth: number;
  /** When the oldest of them was queued, in milliseconds since the epoch; undefined where none waits. */
  readonly oldestQueuedAt: number | undefined;
}

/**
 * Keeps directives until they are acknowledged. Every implementation passes the same contract suite
 * (`mailbox-contract.ts`).
 * @see docs/delivery.md
 */
export interface Mailbox {
  /**
   * Resolves with the entry's sequence when it is durable. Entries of one device are numbered in the order of the calls,
   * and resolve in that order.
   */
  append(entry: NewMailboxEntry): Promise<number>;
  /**
   * What waits for a device, oldest first, expired entries left out.
   * @param after only entries with a greater sequence
   * @param limit how many at most
   * @param now milliseconds since the epoch
   */
  pending(
    deviceKey: string,
    after: number,
    limit: number,
    now: number,
  ): Promise<readonly MailboxEntry[]>;
  /** Removes entries that reached their device; unknown sequences are ignored. */
  acknowledge(deviceKey: string, sequences: readonly number[]): Promise<void>;
  /**
   * Drops the oldest entries that are not required until at most `limit` are left (or only required ones).
   * @returns how many were dropped
   */
  trim(deviceKey: string, limit: number): Promise<number>;
  /** Removes all that waits for a device. @returns how many entries that were */
  purge(deviceKey: string): Promise<number>;
  /** Removes what has expired, of all devices. @returns how many entries that were */
  sweep(now: number): Promise<number>;
  /** How many entries wait for a device, expired ones included until they are swept. */
  depth(deviceKey: string): Promise<number>;
  /** What waits, of all devices together. */
  census(): Promise<MailboxCensus>;
  /** Resolves when all that was asked so far is done, or has failed. */
  settled(): Promise<void>;
}
