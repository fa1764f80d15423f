// The rules of dialogue ids, by properties over any order of requests and directives.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type DialogueInput,
  type DialogueState,
  beginsDialogue,
  nextDialogue,
  noDialogue,
  placementOf,
} from "./dialogue-state.js";

const after = (...inputs: DialogueInput[]): DialogueState =>
  inputs.reduce((state, input) => nextDialogue(state, input), noDialogue);

describe("dialogue ids", () => {
  it("become the latest only once the request is sent", () => {
    const begun = after({ kind: "begun", id: "a" });
    expect(begun.latest).toBeUndefined();
    expect(nextDialogue(begun, { kind: "sent", id: "a" }).latest).toBe("a");
  });

  it("leave the earlier request valid when the new one is given up", () => {
    const state = after(
      { kind: "begun", id: "a" },
      { kind: "sent", id: "a" },
      { kind: "begun", id: "b" },
      { kind: "abandoned", id: "b" },
    );
    expect(state).toEqual({ latest: "a", pending: [] });
    expect(placementOf(state, "Clova.RenderText", "a")).toBe("in-turn");
    expect(placementOf(state, "Clova.RenderText", "b")).toBe("stale");
  });

  it("stay as they are for a follow-up that repeats the latest id", () => {
    const state = after({ kind: "begun", id: "a" }, { kind: "sent", id: "a" });
    expect(nextDialogue(state, { kind: "begun", id: "a" })).toBe(state);
  });

  it("make an older request stale whichever of two is sent first", () => {
    const both = after({ kind: "begun", id: "a" }, { kind: "begun", id: "b" });
    const youngerFirst = nextDialogue(nextDialogue(both, { kind: "sent", id: "b" }), {
      kind: "sent",
      id: "a",
    });
    const olderFirst = nextDialogue(nextDialogue(both, { kind: "sent", id: "a" }), {
      kind: "sent",
      id: "b",
    });
    expect(youngerFirst).toEqual({ latest: "b", pending: [] });
    expect(olderFirst).toEqual({ latest: "b", pending: [] });
  });

  it("never go back to an older request, in any order of inputs", () => {
    const order = ["a", "b", "c", "d", "e"];
    const inputs = fc.array(
      fc.record({
        kind: fc.constantFrom("sent" as const, "abandoned" as const),
        id: fc.constantFrom(...order),
      }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(inputs, (later) => {
        let state = after(...order.map((id) => ({ kind: "begun" as const, id })));
        for (const input of later) {
          const before = state.latest;
          state = nextDialogue(state, input);
          if (before !== undefined) {
            expect(order.indexOf(state.latest ?? "")).toBeGreaterThanOrEqual(order.indexOf(before));
          }
          for (const id of state.pending) {
            expect(order.indexOf(id)).toBeGreaterThan(order.indexOf(state.latest ?? ""));
          }
        }
      }),
    );
  });
});

describe("the place of a directive", () => {
  const running = after(
    { kind: "begun", id: "old" },
    { kind: "sent", id: "old" },
    { kind: "begun", id: "now" },
    { kind: "sent", id: "now" },
  );

  it.each([
    ["without an id", "Notifier.SetIndicator", undefined, "immediate"],
    ["with the latest id", "SpeechSynthesizer.Speak", "now", "in-turn"],
    ["with an older id", "SpeechSynthesizer.Speak", "old", "stale"],
    ["with an unknown id", "SpeechSynthesizer.Speak", "never", "stale"],
    ["that stops the running recording", "SpeechRecognizer.StopCapture", "now", "immediate"],
    ["that stops an older recording", "SpeechRecognizer.StopCapture", "old", "stale"],
    ["that asks for the state", "DeviceControl.ExpectReportState", "theirs", "immediate"],
  ])("%s", (_, name, id, placement) => {
    expect(placementOf(running, name, id)).toBe(placement);
  });

  it("is in turn for a request that is still being sent", () => {
    const pending = nextDialogue(running, { kind: "begun", id: "next" });
    expect(placementOf(pending, "Clova.RenderText", "next")).toBe("in-turn");
    expect(placementOf(pending, "Clova.RenderText", "now")).toBe("in-turn");
  });

  it("knows which events begin a dialogue", () => {
    expect(beginsDialogue("TextRecognizer.Recognize")).toBe(true);
    expect(beginsDialogue("SpeechRecognizer.Recognize")).toBe(true);
    expect(beginsDialogue("Alerts.RequestAlertStop")).toBe(false);
  });
});
