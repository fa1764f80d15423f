// What is done about each outcome of sending an event.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AttemptResult, nextStep, noAttempt } from "./attempt-policy.js";
import { eventDefaults as rules } from "./settings.js";

const answered = (status: number, retryAfter?: number): AttemptResult => ({
  kind: "answered",
  status,
  retryAfter,
});
const event = { replayable: true, repeatable: false };
const step = (result: AttemptResult, record = noAttempt, of = event) =>
  nextStep(result, record, of, rules, 0.5).kind;

describe("an attempt to send an event", () => {
  it.each([
    [answered(200), "accept"],
    [answered(204), "accept"],
    [answered(400), "give-up"],
    [answered(401), "renew"],
    [answered(403), "give-up"],
    [answered(412), "reopen"],
    [answered(413), "give-up"],
    [answered(429, 1), "pause"],
    [answered(429, 31), "give-up"],
    [answered(500), "give-up"],
    [answered(503), "pause"],
    [{ kind: "lost", processed: "never" } as const, "requeue"],
    [{ kind: "lost", processed: "unknown" } as const, "give-up"],
  ])("that ended in %j: %s", (result, expected) => {
    expect(step(result)).toBe(expected);
  });

  it("is repeated after an unknown outcome only where the application allows it", () => {
    const lost = { kind: "lost", processed: "unknown" } as const;
    expect(step(lost, noAttempt, { replayable: true, repeatable: true })).toBe("requeue");
    expect(step(lost, noAttempt, { replayable: false, repeatable: true })).toBe("give-up");
  });

  it("that was lost again waits before the next one: a gateway that refuses every stream is not stormed", () => {
    const lost = { kind: "lost", processed: "never" } as const;
    const delays = [1, 2, 3, 4].map((losses) => {
      const next = nextStep(lost, { ...noAttempt, losses }, event, rules, 0.5);
      return next.kind === "pause" ? next.delay : next.kind;
    });
    expect(delays).toEqual([125, 250, 500, 1_000]);
  });

  it("whose body cannot be sent again is given up for whatever reason", () => {
    for (const result of [answered(401), answered(412), answered(503)]) {
      expect(step(result, noAttempt, { replayable: false, repeatable: true })).toBe("give-up");
    }
  });

  it("comes to an end whatever the gateway answers", () => {
    const results = fc.array(
      fc.oneof(
        fc.constantFrom(401, 412, 429, 503).map((status) => answered(status)),
        fc.constant<AttemptResult>({ kind: "lost", processed: "never" }),
        fc.constant<AttemptResult>({ kind: "lost", processed: "unknown" }),
      ),
      { minLength: 40, maxLength: 40 },
    );
    fc.assert(
      fc.property(results, (each) => {
        let record = noAttempt;
        let attempts = 0;
        for (const result of each) {
          attempts++;
          const next = nextStep(result, record, { replayable: true, repeatable: true }, rules, 0.5);
          if (next.kind === "give-up" || next.kind === "accept") break;
          record = next.record;
        }
        // One 401, one 412, three pauses, five losses, and the last one.
        expect(attempts).toBeLessThanOrEqual(11);
      }),
    );
  });
});
