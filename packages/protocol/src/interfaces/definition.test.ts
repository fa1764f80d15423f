// How interfaces and context objects are written down.

import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineContext, defineInterface, directive, event, once } from "./definition.js";

describe("a value made once", () => {
  it("is made on the first call and kept, also where it is undefined", () => {
    let made = 0;
    const value = once(() => void (made += 1));
    expect(made).toBe(0);
    value();
    value();
    expect(made).toBe(1);
  });
});

describe("an interface", () => {
  it("names its messages, and builds a schema only when it is read", () => {
    let built = 0;
    const radio = defineInterface("Radio", "Radio.", {
      Tuned: event({
        summary: "Tuned.",
        payload: () => {
          built += 1;
          return z.looseObject({ station: z.string() });
        },
      }),
      Tune: directive({ summary: "Tune.", dialogRequestId: "always" }),
    });
    expect(radio.messages.Tuned.name).toBe("Radio.Tuned");
    expect(radio.messages.Tune).toMatchObject({ kind: "directive", name: "Radio.Tune" });
    expect(built).toBe(0);
    expect(radio.messages.Tuned.payload).toBe(radio.messages.Tuned.payload);
    expect(built).toBe(1);
  });

  it("gives an event no dialogue id unless it says so", () => {
    const { messages } = defineInterface("Radio", "Radio.", {
      Off: event({ summary: "Off." }),
      Ask: event({ summary: "Ask.", dialogRequestId: "always" }),
    });
    expect(messages.Off.dialogRequestId).toBe("never");
    expect(messages.Ask.dialogRequestId).toBe("always");
  });

  it("takes any object as the payload of a message that says nothing but its name", () => {
    const { messages } = defineInterface("Radio", "Radio.", { Off: event({ summary: "Off." }) });
    expect(messages.Off.payload.safeParse({ more: 1 }).success).toBe(true);
    expect(messages.Off.payload.safeParse([]).success).toBe(false);
  });
});

describe("a context object", () => {
  it("builds its schema only when it is read", () => {
    let built = 0;
    const state = defineContext("Radio.State", {
      summary: "State.",
      payload: () => {
        built += 1;
        return z.looseObject({ on: z.boolean() });
      },
    });
    expect([state.name, built]).toEqual(["Radio.State", 0]);
    expect(state.payload.safeParse({ on: true }).success).toBe(true);
    expect(built).toBe(1);
  });
});
