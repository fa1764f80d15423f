import { FakeClock } from "@trefoil/protocol/clock";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { silentLogger } from "../logging/index.js";
import type { Database } from "../storage/index.js";
import type { AccessTokenVerifier } from "./access-token-verifier.js";
import type { AuditTrail } from "./audit-trail.js";
import { Revocations } from "./revocations.js";

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("listening for other processes", () => {
  let clock: FakeClock;
  const revokedSince = vi.fn<(since: number) => Promise<readonly string[]>>();
  const revoked = vi.fn<(ids: readonly string[]) => void>();
  const warn = vi.fn<(message: string) => void>();
  let revocations: Revocations;

  beforeEach(() => {
    clock = new FakeClock(1_000_000);
    for (const mock of [revokedSince, revoked, warn]) mock.mockReset();
    revokedSince.mockResolvedValue([]);
    revocations = new Revocations({
      database: { stores: { grants: { revokedSince } } } as unknown as Database,
      clock,
      log: { ...silentLogger, warn },
      audit: {} as AuditTrail,
      verifier: { revoked } as unknown as AccessTokenVerifier,
    });
  });

  it("asks twice a second, reaching back half a minute for clocks that differ", async () => {
    revocations.start();
    revocations.start();
    for (let round = 1; round <= 4; round++) {
      clock.advance(500);
      await turn();
      expect(revokedSince).toHaveBeenCalledTimes(round);
    }
    expect(revokedSince).toHaveBeenLastCalledWith(1_000_000 + 1_500 - 30_000);
    await revocations.stop();
    clock.advance(5_000);
    await turn();
    expect(revokedSince).toHaveBeenCalledTimes(4);
    expect(clock.pendingTimers).toBe(0);
  });

  it("misses nothing when the database could not be asked for a while", async () => {
    revocations.start();
    clock.advance(500);
    await turn();
    revokedSince.mockRejectedValue(new Error("gone"));
    for (let round = 0; round < 240; round++) {
      clock.advance(500);
      await turn();
    }
    expect(warn).toHaveBeenCalledTimes(240);
    revokedSince.mockReset();
    revokedSince.mockResolvedValue(["g"]);
    clock.advance(500);
    await turn();
    // Two minutes later it still reaches back to before the last answer.
    expect(revokedSince).toHaveBeenCalledWith(1_000_500 - 30_000);
    expect(revoked).toHaveBeenLastCalledWith(["g"]);
    await revocations.stop();
  });

  it("asks one question at a time, and ends only when that is answered", async () => {
    let answer: (ids: readonly string[]) => void = () => {};
    revokedSince.mockImplementation(() => new Promise((resolve) => (answer = resolve)));
    revocations.start();
    clock.advance(5_000);
    expect(revokedSince).toHaveBeenCalledTimes(1);
    let ended = false;
    const stopping = revocations.stop().then(() => (ended = true));
    await turn();
    expect(ended).toBe(false);
    answer([]);
    await stopping;
    expect(clock.pendingTimers).toBe(0);
  });
});
