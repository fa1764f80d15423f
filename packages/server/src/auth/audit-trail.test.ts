import { FakeClock } from "@trefoil/protocol/clock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "../logging/index.js";
import { type Database, openDatabase } from "../storage/index.js";
import { AuditTrail } from "./audit-trail.js";
import { systemRandom } from "./secrets.js";

let clock: FakeClock;
let database: Database;
let trail: AuditTrail;
let errors: string[];
beforeEach(async () => {
  clock = new FakeClock();
  errors = [];
  database = await openDatabase({ kind: "sqlite", file: ":memory:" });
  const log = { ...silentLogger, error: (message: string) => void errors.push(message) };
  trail = new AuditTrail({ database, clock, random: systemRandom, log });
});
afterEach(() => database.close());

const event = (detail: string) => ({ event: "test", outcome: "ok", detail });
const written = async () => (await database.stores.auditLog.list({ limit: 1_000 })).length;

describe("the audit trail", () => {
  it("writes what was noted within a moment, together", async () => {
    await database.migrate();
    trail.record(event("a"));
    trail.record(event("b"));
    expect(await written()).toBe(0);
    clock.advance(100);
    await trail.flush();
    expect(await written()).toBe(2);
    expect(clock.pendingTimers).toBe(0);
  });

  it("does not wait where there is much", async () => {
    await database.migrate();
    for (let index = 0; index < 200; index++) trail.record(event(String(index)));
    await trail.flush();
    expect(await written()).toBe(200);
  });

  it("cuts texts that are too long", async () => {
    await database.migrate();
    trail.record(event("x".repeat(10_000)));
    await trail.flush();
    expect((await database.stores.auditLog.list())[0]?.detail).toHaveLength(256);
  });

  it("writes no control characters: a NUL would be refused, and all that is noted after it with it", async () => {
    await database.migrate();
    trail.record(event("a\0b\r\nc\u009bd"));
    await trail.flush();
    expect((await database.stores.auditLog.list())[0]?.detail).toBe("abcd");
  });

  it("keeps what the database did not take, and tries again", async () => {
    trail.record(event("early"));
    await trail.flush();
    expect(errors).toHaveLength(1);
    await database.migrate();
    clock.advance(10_000);
    await trail.flush();
    expect(await written()).toBe(1);
  });

  it("stays in bounds where the database takes nothing for long", async () => {
    for (let index = 0; index < 10_050; index++) trail.record(event(String(index)));
    await trail.flush();
    expect(errors).toContain("Audit events were dropped: the database does not take them.");
    await database.migrate();
    await trail.flush();
    const count = (await database.stores.auditLog.list({ limit: 20_000 })).length;
    expect(count).toBeLessThanOrEqual(10_000);
    expect(count).toBeGreaterThan(9_000);
  });
});
