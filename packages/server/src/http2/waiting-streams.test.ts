// The list behaves as a Set does, and keeps nothing of what has left.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type WaitingLink, WaitingStreams } from "./waiting-streams.js";

class Item {
  readonly waitingLink: WaitingLink<Item> = {
    previous: undefined,
    next: undefined,
    linked: false,
  };
}

describe("the list of waiting streams", () => {
  it("holds what a Set would hold, in the same order (property)", () => {
    const steps = fc.array(fc.record({ add: fc.boolean(), item: fc.nat({ max: 5 }) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(steps, (taken) => {
        const items = Array.from({ length: 6 }, () => new Item());
        const list = new WaitingStreams<Item>();
        const model = new Set<Item>();
        for (const { add, item: index } of taken) {
          const item = items[index]!;
          if (add) {
            list.add(item);
            model.add(item);
          } else {
            list.delete(item);
            model.delete(item);
          }
          expect([...list].map((each) => items.indexOf(each))).toEqual(
            [...model].map((each) => items.indexOf(each)),
          );
        }
      }),
    );
  });

  it("lets go of what has left: neither side refers to the other", () => {
    const list = new WaitingStreams<Item>();
    const [first, second, third] = [new Item(), new Item(), new Item()];
    for (const item of [first, second, third]) list.add(item);
    list.delete(second);
    expect(second.waitingLink).toEqual({ previous: undefined, next: undefined, linked: false });
    expect([...list]).toEqual([first, third]);
  });

  it("goes on when the one at hand leaves", () => {
    const list = new WaitingStreams<Item>();
    const items = [new Item(), new Item(), new Item()];
    for (const item of items) list.add(item);
    const seen: Item[] = [];
    for (const item of list) {
      seen.push(item);
      list.delete(item);
    }
    expect(seen).toEqual(items);
    expect([...list]).toEqual([]);
  });
});
