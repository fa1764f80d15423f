// The queue of events that wait for the connection: order and bounds.
import * as fc from "fast-check";
import { FakeClock } from "@trefoil/protocol/clock";
import { describe, expect, it } from "vitest";
import { WaitingEvents } from "./waiting-events.js";

function queue(limits = { maxEvents: 3, maxBytes: 100 }) {
  const clock = new FakeClock(0);
  const givenUp: string[] = [];
  const waiting = new WaitingEvents<ReturnType<typeof event>>(limits, clock, ({ name }, reason) =>
    givenUp.push(`${name} ${reason}`),
  );
  return { clock, givenUp, waiting };
}

const event = (name: string, size = 1, maxAge = 1_000, since = 0) => ({
  name,
  size,
  maxAge,
  since,
});

describe("events that wait", () => {
  it("are taken in the order in which they came", () => {
    const { waiting } = queue();
    for (const name of ["a", "b"]) waiting.add(event(name));
    const first = waiting.take()!;
    waiting.add(event("c"));
    waiting.putBack(first);
    expect([waiting.take(), waiting.take(), waiting.take()].map((each) => each?.name)).toEqual([
      "a",
      "b",
      "c",
    ]);
    expect(waiting.take()).toBeUndefined();
  });

  it("are given up from the oldest on when they are too many, or too large", () => {
    const { waiting, givenUp } = queue();
    for (const name of ["a", "b", "c", "d"]) waiting.add(event(name));
    expect(givenUp).toEqual(["a queue-full"]);
    waiting.add(event("large", 99));
    expect(givenUp).toEqual(["a queue-full", "b queue-full", "c queue-full"]);
    // One that is larger than everything may still wait alone.
    waiting.add(event("huge", 1_000));
    expect(waiting.size).toBe(1);
  });

  it("are given up when they have waited too long, counted from the first time", () => {
    const { waiting, givenUp, clock } = queue();
    waiting.add(event("a"));
    clock.advance(600);
    const taken = waiting.take()!;
    clock.advance(300);
    waiting.putBack(taken);
    clock.advance(99);
    expect(givenUp).toEqual([]);
    clock.advance(1);
    expect(givenUp).toEqual(["a too-old"]);
    expect(waiting.size).toBe(0);
  });

  it("never pass their bounds and never vanish, whatever is done", () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant("add" as const), size: fc.integer({ min: 0, max: 80 }) }),
        fc.record({ kind: fc.constant("take" as const), back: fc.boolean() }),
        fc.record({ kind: fc.constant("wait" as const), time: fc.nat(500) }),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (each) => {
        const { waiting, givenUp, clock } = queue();
        let added = 0;
        let taken = 0;
        for (const step of each) {
          if (step.kind === "add") waiting.add(event(`e${added++}`, step.size, 1_000, clock.now()));
          if (step.kind === "wait") clock.advance(step.time);
          if (step.kind === "take") {
            const one = waiting.take();
            if (one !== undefined && step.back) waiting.putBack(one);
            else if (one !== undefined) taken++;
          }
          expect(waiting.size).toBeLessThanOrEqual(3);
          expect(waiting.size + taken + givenUp.length).toBe(added);
          expect(clock.pendingTimers).toBe(waiting.size);
        }
      }),
    );
  });
});
