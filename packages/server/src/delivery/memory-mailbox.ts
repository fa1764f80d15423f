// A mailbox in memory: for tests, and for deployments that trade durability for speed. It keeps its promises only as long
// as its process lives.

import type { Mailbox, MailboxEntry, NewMailboxEntry } from "./mailbox.js";

interface Held extends MailboxEntry {
  readonly required: boolean;
}

/** A {@link Mailbox} without a disk. */
export function createMemoryMailbox(): Mailbox {
  let last = 0;
  const queues = new Map<string, Held[]>();

  const keep = (deviceKey: string, entries: Held[]): number => {
    const before = queues.get(deviceKey)?.length ?? 0;
    if (entries.length === 0) queues.delete(deviceKey);
    else queues.set(deviceKey, entries);
    return before - entries.length;
  };

  return {
    append(entry: NewMailboxEntry) {
      const { deviceKey, ...kept } = entry;
      const held = { sequence: ++last, ...kept };
      const queue = queues.get(deviceKey);
      if (queue === undefined) queues.set(deviceKey, [held]);
      else queue.push(held);
      return Promise.resolve(held.sequence);
    },

    pending(deviceKey, after, limit, now) {
      const found: Held[] = [];
      for (const entry of queues.get(deviceKey) ?? []) {
        if (found.length === limit) break;
        if (entry.sequence > after && entry.expiresAt > now) found.push(entry);
      }
      return Promise.resolve(found);
    },

    acknowledge(deviceKey, sequences) {
      const queue = queues.get(deviceKey);
      if (queue !== undefined) {
        const gone = new Set(sequences);
        keep(
          deviceKey,
          queue.filter((entry) => !gone.has(entry.sequence)),
        );
      }
      return Promise.resolve();
    },

    trim(deviceKey, limit) {
      const queue = queues.get(deviceKey) ?? [];
      let excess = queue.length - limit;
      return Promise.resolve(
        keep(
          deviceKey,
          queue.filter((entry) => entry.required || excess-- <= 0),
        ),
      );
    },

    purge(deviceKey) {
      return Promise.resolve(keep(deviceKey, []));
    },

    sweep(now) {
      let swept = 0;
      for (const [deviceKey, queue] of queues) {
        swept += keep(
          deviceKey,
          queue.filter((entry) => entry.expiresAt > now),
        );
      }
      return Promise.resolve(swept);
    },

    depth(deviceKey) {
      return Promise.resolve(queues.get(deviceKey)?.length ?? 0);
    },

    census() {
      let depth = 0;
      let oldest: Held | undefined;
      for (const queue of queues.values()) {
        depth += queue.length;
        const [first] = queue;
        if (first !== undefined && (oldest === undefined || first.sequence < oldest.sequence)) {
          oldest = first;
        }
      }
      return Promise.resolve({ depth, oldestQueuedAt: oldest?.queuedAt });
    },

    settled: () => Promise.resolve(),
  };
}
