// A mailbox in memory: for tests, and for deployments that trade durability for speed. It keeps its promises only as long
// as its process lives.

import type { Mailbox, MailboxEntry, NewMailboxEntry } from "./mailbox.js";

interface Held extends MailboxEntry {
  readonly required: boolean;
}

/** What waits for one device, oldest first. One that has run empty stays until the next sweep: most are soon used again. */
interface Queue {
  entries: Held[];
}

/** A {@link Mailbox} without a disk. */
export function createMemoryMailbox(): Mailbox {
  return new MemoryMailbox();
}

class MemoryMailbox implements Mailbox {
  readonly #queues = new Map<string, Queue>();
  #last = 0;

  append(entry: NewMailboxEntry): Promise<number> {
    const held: Held = {
      sequence: ++this.#last,
      messageId: entry.messageId,
      body: entry.body,
      queuedAt: entry.queuedAt,
      expiresAt: entry.expiresAt,
      required: entry.required,
    };
    const queue = this.#queues.get(entry.deviceKey);
    if (queue === undefined) this.#queues.set(entry.deviceKey, { entries: [held] });
    // A list made for one entry has room for one; one that grows from nothing has room for seventeen.
    else if (queue.entries.length === 0) queue.entries = [held];
    else queue.entries.push(held);
    return Promise.resolve(held.sequence);
  }

  pending(
    deviceKey: string,
    after: number,
    limit: number,
    now: number,
  ): Promise<readonly MailboxEntry[]> {
    const found: Held[] = [];
    for (const entry of this.#entriesOf(deviceKey)) {
      if (found.length === limit) break;
      if (entry.sequence > after && entry.expiresAt > now) found.push(entry);
    }
    return Promise.resolve(found);
  }

  acknowledge(deviceKey: string, sequences: readonly number[]): Promise<void> {
    const queue = this.#queues.get(deviceKey);
    if (queue === undefined) return Promise.resolve();
    const { entries } = queue;
    // Nearly always it is the oldest ones that have arrived, and all of them.
    const areOldest = sequences.every((sequence, index) => entries[index]?.sequence === sequence);
    if (!areOldest) {
      const gone = new Set(sequences);
      queue.entries = entries.filter(({ sequence }) => !gone.has(sequence));
    } else if (sequences.length === entries.length) {
      queue.entries = [];
    } else {
      entries.splice(0, sequences.length);
    }
    return Promise.resolve();
  }

  trim(deviceKey: string, limit: number): Promise<number> {
    let excess = this.#entriesOf(deviceKey).length - limit;
    if (excess <= 0) return Promise.resolve(0);
    return Promise.resolve(this.#keep(deviceKey, (entry) => entry.required || excess-- <= 0));
  }

  purge(deviceKey: string): Promise<number> {
    return Promise.resolve(this.#keep(deviceKey, () => false));
  }

  sweep(now: number): Promise<number> {
    let swept = 0;
    for (const [deviceKey, queue] of this.#queues) {
      swept += this.#keep(deviceKey, (entry) => entry.expiresAt > now);
      if (queue.entries.length === 0) this.#queues.delete(deviceKey);
    }
    return Promise.resolve(swept);
  }

  depth(deviceKey: string): Promise<number> {
    return Promise.resolve(this.#entriesOf(deviceKey).length);
  }

  census(): ReturnType<Mailbox["census"]> {
    let depth = 0;
    let oldest: Held | undefined;
    for (const { entries } of this.#queues.values()) {
      depth += entries.length;
      const [first] = entries;
      if (first !== undefined && (oldest === undefined || first.sequence < oldest.sequence)) {
        oldest = first;
      }
    }
    return Promise.resolve({ depth, oldestQueuedAt: oldest?.queuedAt });
  }

  settled(): Promise<void> {
    return Promise.resolve();
  }

  #entriesOf(deviceKey: string): readonly Held[] {
    return this.#queues.get(deviceKey)?.entries ?? [];
  }

  /** @returns how many entries were not kept */
  #keep(deviceKey: string, isKept: (entry: Held) => boolean): number {
    const queue = this.#queues.get(deviceKey);
    if (queue === undefined) return 0;
    const before = queue.entries.length;
    queue.entries = queue.entries.filter(isKept);
    return before - queue.entries.length;
  }
}
