// What is typed, and how what comes back is folded onto a line.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fold } from "./fold.js";
import { readCommand } from "./typed-command.js";

describe("a typed line", () => {
  it.each([
    ["play", { kind: "button", button: "play" }],
    ["  pause ", { kind: "button", button: "pause" }],
    ["stop", { kind: "button", button: "stop" }],
    ["volume 5", { kind: "volume", value: 5 }],
    ["audio my file.wav", { kind: "audio", file: "my file.wav" }],
    ["state", { kind: "state" }],
    ["show", { kind: "show", back: 1 }],
    ["show 3", { kind: "show", back: 3 }],
    ["reconnect", { kind: "reconnect" }],
    ["quit", { kind: "quit" }],
    ["help", { kind: "help" }],
    ["say play", { kind: "say", text: "play" }],
    ["say  two   spaces", { kind: "say", text: "two   spaces" }],
  ])("%j is a command", (line, command) => {
    expect(readCommand(line)).toEqual(command);
  });

  it.each([
    "what time is it",
    "play some jazz",
    "volume up",
    "volume 5 please",
    "stop it",
    "quit smoking tips",
    "say",
    "show me the weather",
    "Play",
  ])("%j is said to the platform", (line) => {
    expect(readCommand(line)).toEqual({ kind: "say", text: line });
  });

  it("that is empty is nothing", () => {
    expect(readCommand("  \t ")).toBeUndefined();
  });
});

describe("folded JSON", () => {
  it("is whole where it fits", () => {
    expect(fold({ a: [1, { b: null }] }, 80)).toBe('{"a":[1,{"b":null}]}');
  });

  it("folds what is deepest first, then cuts long strings", () => {
    const value = {
      item: { stream: { url: "u".repeat(40), token: "t" }, title: "x" },
      behaviour: "ENQUEUE",
    };
    expect(fold(value, 80)).toBe('{"item":{"stream":{…},"title":"x"},"behaviour":"ENQUEUE"}');
    expect(fold(value, 50)).toBe('{"item":{…},"behaviour":"ENQUEUE"}');
    expect(fold({ list: [{ a: "b".repeat(50) }, 2, 3] }, 15)).toBe('{"list":[3]}');
  });

  it("never is longer than the width, whatever the message", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 120 }), (value, width) => {
        expect(fold(value, width).length).toBeLessThanOrEqual(width);
      }),
    );
  });
});
