// The mailbox in the database. Commits are grouped: what is appended and acknowledged while one transaction is on its way
// shares the next, so that a disk that takes milliseconds to sync is asked once for many directives.

import { type Histogram, secondsSince } from "../observability/index.js";
import type { Database } from "../storage/index.js";
import type { Mailbox, NewMailboxEntry } from "./mailbox.js";

interface PendingAppend {
  readonly entry: NewMailboxEntry;
  readonly resolve: (sequence: number) => void;
  readonly reject: (error: unknown) => void;
}

interface PendingAcknowledgement {
  readonly sequences: readonly number[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A {@link Mailbox} that survives the process.
 * @param commitSeconds where the time of each transaction is noted
 */
export function createDurableMailbox(database: Database, commitSeconds?: Histogram): Mailbox {
  let appends: PendingAppend[] = [];
  let acknowledgements: PendingAcknowledgement[] = [];
  let scheduled = false;
  const settle: (() => void)[] = [];

  /** The group is closed at the end of this turn of the event loop: what one burst brings goes together. */
  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => void commit());
  };

  const commit = async (): Promise<void> => {
    const appending = appends;
    const acknowledging = acknowledgements;
    appends = [];
    acknowledgements = [];
    const begun = performance.now();
    try {
      const sequences = await database.write(async ({ mailbox }) => {
        const gone = acknowledging.flatMap((pending) => pending.sequences);
        if (gone.length > 0) await mailbox.delete(gone);
        return appending.length > 0 ? mailbox.insert(appending.map(({ entry }) => entry)) : [];
      });
      commitSeconds?.observe(secondsSince(begun));
      for (const [index, pending] of appending.entries()) pending.resolve(sequences[index] ?? 0);
      for (const pending of acknowledging) pending.resolve();
    } catch (error) {
      for (const pending of [...appending, ...acknowledging]) pending.reject(error);
    } finally {
      scheduled = false;
      if (appends.length > 0 || acknowledgements.length > 0) {
        schedule();
      } else {
        for (const resolve of settle.splice(0)) resolve();
      }
    }
  };

  const { mailbox } = database.stores;
  return {
    append(entry) {
      return new Promise((resolve, reject) => {
        appends.push({ entry, resolve, reject });
        schedule();
      });
    },
    acknowledge(_deviceKey, sequences) {
      return new Promise((resolve, reject) => {
        acknowledgements.push({ sequences, resolve, reject });
        schedule();
      });
    },
    pending: (deviceKey, after, limit, now) => mailbox.select(deviceKey, after, limit, now),
    trim: (deviceKey, limit) => mailbox.trim(deviceKey, limit),
    purge: (deviceKey) => mailbox.purge(deviceKey),
    sweep: (now) => mailbox.sweep(now),
    depth: (deviceKey) => mailbox.count(deviceKey),
    census: () => mailbox.census(),
    settled() {
      if (!scheduled) return Promise.resolve();
      return new Promise((resolve) => settle.push(resolve));
    },
  };
}
