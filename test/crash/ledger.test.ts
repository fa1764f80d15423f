// The crash test's judge finds what it is there to find.

import { describe, expect, it } from "vitest";
import { Ledger, total } from "./ledger.js";

/** A ledger of which so many were sent and accepted. */
function ledgerOf(count: number): Ledger {
  const ledger = new Ledger("d", (number) => `d-${number}`);
  for (let number = 1; number <= count; number++) {
    ledger.send();
    ledger.accept(number);
  }
  return ledger;
}

describe("the ledger", () => {
  it("has nothing to say of directives that arrive once, in order", () => {
    const ledger = ledgerOf(3);
    for (const number of [1, 2, 3]) ledger.receive(number, `d-${number}`, number - 1);
    expect(ledger.tally()).toEqual({
      sent: 3,
      accepted: 3,
      received: 3,
      repeated: 0,
      lost: 0,
      breaches: [],
    });
  });

  it("counts what was accepted and never arrived as lost, and nothing that was not accepted", () => {
    const ledger = ledgerOf(2);
    ledger.send();
    ledger.receive(2, "d-2", 0);
    expect(ledger.missing).toEqual([1]);
    expect(ledger.tally()).toMatchObject({ sent: 3, accepted: 2, received: 1, lost: 1 });
  });

  it("lets a new downchannel repeat what came before, in order", () => {
    const ledger = ledgerOf(3);
    ledger.receive(1, "d-1", 0);
    ledger.receive(2, "d-2", 1);
    ledger.receive(1, "d-1", 0);
    ledger.receive(2, "d-2", 1);
    ledger.receive(3, "d-3", 2);
    expect(ledger.tally()).toMatchObject({ received: 3, repeated: 2, breaches: [] });
  });

  it.each([
    [
      "a repeat with another id",
      [
        [1, "d-1", 0],
        [1, "x", 0],
      ],
      "d: 1 came again as x",
    ],
    ["a wrong id", [[1, "d-2", 0]], "d: 1 came as d-2"],
    [
      "one that comes first after a later one",
      [
        [2, "d-2", 0],
        [1, "d-1", 0],
      ],
      "d: 1 came first after 2",
    ],
    [
      "a step back on one downchannel",
      [
        [1, "d-1", 0],
        [2, "d-2", 1],
        [1, "d-1", 2],
      ],
      "d: 1 came after 2 on one downchannel",
    ],
    [
      "one that comes twice on one downchannel",
      [
        [1, "d-1", 0],
        [1, "d-1", 1],
      ],
      "d: 1 came after 1 on one downchannel",
    ],
  ] as const)("finds %s", (_, arrivals, breach) => {
    const ledger = ledgerOf(3);
    for (const [number, messageId, last] of arrivals) ledger.receive(number, messageId, last);
    expect(ledger.breaches).toEqual([breach]);
  });

  it("is added up over all devices", () => {
    const ledgers = [ledgerOf(2), ledgerOf(3)];
    ledgers[0]!.receive(1, "d-1", 0);
    ledgers[1]!.receive(1, "x", 0);
    expect(total(ledgers)).toEqual({
      sent: 5,
      accepted: 5,
      received: 2,
      repeated: 0,
      lost: 3,
      breaches: ["d: 1 came as x"],
    });
  });
});
