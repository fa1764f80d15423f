// Any conversation that keeps to the rules, cut at any bytes: each byte of each body arrives in order, each byte of each answer
// within the windows, and at the end nothing is stuck and nothing is left.

import * as fc from "fast-check";
import { describe, it } from "vitest";
import { type Conversation, Model } from "./conversation-model.js";

/** What happens next; `at` picks the stream. */
type Step =
  | {
      readonly do: "open";
      readonly total: number;
      readonly announces: boolean;
      readonly bodyless: boolean;
    }
  | { readonly do: "data"; readonly at: number; readonly size: number; readonly padding: number }
  | { readonly do: "finish"; readonly at: number; readonly trailers: boolean }
  | { readonly do: "grant"; readonly at: number; readonly bytes: number }
  | { readonly do: "grantAll"; readonly bytes: number }
  | { readonly do: "initialWindow"; readonly bytes: number }
  | { readonly do: "write"; readonly at: number; readonly size: number }
  | { readonly do: "deliver"; readonly bytes: number }
  | { readonly do: "ping" | "pingByServer" | "settle" }
  | {
      readonly do: "pause" | "resume" | "receive" | "end" | "breakOff" | "resetByServer";
      readonly at: number;
    };

const at = fc.nat({ max: 1_000 });
const size = fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: 2_000 }), fc.nat({ max: 20_000 }));

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("open" as const),
      total: fc.oneof(fc.nat({ max: 50 }), fc.nat({ max: 150_000 })),
      announces: fc.boolean(),
      bodyless: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("data" as const),
      at,
      size,
      padding: fc.oneof(fc.constant(0), fc.nat({ max: 255 })),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("finish" as const), at, trailers: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("grant" as const),
      at,
      bytes: fc.integer({ min: 1, max: 40_000 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("grantAll" as const),
      bytes: fc.integer({ min: 1, max: 40_000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("initialWindow" as const),
      bytes: fc.oneof(fc.constant(0), fc.nat({ max: 100_000 })),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("write" as const), at, size }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("deliver" as const),
      bytes: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 70_000 })),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom(
        "settle" as const,
        "settle" as const,
        "ping" as const,
        "pingByServer" as const,
      ),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom(
        "pause" as const,
        "resume" as const,
        "receive" as const,
        "receive" as const,
        "end" as const,
      ),
      at,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom("breakOff" as const, "resetByServer" as const),
      at,
    }),
  },
);

async function take(model: Model, next: Step): Promise<void> {
  if (next.do === "open") return model.open(next.total, next.announces, next.bodyless);
  if (next.do === "grantAll") return model.grant(undefined, next.bytes);
  if (next.do === "initialWindow") return model.initialWindow(next.bytes);
  if (next.do === "deliver") return model.deliver(next.bytes);
  if (!("at" in next)) return model[next.do]();
  const { conversations } = model;
  if (conversations.length === 0) return;
  const conversation = conversations[next.at % conversations.length] as Conversation;
  switch (next.do) {
    case "data":
      return model.data(conversation, next.size, next.padding);
    case "finish":
      return model.finish(conversation, next.trailers);
    case "grant":
      return model.grant(conversation, next.bytes);
    case "write":
      return model.write(conversation, next.size);
    case "pause":
    case "resume":
      return model.pause(conversation, next.do === "pause");
    case "receive":
    case "end":
    case "breakOff":
    case "resetByServer":
      return model[next.do](conversation);
  }
}

describe("a conversation that keeps to the rules", () => {
  it("carries every byte in order and within the windows, and leaves nothing behind (property)", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 20, maxLength: 150, size: "max" }),
        fc.array(
          fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1_000, max: 70_000 })),
          {
            minLength: 1,
            maxLength: 8,
          },
        ),
        async (steps, pieces) => {
          const model = new Model();
          for (const next of steps) await take(model, next);
          await model.windDown([...pieces, 70_000]);
        },
      ),
      { numRuns: 300 },
    );
  });
});
