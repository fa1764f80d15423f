// Counts of tries over restarts, between processes, and without a database.

import { FakeClock } from "@trefoil/protocol/clock";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { silentLogger } from "../../logging/index.js";
import { type Database, openDatabase } from "../../storage/index.js";
import { AttemptJournal } from "./attempt-journal.js";
import { AttemptLimiter } from "./attempt-limiter.js";

const limit = { attempts: 4, window: 60_000 };
const key = { key: "a", limit };

let clock: FakeClock;
let database: Database;
let warnings: string[];
beforeEach(async () => {
  clock = new FakeClock();
  warnings = [];
  database = await openDatabase({ kind: "sqlite", file: ":memory:" });
});
afterEach(() => database.close());

function newProcess(over: Database = database) {
  const limiter = new AttemptLimiter();
  const log = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
  const journal = new AttemptJournal({ database: over, clock, log, limiter });
  return { limiter, journal };
}

const exhaust = (limiter: AttemptLimiter) => {
  while (limiter.take([key], clock.now()) === undefined);
};
/** Lets what was begun in the database come to its end. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

describe("counts of tries", () => {
  it("are there again after a restart", async () => {
    await database.migrate();
    const before = newProcess();
    before.journal.start();
    exhaust(before.limiter);
    await before.journal.stop();
    const after = newProcess();
    after.journal.start();
    await vi.waitFor(() => expect(after.limiter.wait([key], clock.now())).toBeDefined());
    await after.journal.stop();
  });

  it("survive a process that is killed half a second after they were made", async () => {
    await database.migrate();
    const killed = newProcess();
    killed.journal.start();
    await settle();
    exhaust(killed.limiter);
    clock.advance(500);
    await settle();
    const after = newProcess();
    after.journal.start();
    await vi.waitFor(() => expect(after.limiter.wait([key], clock.now())).toBeDefined());
    await after.journal.stop();
    await killed.journal.stop();
  });

  it("reach the other process within a second", async () => {
    await database.migrate();
    const [mine, other] = [newProcess(), newProcess()];
    mine.journal.start();
    other.journal.start();
    await settle();
    exhaust(mine.limiter);
    expect(other.limiter.wait([key], clock.now())).toBeUndefined();
    clock.advance(500);
    await settle();
    clock.advance(500);
    await vi.waitFor(() => expect(other.limiter.wait([key], clock.now())).toBeDefined());
    await mine.journal.stop();
    await other.journal.stop();
    expect(clock.pendingTimers).toBe(0);
  });

  it("cost the database nothing while nobody tries too much", async () => {
    await database.migrate();
    const { attempts } = database.stores;
    const add = vi.fn<typeof attempts.add>((rows, now) => attempts.add(rows, now));
    const counting = {
      ...database,
      stores: {
        ...database.stores,
        attempts: {
          add,
          changedSince: attempts.changedSince.bind(attempts),
          sweep: attempts.sweep.bind(attempts),
        },
      },
    };
    const { limiter, journal } = newProcess(counting);
    journal.start();
    const roomy = { attempts: 120, window: 900_000 };
    for (let device = 0; device < 1_000; device++) {
      limiter.take([{ key: `device ${device}`, limit: roomy }], clock.now());
    }
    clock.advance(500);
    await settle();
    await journal.stop();
    expect(add).not.toHaveBeenCalled();
  });

  it("are kept and told later where the database does not take them, which is said once", async () => {
    const { limiter, journal } = newProcess();
    journal.start();
    await settle();
    exhaust(limiter);
    for (let round = 0; round < 3; round++) {
      clock.advance(500);
      await settle();
    }
    expect(warnings).toHaveLength(1);
    expect(limiter.wait([key], clock.now())).toBeDefined();
    await database.migrate();
    clock.advance(500);
    await settle();
    await journal.stop();
    const rows = await database.stores.attempts.changedSince(0, clock.now(), 10);
    expect(rows.map((row) => row.key)).toEqual(["a"]);
  });
});
